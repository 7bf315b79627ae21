"""The provider's client, kept open while anybody of this process uses it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import stripe

from app.core.settings import Settings

RETRIES = 2
"""Of the client itself, with the same key: after no answer, a fault over there, or a conflict."""


@dataclass
class _Shared:
    client: stripe.StripeClient
    http: stripe.HTTPXClient
    users: int = 0


_OPEN: dict[tuple[object, ...], _Shared] = {}


@asynccontextmanager
async def shared(settings: Settings, key: str) -> AsyncIterator[stripe.StripeClient]:
    """Use the client with a key; the last who does closes its connections.

    Making one takes 20 ms of computing (it reads all certificates) and a greeting over the
    network: too much for each of many events at once.
    """
    loop = asyncio.get_running_loop()
    name = (loop, key, settings.stripe_url, settings.stripe_timeout_seconds)
    found = _OPEN.get(name) or _OPEN.setdefault(name, _made(settings, key))
    found.users += 1
    try:
        yield found.client
    finally:
        found.users -= 1
        if not found.users:
            del _OPEN[name]
            await found.http.close_async()  # type: ignore[no-untyped-call]  # The package types all but this.


def _made(settings: Settings, key: str) -> _Shared:
    http = stripe.HTTPXClient(timeout=settings.stripe_timeout_seconds)
    client = stripe.StripeClient(
        key,
        http_client=http,
        max_network_retries=RETRIES,
        base_addresses={"api": settings.stripe_url} if settings.stripe_url else {},
    )
    return _Shared(client, http)
