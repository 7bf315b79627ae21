"""Replaying: what was sent, or was not, is sent again, under the same ids."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import settings_of
from app.core.problems import InvalidRequest
from app.webhooks import queries
from app.webhooks.actions import fanning
from app.webhooks.actions.endpoints import insist_on_enabled
from app.webhooks.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from app.webhooks.problems import DeliveryUnderWay, ReplayTooLarge

MOST = 10_000
"""How many events one replay goes through."""


async def again(
    session: AsyncSession, endpoint: WebhookEndpoint, delivery: WebhookDelivery
) -> WebhookDelivery:
    """Send one webhook again, with all its attempts before it.

    Raises:
        EndpointDisabled: nothing goes there now.
        DeliveryUnderWay: it waits for an attempt already.
    """
    insist_on_enabled(endpoint)
    moved = await session.scalar(
        sa.update(WebhookDelivery)
        .where(WebhookDelivery.id == delivery.id, WebhookDelivery.state != DeliveryState.WAITING)
        .values(state=DeliveryState.WAITING, due_at=clock.now(), failures=0, finished_at=None)
        .returning(WebhookDelivery.id)
    )
    if moved is None:
        message = "It waits for its next attempt: look at it again a little later."
        raise DeliveryUnderWay(message)
    await session.refresh(delivery)
    return delivery


async def since(
    session: AsyncSession, endpoint: WebhookEndpoint, moment: datetime, *, delivered_too: bool
) -> int:
    """Send what an endpoint missed since a moment; say how many webhooks that are.

    That is what failed and what was never sent, while it was disabled say; and, if that is said,
    what arrived. What waits is not sent twice: repeating this has no second effect.

    Raises:
        EndpointDisabled: nothing goes there now.
        InvalidRequest: nobody knows any more what was sent then.
        ReplayTooLarge: there are too many.
    """
    insist_on_enabled(endpoint)
    days = settings_of(session).retention_days
    if moment < clock.now() - timedelta(days=days):
        fault = {"in": "body", "pointer": "#/since", "code": "too-long-ago"}
        detail = f"What was sent is known for {days} days; GET /events reads what is older."
        raise InvalidRequest([{**fault, "detail": detail}])
    told = await queries.events.told_since(
        session, endpoint.organisation_id, moment, endpoint.types, MOST + 1
    )
    if len(told) > MOST:
        message = f"These are more than {MOST:,}: name a later moment, or let GET /events tell."
        raise ReplayTooLarge(message, most=MOST)
    due: list[tuple[UUID, UUID, str]] = [(endpoint.id, row.event_id, row.type) for row in told]
    return await fanning.want(session, due, delivered_too=delivered_too)
