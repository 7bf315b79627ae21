"""Look at the invariants again and again, and say publicly what was found.

Decision: how often each is looked at follows from what it costs: every 30 seconds, but never for
more than a twentieth of the time. So a small installation proves everything all the time, and
whatever somebody changes behind its back shows within a minute; in a large one what reads all rows
comes around every hour or so, and what came since is proven every 30 seconds all the same
(`books-newest`). The cheap ones have a chore of their own, so that they never wait for a long one.
Considered: fixed times for each, which are too seldom for the small and too often for the large.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
import structlog
from prometheus_client import Gauge
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.invariants import INVARIANTS
from app.audits.models import IntegrityCheck
from app.audits.queries import integrity
from app.core import clock, migrations
from app.core.database import Database
from app.core.invariants import CannotLook, Kept, faults_of
from app.ledger import positions

EVERY = timedelta(seconds=30)
PART_OF_TIME = 20
"""A check that takes a second comes back after so many at the earliest."""
CHEAP_MILLISECONDS = 2_000
PATIENCE_SECONDS = 60.0

MOST_IN_THE_LOG = 20

_NAMES = frozenset(each.name for each in INVARIANTS)

FAULTS = Gauge(
    "baat_integrity_faults", "What breaks an invariant, when it was last looked at.", ["invariant"]
)
CHECKED = Gauge(
    "baat_integrity_checked_timestamp_seconds",
    "When an invariant was last looked at.",
    ["invariant"],
)

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found of one invariant."""

    kept: Kept
    faults: tuple[str, ...]
    """The first ones."""
    count: int
    seconds: float


class Checking:
    """A chore: look at the invariants that are due, the cheap ones or the others."""

    def __init__(self, *, cheap: bool, invariants: tuple[Kept, ...] = INVARIANTS) -> None:
        self._is_cheap = cheap
        self._invariants = invariants
        self._ahead = timedelta(0)
        """How far the clock was ahead of the machine's, the last time."""
        self._jumped_at = -PATIENCE_SECONDS

    async def __call__(self, database: Database) -> None:
        """Look at what is due, unless another worker does."""
        self._notice_jumps()
        async with database.snapshot() as session:
            present = await migrations.present(session)
            if present != migrations.newest():
                # It would call broken what another version's software finds in order. What was
                # found last grows stale, if there is no worker of that version.
                logger.warning("invariants_of_another_version", migration=present)
                return
            known = await integrity.checks(session)
            _show(known.values())
            due = [each for each in self._invariants if self._is_due(each, known.get(each.name))]
            if not due or not await session.scalar(_TRY_LOCK, {"name": f"{self._is_cheap}"}):
                return
            position = await positions.latest(session)
            for kept in due:
                try:
                    looked = await look(session, kept)
                except CannotLook as reason:
                    # What was found last stands there still, and grows stale.
                    logger.warning("invariant_not_looked_at", reason=str(reason))
                    continue
                await _write(database, looked, known.get(kept.name), position)

    def _notice_jumps(self) -> None:
        ahead = clock.now() - datetime.now(UTC)
        if abs(ahead - self._ahead) > timedelta(seconds=1):
            self._ahead, self._jumped_at = ahead, time.monotonic()

    def _is_due(self, kept: Kept, row: IntegrityCheck | None) -> bool:
        if kept.is_timed and time.monotonic() - self._jumped_at < PATIENCE_SECONDS:
            # What has waited for days since a demo's clock jumped has its turn first.
            return False
        is_cheap = row is None or row.took_milliseconds < CHEAP_MILLISECONDS
        return is_cheap is self._is_cheap and (row is None or row.due_at <= clock.now())


_TRY_LOCK = sa.text("SELECT pg_try_advisory_xact_lock(hashtextextended('integrity ' || :name, 0))")


async def look(session: AsyncSession, kept: Kept) -> Looked:
    """Look at one invariant; `session` is of a snapshot."""
    began, count = time.monotonic(), 0
    faults: list[str] = []
    async for fault in faults_of(session, kept):
        count += 1
        if len(faults) < MOST_IN_THE_LOG:
            faults.append(fault)
    return Looked(kept, tuple(faults), count, time.monotonic() - began)


async def _write(
    database: Database, looked: Looked, before: IntegrityCheck | None, position: int
) -> None:
    now, name = clock.now(), looked.kept.name
    same = before is not None and (before.fault_count > 0) == (looked.count > 0)
    values = {
        "fault_count": looked.count,
        "position": position,
        "checked_at": now,
        "took_milliseconds": round(looked.seconds * 1_000),
        "due_at": now + max(EVERY, timedelta(seconds=PART_OF_TIME * looked.seconds)),
        "since": before.since if same and before is not None else now,
    }
    async with database.work() as session:
        row = insert(IntegrityCheck).values(name=name, **values)
        await session.execute(row.on_conflict_do_update(index_elements=["name"], set_=values))
    FAULTS.labels(name).set(looked.count)
    CHECKED.labels(name).set(now.timestamp())
    if looked.count:
        logger.error("invariant_broken", invariant=name, count=looked.count, faults=looked.faults)
    elif not same and before is not None:
        logger.warning("invariant_holds_again", invariant=name)


def _show(rows: Iterable[IntegrityCheck]) -> None:
    """Let every worker say what is known, whoever looked; not of what is called otherwise now."""
    for row in (each for each in rows if each.name in _NAMES):
        FAULTS.labels(row.name).set(row.fault_count)
        CHECKED.labels(row.name).set(row.checked_at.timestamp())


CHECK_CHEAP = Checking(cheap=True)
CHECK_COSTLY = Checking(cheap=False)
