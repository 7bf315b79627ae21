"""Buyers who do not give up: they ask again with the same key until they have an answer."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import UUID, uuid4

import httpx

from app.core.database import READ_AFTER
from app.payments.fake import checkouts
from app.payments.fake.world import NotPossible
from scripts.benchmarks.stalls import Shopper
from scripts.disasters.installation import Installation

WAIT_SECONDS = 0.2
"""Before asking again."""

ASK_SECONDS = 60.0

AGAIN = {"/problems/idempotency-key-in-use", "/problems/too-many-requests"}
"""Refusals that say: repeat it a little later."""


@dataclass(frozen=True, slots=True)
class Bought:
    """An order that was acknowledged, and its payment."""

    order_id: UUID
    payment_id: UUID


@dataclass
class Buyers:
    """Who buys over HTTP; counts what came instead of an answer."""

    installation: Installation
    client: httpx.AsyncClient
    instead: Counter[str] = field(default_factory=Counter)
    wrote: dict[str, str] = field(default_factory=dict)
    """The `Read-After` of what somebody wrote last, by token; their reads send it back."""
    asked: int = 0
    """So many requests were made."""

    async def post(
        self, path: str, body: dict[str, Any], by: Shopper, key: str | None = None
    ) -> httpx.Response:
        """Ask for something until it is done or refused, always with the same key."""
        headers = {"Idempotency-Key": key or uuid4().hex, **_signed_in(by)}
        answer = await self._until_answered("POST", path, json=body, headers=headers)
        if position := answer.headers.get(READ_AFTER):
            self.wrote[by.token] = position
        return answer

    async def get(self, path: str, by: Shopper) -> httpx.Response:
        """Read something, however often it takes."""
        after = self.wrote.get(by.token)
        headers = {READ_AFTER: after} if after else {}
        return await self._until_answered("GET", path, headers={**headers, **_signed_in(by)})

    async def _until_answered(
        self,
        method: str,
        path: str,
        **more: Any,  # noqa: ANN401  Those of httpx.
    ) -> httpx.Response:
        while True:
            self.asked += 1
            try:
                answer = await self.client.request(method, path, **more)
            except httpx.TransportError:
                self.instead["no answer"] += 1
            else:
                if not _is_passing(answer):
                    return answer
                self.instead[str(answer.status_code)] += 1
            await asyncio.sleep(WAIT_SECONDS)

    async def order(
        self, by: Shopper, project_id: UUID, units: int = 1, key: str | None = None
    ) -> httpx.Response:
        """Order units of a project."""
        body = {"projectId": str(project_id), "quantityUnits": units, "payBy": "online"}
        return await self.post(f"/v1/organisations/{by.organisation_id}/orders", body, by, key)

    async def begin(self, by: Shopper, order_id: UUID, way: str = "card") -> UUID:
        """Begin to pay an order."""
        body = {"way": way, "returnUrl": "http://127.0.0.1/back"}
        answer = await self.post(f"/v1/orders/{order_id}/payments", body, by)
        return UUID(_insisted(answer, HTTPStatus.CREATED)["id"])

    async def checkout(self, by: Shopper, payment_id: UUID) -> str:
        """Wait for the page to pay on; say its id."""
        path = f"/v1/organisations/{by.organisation_id}/payments/{payment_id}"
        while True:
            payment = _insisted(await self.get(path, by), HTTPStatus.OK)
            if (url := payment["checkoutUrl"]) is not None:
                return str(url).rpartition("/")[2]
            if payment["status"] not in {"expected", "started"}:
                message = f"The payment {payment_id} is {payment['status']}."
                raise AssertionError(message)
            await asyncio.sleep(WAIT_SECONDS)

    async def chosen(
        self, by: Shopper, project_id: UUID, units: int = 1, way: str = "card"
    ) -> Bought:
        """Order units, and begin to pay for them."""
        ordered = await self.order(by, project_id, units)
        order_id = UUID(_insisted(ordered, HTTPStatus.CREATED)["id"])
        return Bought(order_id, await self.begin(by, order_id, way))

    async def buy(self, by: Shopper, project_id: UUID, units: int = 1) -> Bought:
        """Order units, and pay for them by card."""
        bought = await self.chosen(by, project_id, units)
        checkout_id = await self.checkout(by, bought.payment_id)
        try:
            checkouts.pay(self.installation.player.world, checkout_id)
        except NotPossible as error:
            message = f"The payment {bought.payment_id} can't be paid: {error}"
            raise AssertionError(message) from error
        return bought

    def told(self) -> str:
        """Say what came instead of answers."""
        found = ", ".join(f"{count} x {what}" for what, count in sorted(self.instead.items()))
        return f"asked again with the same key after: {found or 'nothing'}"


def _signed_in(by: Shopper) -> dict[str, str]:
    return {"Authorization": f"Bearer {by.token}"}


def _is_passing(answer: httpx.Response) -> bool:
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return True
    return answer.is_error and answer.json().get("type") in AGAIN


def _insisted(answer: httpx.Response, status: HTTPStatus) -> dict[str, Any]:
    if answer.status_code != status:
        message = f"{answer.request.url} was answered with {answer.status_code}: {answer.text}"
        raise AssertionError(message)
    found: dict[str, Any] = answer.json()
    return found


Kind = TypeVar("Kind", bound=Buyers)


@asynccontextmanager
async def coming(installation: Installation, kind: type[Kind]) -> AsyncIterator[Kind]:
    """Let buyers of a kind come, as many at a time as want to."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(
        base_url=installation.url, limits=limits, timeout=ASK_SECONDS, trust_env=False
    ) as client:
        yield kind(installation, client)


@asynccontextmanager
async def buyers(installation: Installation) -> AsyncIterator[Buyers]:
    """Let ordinary buyers come."""
    async with coming(installation, Buyers) as who:
        yield who
