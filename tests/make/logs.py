"""A public log over small books."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.ids import new_id
from app.ledger import chart, journal
from app.transparency.actions import appending, publishing
from app.transparency.models import LogCheckpoint
from tests.make.books import a_draft, a_keeper
from tests.make.busy_books import sequence


async def entries(session: AsyncSession, count: int) -> list[UUID]:
    """Enter something so many times, and let it have its positions."""
    keeper = await a_keeper(session)
    drafts = [a_draft(chart.DEPOSIT.of(keeper, new_id()), 100 + at) for at in range(count)]
    await journal.post(session, *drafts)
    await sequence(session)
    return [draft.id for draft in drafts]


async def a_sealed_log(session: AsyncSession, count: int) -> LogCheckpoint:
    """Seal so many more entries of the books."""
    await entries(session, count)
    return await sealed(session)


async def sealed(session: AsyncSession) -> LogCheckpoint:
    """Append all that waits, and sign for it."""
    while await appending.append(session):
        pass
    checkpoint = await publishing.publish(session)
    assert checkpoint is not None
    return checkpoint
