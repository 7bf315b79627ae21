"""A claimant objects to a rejection or a revocation; somebody else of the authority judges it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import locked
from app.fulfilments import queries
from app.fulfilments.actions import decisions, keeping, letters, reinstating
from app.fulfilments.models import (
    Fulfilment,
    FulfilmentDecision,
    FulfilmentDecisionKind,
    FulfilmentObjection,
    FulfilmentState,
)
from app.obligations.actions import objecting
from app.obligations.models import ContestState
from app.obligations.problems import NothingToObjectTo, ObjectedBefore
from app.obligations.schemas.objections import ContestDecisionRequest
from app.organisations.callers import Caller

CONTESTABLE = {
    FulfilmentDecisionKind.REJECTED: FulfilmentState.REJECTED,
    FulfilmentDecisionKind.REVOKED: FulfilmentState.REVOKED,
}
"""What can be contested, as long as the fulfilment stands in it."""

OUTCOMES = {
    ContestState.UPHELD: FulfilmentDecisionKind.OBJECTION_UPHELD,
    ContestState.DISMISSED: FulfilmentDecisionKind.OBJECTION_DISMISSED,
}


async def lodge(
    session: AsyncSession,
    caller: Caller,
    fulfilment: Fulfilment,
    decision_id: UUID,
    grounds: str,
) -> FulfilmentObjection:
    """Contest the rejection or revocation in which a fulfilment stands, once and in time.

    Raises:
        NothingToObjectTo: it does not stand in this decision, or no authority took it.
        TooLateToObject: the days that the rules give have passed.
        ObjectedBefore: it was contested before.
    """
    await keeping.fulfilment(session, fulfilment)
    contested = await _contested(session, fulfilment, decision_id)
    await objecting.insist_on_time(session, fulfilment.rules_id, contested.decided_at)
    if await queries.objections.to_decision(session, contested.id) is not None:
        message = "An objection to this was lodged before; there is one only."
        raise ObjectedBefore(message)
    objection = FulfilmentObjection(
        fulfilment_id=fulfilment.id,
        decision_id=contested.id,
        state=ContestState.LODGED,
        grounds=grounds,
        lodged_by_id=caller.user_id,
    )
    session.add(objection)
    kind = FulfilmentDecisionKind.OBJECTION_LODGED
    decisions.note(session, caller.actor, fulfilment, kind, grounds)
    await session.flush()
    await letters.objection_lodged(session, fulfilment)
    return objection


async def _contested(
    session: AsyncSession, fulfilment: Fulfilment, decision_id: UUID
) -> FulfilmentDecision:
    last = await queries.objections.last_decision(session, fulfilment)
    if (
        last is None
        or last.id != decision_id
        or CONTESTABLE.get(last.kind) is not fulfilment.state
        or last.decided_by == str(decisions.ORDERS)
    ):
        message = "The fulfilment does not stand in a decision of the authority's of this id."
        raise NothingToObjectTo(message, current_state=fulfilment.state)
    return last


async def decide(
    session: AsyncSession,
    caller: Caller,
    fulfilment: Fulfilment,
    objection: FulfilmentObjection,
    request: ContestDecisionRequest,
) -> FulfilmentObjection:
    """Uphold an objection or dismiss it. Upheld, it counts, for what it is worth now.

    Raises:
        ObjectionEnded: it was decided or withdrawn before.
        OwnFirstDecision: the caller took the decision, wrote the claim, or lodged this.
        Problem: what of it can't count (any more), as where it is submitted and approved.
    """
    kept = await keeping.fulfilment(session, fulfilment)
    objection = await locked(session, FulfilmentObjection, objection.id)
    contested = await session.get_one(FulfilmentDecision, objection.decision_id)
    first = await queries.fulfilments.claimed_by(session, fulfilment) | {contested.decided_by}
    state = ContestState.UPHELD if request.upheld else ContestState.DISMISSED
    objecting.end(caller, objection, state, request.reason, first)
    await session.flush()
    decisions.note(session, caller.actor, fulfilment, OUTCOMES[state], request.reason)
    if request.upheld:
        about = (contested, request.reason)
        await reinstating.reinstate(session, caller, fulfilment, kept.bought, about)
    await letters.objection_decided(session, fulfilment, objection)
    return objection


async def withdraw(
    session: AsyncSession, caller: Caller, fulfilment: Fulfilment, objection: FulfilmentObjection
) -> FulfilmentObjection:
    """Let go of an objection.

    Raises:
        ObjectionEnded: it was decided or withdrawn before.
    """
    await keeping.fulfilment(session, fulfilment)
    objection = await locked(session, FulfilmentObjection, objection.id)
    objecting.withdraw(objection)
    kind = FulfilmentDecisionKind.OBJECTION_WITHDRAWN
    decisions.note(session, caller.actor, fulfilment, kind)
    await session.flush()
    return objection
