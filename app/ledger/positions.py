"""Positions: the order in which the books became known, and questions that name one.

Transactions commit in another order than they begin, so neither ids nor moments say what somebody
could know. The sequencer gives every committed entry the next position, never leaves a gap, and
never places an entry before one that it builds on. What is *known at* a position is reproducible
for ever: corrections come later, at positions of their own.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import Database
from app.ledger.models import LedgerPosition
from app.ledger.problems import NotKnownYet

BLOCK = 1000
"""After so many positions the totals are kept (`ledger_sequence` says the same)."""


async def sequence(session: AsyncSession) -> int:
    """Place the entries that arrived next, a block at the most; say how many."""
    return await session.scalar(sa.select(sa.func.ledger_sequence(clock.now(), BLOCK))) or 0


async def sequence_all(database: Database) -> None:
    """Place every entry that is committed by now, block by block.

    A call that does not end a block has taken all there was: what came meanwhile waits for the next
    time, or a busy hour would keep this one at it, a few entries a call.
    """
    ended_a_block = True
    while ended_a_block:
        async with database.work() as session:
            placed = await sequence(session)
            ended_a_block = placed > 0 and await latest(session) % BLOCK == 0


async def latest(session: AsyncSession) -> int:
    """Say how far the books have come; 0 at the beginning."""
    return await session.scalar(sa.select(sa.func.max(LedgerPosition.position))) or 0


async def known_at(session: AsyncSession, moment: datetime) -> int:
    """Say how far the books had come at a moment (of the installation's clock)."""
    query = sa.select(sa.func.max(LedgerPosition.position)).where(LedgerPosition.known_at <= moment)
    return await session.scalar(query) or 0


async def insist(session: AsyncSession, position: int) -> int:
    """Take a position that the books have come to.

    Raises:
        NotKnownYet: they have not.
    """
    if position > (come := await latest(session)):
        raise NotKnownYet(position, come)
    return position
