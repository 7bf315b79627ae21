"""Outcomes: how an attempt ended is written down, and what follows from it."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
import structlog
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events
from app.core.database import locked
from app.core.events import Actor
from app.webhooks import schedule
from app.webhooks.actions import letters
from app.webhooks.models import (
    DeliveryState,
    EndpointState,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from app.webhooks.sending import Outcome

GONE = 410
PATIENCE = timedelta(days=3)
"""Nothing arrived for so long, and one webhook used up all its attempts: the endpoint fails."""
SENDER = Actor.system("webhooks")

ATTEMPTS = Counter("baat_webhook_attempts_total", "How attempts to send webhooks ended.", ["ended"])

logger = structlog.get_logger(__name__)


async def record(
    session: AsyncSession, delivery_id: UUID, lease: UUID, sent_at: datetime, outcome: Outcome
) -> None:
    """Write down how an attempt ended; not if somebody else has taken the webhook over."""
    found = (
        await session.execute(
            sa.select(WebhookDelivery, WebhookEndpoint.failing_since)
            .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
            .where(WebhookDelivery.id == delivery_id, WebhookDelivery.lease == lease)
            .with_for_update(of=WebhookDelivery)
        )
    ).one_or_none()
    if found is None:
        # Its lease lapsed, or its endpoint was removed meanwhile.
        logger.warning("webhook_lost", delivery_id=str(delivery_id))
        return
    delivery, failing_since = found
    session.add(
        WebhookAttempt(
            delivery_id=delivery.id,
            sent_at=sent_at,
            duration_ms=outcome.duration_ms,
            status=outcome.status,
            error=outcome.error,
            excerpt=outcome.excerpt,
        )
    )
    ATTEMPTS.labels("arrived" if outcome.arrived else "failed").inc()
    delivery.lease = delivery.held_until = None
    delivery.last_status = outcome.status
    if not outcome.arrived:
        await _failed(session, delivery, outcome)
        return
    delivery.state, delivery.finished_at = DeliveryState.DELIVERED, clock.now()
    await session.flush()
    if failing_since is not None:
        await _mark(session, delivery.endpoint_id, None)


async def _failed(session: AsyncSession, delivery: WebhookDelivery, outcome: Outcome) -> None:
    now = clock.now()
    delivery.failures += 1
    wait = schedule.wait_seconds(delivery.failures, outcome.retry_after_seconds)
    if wait is None or outcome.status == GONE:
        delivery.state, delivery.finished_at = DeliveryState.FAILED, now
    else:
        delivery.due_at = now + timedelta(seconds=wait)
    await session.flush()
    await _mark(session, delivery.endpoint_id, now)
    if outcome.status == GONE:
        await _disable(session, delivery.endpoint_id, EndpointState.GONE)
    elif wait is None:
        await _give_up(session, delivery.endpoint_id, now)


async def _mark(session: AsyncSession, endpoint_id: UUID, now: datetime | None) -> None:
    """Note since when an endpoint fails, unless that is noted; or that it does not any more."""
    fails = WebhookEndpoint.failing_since
    await session.execute(
        sa.update(WebhookEndpoint)
        .where(WebhookEndpoint.id == endpoint_id)
        .where(fails.is_(None) if now else fails.is_not(None))
        .values(failing_since=now)
    )


async def _give_up(session: AsyncSession, endpoint_id: UUID, now: datetime) -> None:
    endpoint = await locked(session, WebhookEndpoint, endpoint_id)
    if endpoint.failing_since is not None and endpoint.failing_since <= now - PATIENCE:
        await _disable(session, endpoint_id, EndpointState.FAILING)


async def _disable(session: AsyncSession, endpoint_id: UUID, state: EndpointState) -> None:
    """Send nothing more to an endpoint, and tell its organisation's admins why."""
    endpoint = await locked(session, WebhookEndpoint, endpoint_id)
    if endpoint.state is not EndpointState.ENABLED:
        return
    endpoint.state = state
    await session.flush()
    events.record(
        session,
        "webhook-endpoint.disabled",
        endpoint.id,
        SENDER,
        organisationId=str(endpoint.organisation_id),
        state=state,
    )
    await letters.disabled(session, endpoint)
