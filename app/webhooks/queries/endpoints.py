"""Questions about endpoints, and what is sent to them."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, PageRequest, page
from app.organisations.models import Organisation
from app.webhooks.models import (
    DeliveryState,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)


async def listed(
    session: AsyncSession, organisation: Organisation, paging: PageRequest
) -> Page[WebhookEndpoint]:
    """List an organisation's endpoints."""
    query = (
        sa.select(WebhookEndpoint)
        .where(WebhookEndpoint.organisation_id == organisation.id)
        .options(sa.orm.selectinload(WebhookEndpoint.pairs))
    )
    return await page(session, query, WebhookEndpoint, paging)


async def one(
    session: AsyncSession, organisation: Organisation, endpoint_id: UUID
) -> WebhookEndpoint | None:
    """Find an endpoint of an organisation."""
    found: WebhookEndpoint | None = await session.scalar(
        sa.select(WebhookEndpoint)
        .where(
            WebhookEndpoint.id == endpoint_id, WebhookEndpoint.organisation_id == organisation.id
        )
        .options(sa.orm.selectinload(WebhookEndpoint.pairs))
    )
    return found


async def deliveries(
    session: AsyncSession,
    endpoint: WebhookEndpoint,
    paging: PageRequest,
    state: DeliveryState | None,
) -> Page[WebhookDelivery]:
    """List what is sent to an endpoint, newest first."""
    query = sa.select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint.id)
    if state is not None:
        query = query.where(WebhookDelivery.state == state)
    return await page(session, query, WebhookDelivery, paging, newest_first=True)


async def delivery(
    session: AsyncSession, endpoint: WebhookEndpoint, delivery_id: UUID
) -> WebhookDelivery | None:
    """Find what is sent to an endpoint."""
    found: WebhookDelivery | None = await session.scalar(
        sa.select(WebhookDelivery).where(
            WebhookDelivery.id == delivery_id, WebhookDelivery.endpoint_id == endpoint.id
        )
    )
    return found


MOST_ATTEMPTS = 100
"""Of a delivery that was replayed again and again, the newest are shown."""


async def attempts(session: AsyncSession, delivery: WebhookDelivery) -> Sequence[WebhookAttempt]:
    """Find how the attempts of a delivery went, oldest first."""
    query = sa.select(WebhookAttempt).where(WebhookAttempt.delivery_id == delivery.id)
    newest = await session.scalars(query.order_by(WebhookAttempt.id.desc()).limit(MOST_ATTEMPTS))
    return newest.all()[::-1]
