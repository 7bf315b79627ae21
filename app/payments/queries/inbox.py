"""Questions about the provider's events."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.payments.models import EventOutcome, ProviderEvent


async def one(session: AsyncSession, event_id: UUID) -> ProviderEvent:
    """Read an event."""
    return await session.get_one(ProviderEvent, event_id)


async def since(session: AsyncSession, moment: datetime) -> list[UUID]:
    """List the events that happened since a moment and may be worked on here, the first first."""
    query = sa.select(ProviderEvent.id).where(
        ProviderEvent.happened_at >= moment,
        ProviderEvent.outcome.is_distinct_from(EventOutcome.OTHER_MODE),
    )
    return list(await session.scalars(query.order_by(ProviderEvent.id)))
