"""Questions about the provider's events."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.payments.models import ProviderEvent


async def one(session: AsyncSession, event_id: UUID) -> ProviderEvent:
    """Read an event."""
    return await session.get_one(ProviderEvent, event_id)


async def unworked(session: AsyncSession, before: datetime) -> list[UUID]:
    """List the events that came before a moment and were not worked on yet."""
    query = sa.select(ProviderEvent.id).where(
        ProviderEvent.worked_at.is_(None), ProviderEvent.taken_at < before
    )
    return list(await session.scalars(query.order_by(ProviderEvent.id)))
