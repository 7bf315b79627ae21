"""The job that checks what came since the last time, and speaks up."""

import sqlalchemy as sa
import structlog
from prometheus_client import Gauge
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, jobs
from app.core.database import Database
from app.ledger import positions
from app.ledger.checks.running import Faults, faults_since
from app.ledger.models import LedgerChecked

WATCH = jobs.JobKind("ledger.check-books", timeout_seconds=3600)

FAULTS = Gauge("baat_books_faults", "Faults in the books, when a worker last checked.")
CHECKED = Gauge(
    "baat_books_checked_position", "The position up to which a worker has found no fault."
)

MOST_IN_THE_LOG = 20

logger = structlog.get_logger(__name__)


async def watch(database: Database) -> None:
    """Check the books since the last time.

    Where there are faults, the mark stays: they are named again until the books are right.
    """
    said: list[str] = []
    count = 0
    async with database.snapshot() as session:
        since, position = await _checked(session), await positions.latest(session)
        async for fault in newest_faults(session):
            count += 1
            if len(said) < MOST_IN_THE_LOG:
                said.append(fault)
    FAULTS.set(count)
    if count:
        CHECKED.set(since)
        logger.error("books_faulty", count=count, faults=said)
        return
    async with database.work() as session:
        await session.execute(_MARK, {"position": position, "checked_at": clock.now()})
    CHECKED.set(position)
    logger.info("books_checked", since=since, position=position)


async def newest_faults(session: AsyncSession) -> Faults:
    """Check what came since `watch` last found no fault, and what that touched."""
    since, position = await _checked(session), await positions.latest(session)
    if position < since:
        yield f"positions: expected them to reach {since} as before, found {position}"
    async for fault in faults_since(session, min(since, position)):
        yield fault


async def _checked(session: AsyncSession) -> int:
    return await session.scalar(sa.select(LedgerChecked.position)) or 0


_MARK = sa.text(
    "INSERT INTO ledger_checked (single, position, checked_at)"
    " VALUES (true, :position, :checked_at)"
    " ON CONFLICT (single) DO UPDATE"
    " SET position = excluded.position, checked_at = excluded.checked_at"
)
