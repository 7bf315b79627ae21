"""A contractor objects to a sanction, or to the refusal of a waiver; somebody else judges it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import locked
from app.core.events import Actor
from app.core.problems import existing
from app.ledger import journal
from app.obligations import postings, queries
from app.obligations.actions import decisions, letters, objecting, proposals, states
from app.obligations.models import (
    ContestState,
    Obligation,
    ObligationDecisionKind,
    ObligationObjection,
    ObligationProposal,
    ProposalKind,
    ProposalState,
)
from app.obligations.problems import NothingToObjectTo, ObjectedBefore, ObligationStateForbids
from app.obligations.schemas.objections import ContestDecisionRequest, ObligationObjectionRequest
from app.organisations.callers import Caller

OUTCOMES = {
    ContestState.UPHELD: ObligationDecisionKind.OBJECTION_UPHELD,
    ContestState.DISMISSED: ObligationDecisionKind.OBJECTION_DISMISSED,
}


async def lodge(
    session: AsyncSession,
    caller: Caller,
    bound: Obligation,
    organisation_id: UUID,
    request: ObligationObjectionRequest,
) -> ObligationObjection:
    """Contest a sanction, or the refusal of a waiver, once and in time, for one that is bound.

    Raises:
        NotFound: the obligation has no such proposal.
        NothingToObjectTo: it is no sanction that stands, and no waiver that was refused.
        TooLateToObject: the days that the rules give have passed.
        ObjectedBefore: it was contested before.
    """
    obligation = await queries.obligations.kept(session, bound.id)
    found = await queries.obligations.proposal(session, obligation.id, request.proposal_id)
    proposal = existing(found, request.proposal_id)
    _insist_on_contestable(obligation, proposal)
    if proposal.decided_at is not None:
        await objecting.insist_on_time(session, obligation.rules_id, proposal.decided_at)
    if await queries.objections.to_proposal(session, proposal.id) is not None:
        message = "An objection to this was lodged before; there is one only."
        raise ObjectedBefore(message)
    objection = ObligationObjection(
        obligation_id=obligation.id,
        proposal_id=proposal.id,
        state=ContestState.LODGED,
        grounds=request.grounds,
        lodged_by_id=caller.user_id,
        lodged_for_id=organisation_id,
    )
    session.add(objection)
    kind = ObligationDecisionKind.OBJECTION_LODGED
    _note(session, caller.actor, obligation, (kind, proposal, request.grounds))
    await session.flush()
    await letters.objection_lodged(session, obligation, proposal)
    return objection


def _insist_on_contestable(obligation: Obligation, proposal: ObligationProposal) -> None:
    match (proposal.kind, proposal.state):
        case (ProposalKind.SANCTION, ProposalState.APPROVED):
            # It stands as well where more is owed by now, and the obligation is open again.
            is_contestable = True
        case (ProposalKind.WAIVER, ProposalState.REFUSED):
            is_contestable = obligation.state.is_open
        case _:
            is_contestable = False
    if not is_contestable:
        message = (
            f"The {proposal.kind} is {proposal.state} and the obligation {obligation.state}: what"
            " can be contested is a sanction that stands, or the refusal of a waiver as long as"
            " the obligation is open."
        )
        raise NothingToObjectTo(message, current_state=obligation.state)


async def decide(
    session: AsyncSession,
    caller: Caller,
    objection: ObligationObjection,
    request: ContestDecisionRequest,
) -> ObligationObjection:
    """Uphold an objection or dismiss it. Upheld, the sanction is lifted, or the waiver made.

    Raises:
        ObjectionEnded: it was decided or withdrawn before.
        OwnFirstDecision: the caller proposed or decided what is contested.
        ObligationStateForbids: the waiver can't be made any more.
    """
    obligation, objection = await _kept(session, objection)
    proposal = await session.get_one(ObligationProposal, objection.proposal_id)
    first = {str(Actor.user(proposal.proposed_by_id))}
    if proposal.decided_by_id is not None:
        first.add(str(Actor.user(proposal.decided_by_id)))
    state = ContestState.UPHELD if request.upheld else ContestState.DISMISSED
    objecting.end(caller, objection, state, request.reason, first)
    await session.flush()
    told = (OUTCOMES[state], proposal, request.reason)
    _note(session, caller.actor, obligation, told)
    if request.upheld and proposal.kind is ProposalKind.SANCTION:
        await _lift(session, caller, obligation, (objection, proposal))
    elif request.upheld:
        await _waive(session, caller, obligation, (objection, proposal))
    await session.flush()
    await letters.objection_decided(session, obligation, proposal, objection)
    return objection


async def _kept(
    session: AsyncSession, objection: ObligationObjection
) -> tuple[Obligation, ObligationObjection]:
    obligation = await queries.obligations.kept(session, objection.obligation_id)
    return obligation, await locked(session, ObligationObjection, objection.id)


async def _lift(
    session: AsyncSession,
    caller: Caller,
    obligation: Obligation,
    about: tuple[ObligationObjection, ObligationProposal],
) -> None:
    objection, proposal = about
    draft = postings.sanction_lifted(obligation, proposal.amount_cents, objection.id, clock.now())
    await journal.post(session, draft)
    await states.reopen(session, caller.actor, obligation, proposal.amount_cents)


async def _waive(
    session: AsyncSession,
    caller: Caller,
    obligation: Obligation,
    about: tuple[ObligationObjection, ObligationProposal],
) -> None:
    """Make the waiver, of what of it is owed by now."""
    objection, proposal = about
    standing = await queries.standing.now(session, obligation)
    cents = min(proposal.amount_cents, standing.owed)
    if not cents:
        return
    if not obligation.state.is_open:
        message = f"The obligation is {obligation.state}: nothing can be waived of it."
        raise ObligationStateForbids(message, current_state=obligation.state)
    about_proposal = (proposal.id, cents, objection.reason or "")
    await proposals.waive(session, caller.actor, obligation, about_proposal)


async def withdraw(
    session: AsyncSession, caller: Caller, objection: ObligationObjection
) -> ObligationObjection:
    """Let go of an objection.

    Raises:
        ObjectionEnded: it was decided or withdrawn before.
    """
    obligation, objection = await _kept(session, objection)
    objecting.withdraw(objection)
    proposal = await session.get_one(ObligationProposal, objection.proposal_id)
    kind = ObligationDecisionKind.OBJECTION_WITHDRAWN
    _note(session, caller.actor, obligation, (kind, proposal, ""))
    await session.flush()
    return objection


def _note(
    session: AsyncSession,
    actor: Actor,
    obligation: Obligation,
    told: tuple[ObligationDecisionKind, ObligationProposal, str],
) -> None:
    kind, proposal, reason = told
    cents = proposal.amount_cents
    decisions.note(session, actor, obligation, kind, amount_cents=cents, reason=reason)
