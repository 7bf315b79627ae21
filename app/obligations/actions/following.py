"""Let obligations follow the calendar: contracts begin, and what is overdue goes into recovery."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, jobs
from app.core.database import Database
from app.obligations import queries
from app.obligations.actions import decisions, letters, states
from app.obligations.models import (
    Obligation,
    ObligationDecisionKind,
    ObligationState,
    RuleVersion,
)

AT_ONCE = 500
"""So many at a time; every one of them moves on, so that the next come next."""


async def follow_due(database: Database) -> None:
    """Let every obligation whose day has come move on, each in its own transaction: a chore."""
    async with database.reading() as session:
        due = await queries.obligations.moving_on(session, clock.today(), AT_ONCE)
    await jobs.each_in_turn(database, due, follow)


async def follow(session: AsyncSession, obligation_id: UUID) -> None:
    """Let one obligation move on, if its day has come by now."""
    obligation = await queries.obligations.kept(session, obligation_id)
    today = clock.today()
    if obligation.state is ObligationState.CONFIRMED and obligation.starts_on <= today:
        obligation.state = ObligationState.ACTIVE
        decisions.note(session, decisions.CLOCK, obligation, ObligationDecisionKind.BEGAN)
        await session.flush()
    if obligation.state is ObligationState.ACTIVE and obligation.due_on < today:
        await _recover(session, obligation)


async def _recover(session: AsyncSession, obligation: Obligation) -> None:
    """Give time to make up for what is owed, as long as the rules say."""
    version = await session.get_one(RuleVersion, obligation.rules_id)
    terms = version.read_rules().sanction
    days = terms.recovery_days if terms is not None else None
    obligation.state = ObligationState.IN_RECOVERY
    # From today: whoever could not know that time runs has all of it.
    obligation.recovery_ends_on = clock.today() + timedelta(days=days or 0)
    await states.reschedule(session, obligation)
    standing = await queries.standing.now(session, obligation)
    decisions.note(
        session,
        decisions.CLOCK,
        obligation,
        ObligationDecisionKind.RECOVERY_BEGAN,
        amount_cents=standing.owed,
    )
    await session.flush()
    await letters.recovery_began(session, obligation, standing)
