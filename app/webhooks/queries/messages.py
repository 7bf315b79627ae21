"""What a webhook says: little, for whoever wants more may read it."""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import Event
from app.webhooks import hooks
from app.webhooks.schemas.messages import WebhookMessageData, WebhookMessageView


async def bodies(
    session: AsyncSession, sent: Mapping[UUID, tuple[str, datetime]]
) -> dict[UUID, bytes]:
    """Write what is sent of each event, the same in all attempts; what is none of them is a test.

    `sent` gives the type and the moment of each, which a test has no other source for.
    """
    query = sa.select(Event).where(Event.id.in_(sent))
    found = {event.id: event for event in await session.scalars(query)}
    return {
        message_id: _body(found[message_id]) if message_id in found else _test(kind, moment)
        for message_id, (kind, moment) in sent.items()
    }


def _body(event: Event) -> bytes:
    data = WebhookMessageData(
        id=event.id, subject_id=event.subject_id, **hooks.shown(event.type, event.data)
    )
    return _written(WebhookMessageView(type=event.type, timestamp=event.occurred_at, data=data))


def _test(kind: str, moment: datetime) -> bytes:
    return _written(WebhookMessageView(type=kind, timestamp=moment, data=WebhookMessageData()))


def _written(message: WebhookMessageView) -> bytes:
    members = message.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode()
