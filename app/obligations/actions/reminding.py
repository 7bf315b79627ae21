"""Remind contractors of what is due, as many days before as the rules say."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, jobs
from app.core.database import Database
from app.obligations import queries
from app.obligations.actions import letters, states

AT_ONCE = 500


async def remind_due(database: Database) -> None:
    """Write every letter whose day has come, each in its own transaction: a chore."""
    async with database.reading() as session:
        due = await queries.obligations.to_remind(session, clock.today(), AT_ONCE)
    await jobs.each_in_turn(database, due, remind)


async def remind(session: AsyncSession, obligation_id: UUID) -> None:
    """Remind of one obligation, if that is still due; then plan the next time."""
    obligation = await queries.obligations.kept(session, obligation_id)
    if obligation.remind_on is None or obligation.remind_on > clock.today():
        return
    await states.reschedule(session, obligation)
    standing = await queries.standing.now(session, obligation)
    ends_on = states.deadline(obligation)
    await session.flush()
    if standing.owed and ends_on is not None and ends_on >= clock.today():
        await letters.due_soon(session, obligation, standing, ends_on)
