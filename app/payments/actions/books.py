"""Enter what happened in a scheme's book of money."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.ledger import journal
from app.ledger.chart import Book
from app.ledger.drafts import Draft


async def enter(session: AsyncSession, scheme_id: UUID, drafts: Sequence[Draft]) -> None:
    """Enter drafts in one call, so that locks are taken in one order; entered twice they are once.

    Raises:
        LimitReached: somebody's account has not so much.
    """
    await session.flush()
    if drafts:
        await journal.open_ledger(session, scheme_id, Book.MONEY)
        await journal.post(session, *drafts)
