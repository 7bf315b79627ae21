"""What holds for every objection of a contractor, whatever it is about."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.obligations.models import Contest, ContestState, RuleVersion
from app.obligations.problems import ObjectionEnded, OwnFirstDecision, TooLateToObject
from app.organisations.callers import Caller


async def last_day(session: AsyncSession, rules_id: UUID, decided_at: datetime) -> date | None:
    """Say until when something can be objected to; nothing where the rules are silent."""
    version = await session.get_one(RuleVersion, rules_id)
    days = version.read_rules().deadlines.objection_days
    if days is None:
        return None
    # Calendar days: the last one ends at midnight, whenever on its day the decision was taken.
    return clock.day_of(decided_at) + timedelta(days=days)


async def insist_on_time(session: AsyncSession, rules_id: UUID, decided_at: datetime) -> None:
    """Insist that something may still be objected to; where the rules are silent it always may.

    Raises:
        TooLateToObject: the days that the rules give have passed.
    """
    last = await last_day(session, rules_id, decided_at)
    if last is not None and last < clock.today():
        message = f"An objection could be lodged until {last}."
        raise TooLateToObject(message)


def end(
    caller: Caller, objection: Contest, state: ContestState, reason: str, first: set[str]
) -> None:
    """Uphold or dismiss an objection that is kept; the first deciders are named as actors.

    Raises:
        ObjectionEnded: it was decided or withdrawn before.
        OwnFirstDecision: the caller had a part in what is contested, or lodged the objection.
    """
    insist_on_lodged(objection)
    if str(caller.actor) in first or caller.user_id == objection.lodged_by_id:
        message = "You had a part in what is contested: somebody else judges the objection."
        raise OwnFirstDecision(message)
    objection.state, objection.reason = state, reason
    objection.decided_by_id, objection.ended_at = caller.user_id, clock.now()


def insist_on_lodged(objection: Contest) -> None:
    """Insist that an objection waits for its decision.

    Raises:
        ObjectionEnded: it was decided or withdrawn before.
    """
    if objection.state is not ContestState.LODGED:
        message = f"The objection is {objection.state}."
        raise ObjectionEnded(message, current_state=objection.state)


def withdraw(objection: Contest) -> None:
    """Let go of an objection that is kept.

    Raises:
        ObjectionEnded: it was decided or withdrawn before.
    """
    insist_on_lodged(objection)
    objection.state, objection.ended_at = ContestState.WITHDRAWN, clock.now()
