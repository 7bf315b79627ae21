"""Sequencing: what is committed gets its position, and is told to whom it concerns.

One at a time, beside those who write events: nobody waits for it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import Database
from app.core.events import Event
from app.webhooks import hooks
from app.webhooks.actions import fanning
from app.webhooks.models import PLATFORM, EventArrival, EventAudience, EventPosition
from app.webhooks.told import Placed, Told

BATCH = 500
"""How many events one transaction places at the most."""
LOCK = "events"

logger = structlog.get_logger(__name__)


async def sequence_all(database: Database) -> None:
    """Place every event that is committed by now, batch by batch."""
    placed = BATCH
    while placed == BATCH:
        async with database.work() as session:
            placed = await sequence(session)


async def sequence(session: AsyncSession, most: int = BATCH) -> int:
    """Place the events that arrived next; say how many.

    None where another worker is at it. The lock ends with the transaction: whoever gets it next
    sees what was placed, so that each position is given once and in the order of commits.
    """
    if not await session.scalar(_TRY_LOCK, {"name": LOCK}):
        return 0
    arrived = (await session.execute(_ARRIVED, {"most": most})).all()
    if not arrived:
        return 0
    last = await session.scalar(sa.select(sa.func.max(EventPosition.position))) or 0
    placed = [
        Placed(position, row.event_id, row.type) for position, row in enumerate(arrived, last + 1)
    ]
    await session.execute(
        sa.insert(EventPosition),
        [
            {"position": each.position, "event_id": each.event_id, "placed_at": clock.now()}
            for each in placed
        ],
    )
    told = await _told(session, placed)
    await _tell(session, told)
    await fanning.fan_out(session, told)
    arrivals = [row.arrival for row in arrived]
    await session.execute(sa.delete(EventArrival).where(EventArrival.arrival.in_(arrivals)))
    return len(placed)


_TRY_LOCK = sa.text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")

_ARRIVED = (
    sa.select(EventArrival.arrival, EventArrival.event_id, Event.type)
    .join(Event, Event.id == EventArrival.event_id)
    .order_by(EventArrival.arrival)
    .limit(sa.bindparam("most"))
)


async def _told(session: AsyncSession, placed: Sequence[Placed]) -> list[Told]:
    """Ask each domain who is told of its events; the platform is, where nobody else."""
    of_noun: defaultdict[str, dict[UUID, Placed]] = defaultdict(dict)
    for each in placed:
        of_noun[hooks.noun_of(each.type)][each.event_id] = each
    told: list[Told] = []
    for noun, events in of_noun.items():
        told += await _of_noun(session, noun, events)
    heard = {each.event for each in told}
    return told + [Told(each, PLATFORM, inner=False) for each in placed if each not in heard]


async def _of_noun(session: AsyncSession, noun: str, events: dict[UUID, Placed]) -> Iterable[Told]:
    if noun not in hooks.nouns():
        logger.error("event_without_audience", noun=noun)
    told: dict[tuple[UUID, UUID], Told] = {}
    for audience in hooks.of(noun):
        for side in audience.sides:
            for event_id, organisation_id in await session.execute(
                side.distinct(), {"event_ids": list(events)}
            ):
                if organisation_id is not None:
                    told[event_id, organisation_id] = Told(
                        events[event_id], organisation_id, audience.inner
                    )
    return told.values()


async def _tell(session: AsyncSession, told: Sequence[Told]) -> None:
    await session.execute(
        sa.insert(EventAudience),
        [
            {
                "organisation_id": each.organisation_id,
                "position": each.event.position,
                "type": each.event.type,
                "inner": each.inner,
            }
            for each in told
        ],
    )
