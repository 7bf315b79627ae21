"""Every night: fetch the lists of the provider, and fill what never came by itself."""

from datetime import UTC, datetime, timedelta

import structlog

from app.core.database import Database
from app.payments import actions, gateway, queries
from app.payments.gateway import Provider
from app.payments.problems import ProviderMissing

SINCE = timedelta(days=4)
"""The provider sends an event for three days, and keeps it in its list for thirty."""

logger = structlog.get_logger(__name__)


async def sweep(database: Database) -> None:
    """Take the events and the moves of the balance that nobody told us of."""
    if database.settings.stripe_key is None:
        return
    since = datetime.now(UTC) - SINCE
    async with gateway.opened(database.settings) as provider:
        await events(database, provider, since)
        await moves(database, provider, since)


async def events(database: Database, provider: Provider, since: datetime) -> int:
    """Take the provider's events since a moment; say how many it lists."""
    count = 0
    async for notice in provider.notices(since):
        async with database.work() as session:
            await actions.inbox.take(session, notice, is_swept=True)
        count += 1
    logger.info("events_swept", count=count)
    return count


async def moves(database: Database, provider: Provider, since: datetime) -> None:
    """Keep the moves of the balance since a moment, and enter what they cost."""
    async for transaction in provider.transactions(since):
        async with database.work() as session:
            await actions.balance.sweep(session, transaction)


async def replay(database: Database, since: datetime) -> int:
    """Want every event since a moment worked on anew, also those that never came; say how many.

    Raises:
        ProviderMissing: this installation has no payment provider.
    """
    if database.settings.stripe_key is None:
        message = "This installation has no payment provider: set BAAT_STRIPE_KEY."
        raise ProviderMissing(message)
    async with gateway.opened(database.settings) as provider:
        await events(database, provider, since)
        await moves(database, provider, since)
    async with database.work() as session:
        event_ids = await queries.inbox.since(session, since)
        await actions.inbox.replay(session, event_ids)
    return len(event_ids)
