"""Events on their way: signed, and now and then in trouble."""

import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import suppress

import httpx
import stripe

from app.payments.fake.store import Thing

TRIES_AFTER_SECONDS = (0.0, 0.5, 2.0, 10.0, 60.0, 600.0)


def signed(event: Thing, secret: str, at: float | None = None) -> tuple[bytes, dict[str, str]]:
    """Write an event as it is sent: its body, and the header that proves where it comes from."""
    body = json.dumps(event).encode()
    moment = int(at if at is not None else time.time())
    signature = stripe.WebhookSignature._compute_signature(  # noqa: SLF001  What it verifies with.
        f"{moment}.{body.decode()}", secret
    )
    return body, {
        "Stripe-Signature": f"t={moment},v1={signature}",
        "Content-Type": "application/json",
    }


class Postman:
    """Brings events to an address, each until it is taken; or keeps them, if told so."""

    def __init__(self, address: str | None, secret: str) -> None:
        self.address, self.secret = address, secret
        self.pauses: Sequence[float] = TRIES_AFTER_SECONDS
        """How long it waits before each try; after the last one it gives up."""
        self.kept: list[Thing] = []
        """What was not sent, for whoever wants to send it in another order."""
        self._running: set[asyncio.Task[None]] = set()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is on its way."""
        return not self._running

    def take(self, event: Thing) -> None:
        """Send an event soon."""
        if self.address is None:
            self.kept.append(event)
            return
        task = asyncio.get_running_loop().create_task(self._bring(self.address, event))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _bring(self, address: str, event: Thing) -> None:
        async with httpx.AsyncClient() as client:
            for pause in self.pauses:
                await asyncio.sleep(pause)
                body, headers = signed(event, self.secret)
                with suppress(httpx.HTTPError):
                    answer = await client.post(address, content=body, headers=headers)
                    if answer.is_success:
                        return

    async def stop(self) -> None:
        """Leave the rest undone."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
