"""Room for entries: the books have a partition for each year, this one's and the next one's."""

import sqlalchemy as sa
import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import jobs
from app.ledger.checks import protection

PREPARE = jobs.JobKind("ledger.prepare-years", max_attempts=5, back_off_seconds=30.0)

FAILURES = Counter(
    "baat_books_partition_failures", "Times that room for this or the next year was not made."
)
ROOM = Gauge("baat_books_room_until_year", "The last year for whose entries there is room.")

logger = structlog.get_logger(__name__)


class NoRoom(Exception):  # noqa: N818  Read aloud it says what is wrong.
    """A partition is missing, or lacks what protects it: soon nothing can be entered."""


async def prepare(session: AsyncSession) -> None:
    """Make the partitions of this year and the next, where they don't exist.

    Raises:
        NoRoom: something else stands in their place, or they are not protected.
    """
    with FAILURES.count_exceptions():
        for year in protection.years():
            if await session.scalar(sa.select(sa.func.ledger_prepare_year(year))):
                logger.info("books_have_room", year=year)
        if faults := await protection.partition_faults(session):
            message = "; ".join(faults)
            raise NoRoom(message)
    ROOM.set(max(protection.years()))
