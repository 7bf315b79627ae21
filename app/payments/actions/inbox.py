"""The inbox: take the provider's events, each once, and note what became of them."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, database, jobs
from app.core.database import settings_of
from app.core.ids import new_id
from app.core.settings import Mode
from app.payments.facts import Notice
from app.payments.models import EventOutcome, ProviderEvent

WORK = jobs.JobKind("payments.inbox", max_attempts=60, back_off_seconds=2.0)
"""Look at what an event is about (`errands.inbox`)."""

SWEEP = jobs.JobKind("payments.sweep", max_attempts=5, timeout_seconds=1_800.0)
"""Fill what never came (`errands.sweeping`)."""


async def take(session: AsyncSession, notice: Notice, *, is_swept: bool = False) -> None:
    """Keep an event and want it worked on, in one statement; nothing if it came before.

    One of the other mode is kept and never worked on: test and live money don't mix.
    """
    fits = notice.is_live is (settings_of(session).mode is Mode.LIVE)
    event_id = new_id()
    row = {
        "event_id": event_id,
        # Not `asdict`, which copies every value: this is asked a thousand times a second.
        **{name: getattr(notice, name) for name in _OF_NOTICE},
        "is_swept": is_swept,
        "taken_at": clock.now(),
        "worked_at": None if fits else clock.now(),
        "outcome": None if fits else EventOutcome.OTHER_MODE,
    }
    if fits:
        await session.execute(_KEEP_AND_WANT, row | jobs.wanted(WORK, event_id=event_id))
    else:
        await session.execute(_KEEP, row)


_OF_NOTICE = ("external_id", "type", "object_id", "account", "is_live", "happened_at")
_FIELDS = (*_OF_NOTICE, "is_swept", "taken_at", "worked_at", "outcome")
_KEEP = (
    insert(ProviderEvent)
    .values(id=sa.bindparam("event_id"), **{name: sa.bindparam(name) for name in _FIELDS})
    .on_conflict_do_nothing(constraint="uq_provider_events_external_id")
)
_KEEP_AND_WANT = jobs.following(_KEEP.returning(ProviderEvent.id).cte("written"))


async def replay(session: AsyncSession, event_ids: list[UUID]) -> None:
    """Want events worked on again: it changes nothing that was right."""
    for event_id in event_ids:
        await jobs.enqueue(session, WORK, event_id=event_id)


async def close(session: AsyncSession, event_id: UUID, outcome: EventOutcome) -> None:
    """Note what became of an event."""
    event = await database.locked(session, ProviderEvent, event_id)
    event.worked_at, event.outcome = clock.now(), outcome
