"""Fanning out: an event that is placed is due at every endpoint that wants it."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.ids import new_id
from app.webhooks.models import (
    DeliveryState,
    EndpointState,
    WebhookDelivery,
    WebhookEndpoint,
)
from app.webhooks.told import Told


def wants(types: Collection[str], kind: str) -> bool:
    """Tell whether an endpoint wants events of a type; without a list it wants all."""
    return not types or kind in types or f"{kind.partition('.')[0]}.*" in types


async def fan_out(session: AsyncSession, told: Iterable[Told]) -> None:
    """Have each event sent to every enabled endpoint of who is told, and wants it."""
    told = list(told)
    query = sa.select(
        WebhookEndpoint.id, WebhookEndpoint.organisation_id, WebhookEndpoint.types
    ).where(
        WebhookEndpoint.organisation_id.in_({each.organisation_id for each in told}),
        WebhookEndpoint.state == EndpointState.ENABLED,
    )
    endpoints = (await session.execute(query)).all()
    due = [
        (row.id, each.event.event_id, each.event.type)
        for row in endpoints
        for each in told
        if each.organisation_id == row.organisation_id and wants(row.types, each.event.type)
    ]
    await want(session, due)


async def want(
    session: AsyncSession, due: Collection[tuple[UUID, UUID, str]], *, delivered_too: bool = False
) -> int:
    """Have webhooks sent: to which endpoint, of which event, of what type; say how many.

    What failed begins anew, and so, if that is said, does what arrived. What waits goes on waiting.
    """
    if not due:
        return 0
    now = clock.now()
    rows = [
        {
            "id": new_id(),
            "endpoint_id": endpoint_id,
            "message_id": event_id,
            "type": kind,
            "state": DeliveryState.WAITING,
            "due_at": now,
            "failures": 0,
            "created_at": now,
        }
        for endpoint_id, event_id, kind in due
    ]
    again = [DeliveryState.FAILED, *([DeliveryState.DELIVERED] if delivered_too else [])]
    return sum(
        [await _want(session, rows[at : at + 500], again) for at in range(0, len(rows), 500)]
    )


async def _want(
    session: AsyncSession, rows: list[dict[str, Any]], again: Collection[DeliveryState]
) -> int:
    query = insert(WebhookDelivery).values(rows)
    query = query.on_conflict_do_update(
        index_elements=["endpoint_id", "message_id"],
        set_={
            "state": DeliveryState.WAITING,
            "due_at": query.excluded.due_at,
            "failures": 0,
            "finished_at": None,
        },
        where=WebhookDelivery.state.in_(again),
    )
    return len((await session.scalars(query.returning(WebhookDelivery.id))).all())
