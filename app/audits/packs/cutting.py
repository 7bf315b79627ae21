"""The cut: up to where a pack tells what was known, so that it tells the same for good."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.problems import NothingSealed, NotKnownBefore
from app.core import clock
from app.core.database import Database
from app.core.problems import Unavailable
from app.ledger import positions
from app.ledger.models import LedgerPosition
from app.transparency import queries as of_log
from app.transparency.models import LogCheckpoint, LogLeaf

TRIES, PAUSE_SECONDS = 100, 0.1


@dataclass(frozen=True, slots=True)
class Cut:
    """What is known: of the books, of the public log, and of everything else."""

    position: int
    """The last one of the books."""
    log_size: int
    """Of the checkpoint that proofs lead to: it is over this position."""
    known_at: datetime
    """What was written later is not known."""


async def newest(session: AsyncSession) -> Cut:
    """Cut after what the log signed for last, and at this moment.

    Raises:
        NothingSealed: it never signed for an entry of the books.
    """
    size = await of_log.latest_size(session)
    query = sa.select(sa.func.max(LogLeaf.position)).where(LogLeaf.index < size)
    position = await session.scalar(query)
    if position is None:
        raise NothingSealed("The log has signed for nothing of the books yet: wait a few seconds.")
    return Cut(position, size, clock.now())


async def at(session: AsyncSession, position: int, known_at: datetime | None) -> Cut:
    """Cut after a position, at a moment or else when the position became known.

    Raises:
        NotKnownYet: the books have not come to the position.
        NothingSealed: the log has not signed for it yet.
        NotKnownBefore: the moment is to come.
    """
    await positions.insist(session, position)
    leaf = await session.scalar(sa.select(LogLeaf.index).where(LogLeaf.position == position))
    over = None if leaf is None else await of_log.first_size_over(session, leaf)
    if over is None:
        raise NothingSealed(f"The log has not signed for position {position} yet: wait a moment.")
    became = await session.get_one(LedgerPosition, position)
    moment = max(known_at or became.known_at, became.known_at)
    if moment > clock.now():
        raise NotKnownBefore("Nobody knows yet what will be known then: name a moment before now.")
    signed = sa.select(sa.func.max(LogCheckpoint.size)).where(LogCheckpoint.signed_at <= moment)
    return Cut(position, max(over, await session.scalar(signed) or 0), moment)


async def settled(database: Database) -> None:
    """Wait until whatever was being written has been: it may be of a moment before the cut.

    Raises:
        Unavailable: somebody writes for very long.
    """
    async with database.reading() as session:
        writing = set((await session.scalars(_WRITING)).all())
    for _ in range(TRIES):
        if not writing:
            return
        await asyncio.sleep(PAUSE_SECONDS)
        async with database.reading() as session:
            writing &= set((await session.scalars(_WRITING)).all())
    raise Unavailable("Something is being written that belongs to it: try again in a minute.")


# By process and transaction; those of other databases of the server are nobody's business.
_WRITING = sa.text("""
    SELECT pid || '/' || CAST(backend_xid AS text) FROM pg_stat_activity
     WHERE datname = current_database() AND backend_xid IS NOT NULL
""")
