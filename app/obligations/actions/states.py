"""Where an obligation stands: by what its book says, and by the calendar."""

from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import Actor
from app.obligations import queries
from app.obligations.actions import decisions
from app.obligations.models import (
    Obligation,
    ObligationDecisionKind,
    ObligationState,
    RuleVersion,
)
from app.obligations.queries.standing import Standing

MET = {ObligationState.FULFILLED, ObligationState.SETTLED, ObligationState.SANCTIONED}
"""Nothing is owed of an obligation in these states, until what counted does not any more."""


async def settle_state(session: AsyncSession, actor: Actor, obligation: Obligation) -> Standing:
    """Let the state of an obligation say what its book says; the obligation is kept.

    Whoever posts to its accounts calls this afterwards. What was closed is open again when units
    that counted are refunded, or a claim is revoked: otherwise nobody could make up for it.
    """
    standing = await queries.standing.now(session, obligation)
    if obligation.state.is_open and standing.is_met:
        await _enter(session, actor, obligation, ObligationState.FULFILLED)
    elif obligation.state in MET and not standing.is_met:
        await _enter(session, actor, obligation, _by_calendar(obligation))
    return standing


async def _enter(
    session: AsyncSession, actor: Actor, obligation: Obligation, state: ObligationState
) -> None:
    if obligation.state is state:
        return
    fulfilled = state is ObligationState.FULFILLED
    kind = ObligationDecisionKind.FULFILLED if fulfilled else ObligationDecisionKind.REOPENED
    obligation.state = state
    await reschedule(session, obligation)
    decisions.note(session, actor, obligation, kind)
    await session.flush()


async def reopen(
    session: AsyncSession, actor: Actor, obligation: Obligation, cents: int
) -> Standing:
    """Let an obligation be owed again of which the sanction was lifted; its book says so already.

    Time to make up for it that was over stays over.
    """
    obligation.state = _by_calendar(obligation)
    await reschedule(session, obligation)
    kind = ObligationDecisionKind.SANCTION_LIFTED
    decisions.note(session, actor, obligation, kind, amount_cents=cents)
    await session.flush()
    return await settle_state(session, actor, obligation)


def _by_calendar(obligation: Obligation) -> ObligationState:
    """Say where an open obligation stands of which something is owed."""
    today = clock.today()
    if obligation.recovery_ends_on is not None and obligation.due_on < today:
        return ObligationState.IN_RECOVERY
    return ObligationState.CONFIRMED if obligation.starts_on > today else ObligationState.ACTIVE


async def follow_dates(session: AsyncSession, obligation: Obligation) -> None:
    """Take new dates of the contract into account: more time ends a recovery period."""
    if obligation.due_on >= clock.today():
        obligation.recovery_ends_on = None
        if obligation.state is ObligationState.IN_RECOVERY:
            obligation.state = ObligationState.ACTIVE
    await reschedule(session, obligation)


async def reschedule(session: AsyncSession, obligation: Obligation) -> None:
    """Plan the next reminder: the rules say how many days before, and nobody is reminded twice."""
    waits = obligation.state in {
        ObligationState.CONFIRMED,
        ObligationState.ACTIVE,
        ObligationState.IN_RECOVERY,
    }
    ends_on = deadline(obligation)
    if not waits or ends_on is None:
        obligation.remind_on = None
        return
    version = await session.get_one(RuleVersion, obligation.rules_id)
    days = version.read_rules().deadlines.remind_days_before
    obligation.remind_on = _next(ends_on, days, clock.today())


def deadline(obligation: Obligation) -> date | None:
    """Say until when an open obligation is to be fulfilled."""
    if obligation.state is ObligationState.IN_RECOVERY:
        return obligation.recovery_ends_on
    return obligation.due_on


def _next(ends_on: date, days_before: list[int], today: date) -> date | None:
    if ends_on <= today:
        return None
    later = (ends_on - timedelta(days=days) for days in days_before)
    return min((day for day in later if day > today), default=None)
