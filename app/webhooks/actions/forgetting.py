"""Forgetting: what was sent long ago."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.webhooks.models import WebhookDelivery, WebhookPair


async def forget(session: AsyncSession, older_than_days: int) -> int:
    """Remove deliveries with their attempts, and secrets that sign no more; say how many."""
    before = clock.now() - timedelta(days=older_than_days)
    await session.execute(sa.delete(WebhookPair).where(WebhookPair.ends_at < before))
    old = sa.delete(WebhookDelivery).where(WebhookDelivery.created_at < before)
    return len((await session.scalars(old.returning(WebhookDelivery.id))).all())
