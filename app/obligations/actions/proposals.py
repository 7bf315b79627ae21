"""Waivers and sanctions: somebody proposes, somebody else of the authority decides."""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import locked
from app.core.events import Actor
from app.ledger import journal
from app.obligations import hooks, postings, queries
from app.obligations.actions import decisions, letters, states
from app.obligations.models import (
    Obligation,
    ObligationDecisionKind,
    ObligationProposal,
    ObligationState,
    ProposalKind,
    ProposalSide,
    ProposalState,
    RuleVersion,
)
from app.obligations.problems import (
    NotSoMuchOwed,
    ObligationStateForbids,
    OwnProposal,
    ProposalDecided,
    ProposalOpen,
    RecoveryRuns,
    RulesSilent,
)
from app.obligations.queries.standing import Standing
from app.obligations.schemas.obligations import ProposalDecisionRequest, WaiverRequest
from app.obligations.valuing import NotLaidDown, sanction
from app.organisations.callers import Caller


async def propose_waiver(
    session: AsyncSession,
    caller: Caller,
    obligation_id: UUID,
    side: ProposalSide,
    request: WaiverRequest,
) -> ObligationProposal:
    """Ask the authority to let go of a part of what is owed.

    Raises:
        ObligationStateForbids: it is not imposed, or it is closed; or the contractor's time to make
            up for it is over.
        ProposalOpen: another proposal waits.
        NotSoMuchOwed: less is owed.
    """
    obligation = await _proposable(session, obligation_id)
    if side is ProposalSide.CONTRACTOR and is_over(obligation):
        # One waiver after the other would hold a sanction back for ever.
        message = "The time to make up for it is over: what follows is the authority's to propose."
        raise ObligationStateForbids(message, current_state=obligation.state)
    standing = await queries.standing.now(session, obligation)
    _insist_on_owed(standing, request.amount_cents)
    proposal = ObligationProposal(
        obligation_id=obligation.id,
        kind=ProposalKind.WAIVER,
        side=side,
        amount_cents=request.amount_cents,
        steps=[],
        reason=request.reason,
        proposed_by_id=caller.user_id,
    )
    return await _proposed(session, caller, obligation, proposal)


async def propose_sanction(
    session: AsyncSession, caller: Caller, obligation_id: UUID, reason: str
) -> ObligationProposal:
    """Propose to withhold for all that is owed, when the time to make up for it is over.

    Raises:
        ObligationStateForbids: it is not in recovery.
        RecoveryRuns: there is time left, or claims wait for a decision.
        RulesSilent: the rules know no sanction.
        ProposalOpen: another proposal waits.
    """
    obligation = await _proposable(session, obligation_id)
    standing = await _unrealised(session, obligation)
    version = await session.get_one(RuleVersion, obligation.rules_id)
    try:
        withheld, steps = sanction(version.read_rules(), standing.owed)
    except NotLaidDown as silent:
        raise RulesSilent(str(silent)) from silent
    proposal = ObligationProposal(
        obligation_id=obligation.id,
        kind=ProposalKind.SANCTION,
        side=ProposalSide.AUTHORITY,
        amount_cents=standing.owed,
        withheld_cents=withheld,
        steps=[asdict(step) for step in steps],
        reason=reason,
        proposed_by_id=caller.user_id,
    )
    return await _proposed(session, caller, obligation, proposal)


async def _proposable(session: AsyncSession, obligation_id: UUID) -> Obligation:
    obligation = await queries.obligations.kept(session, obligation_id)
    if not obligation.state.is_open:
        message = f"Nothing can be waived or sanctioned: the obligation is {obligation.state}."
        raise ObligationStateForbids(message, current_state=obligation.state)
    if await queries.obligations.has_open_proposal(session, obligation_id):
        message = "Another proposal about this obligation waits for its decision."
        raise ProposalOpen(message)
    return obligation


async def _unrealised(session: AsyncSession, obligation: Obligation) -> Standing:
    if obligation.state is not ObligationState.IN_RECOVERY:
        message = "Only what was due and was not made up for is sanctioned."
        raise ObligationStateForbids(message, current_state=obligation.state)
    if not is_over(obligation):
        ends_on = obligation.recovery_ends_on
        message = f"The contractor has time to make up for it until {ends_on}."
        raise RecoveryRuns(message)
    if await queries.objections.waits(session, obligation.id):
        message = "An objection about this obligation waits: decide about that first."
        raise RecoveryRuns(message)
    # What comes in after that day holds no sanction back: one claim after the other would for ever.
    last_day = obligation.recovery_ends_on or obligation.due_on
    if await hooks.waiting(session, obligation.id, last_day):
        message = "Claims for it, or objections about them, wait: decide about those first."
        raise RecoveryRuns(message)
    standing = await queries.standing.now(session, obligation)
    if standing.provisional:
        message = "Some of it is recognised provisionally: within a minute that lapses. Try again."
        raise RecoveryRuns(message)
    _insist_on_owed(standing, 1)
    return standing


def is_over(obligation: Obligation) -> bool:
    """Tell whether the time to make up for what was due is over."""
    if obligation.state is not ObligationState.IN_RECOVERY:
        return False
    ends_on = obligation.recovery_ends_on
    return ends_on is None or ends_on < clock.today()


def _insist_on_owed(standing: Standing, cents: int) -> None:
    if standing.owed < cents:
        message = f"{standing.owed} cents are owed, and {cents} were named."
        raise NotSoMuchOwed(message, owed_cents=standing.owed)


async def _proposed(
    session: AsyncSession, caller: Caller, obligation: Obligation, proposal: ObligationProposal
) -> ObligationProposal:
    session.add(proposal)
    decisions.note(
        session,
        caller.actor,
        obligation,
        ObligationDecisionKind.PROPOSED,
        amount_cents=proposal.amount_cents,
        reason=proposal.reason,
    )
    await session.flush()
    return proposal


async def decide(
    session: AsyncSession,
    caller: Caller,
    obligation_id: UUID,
    proposal_id: UUID,
    request: ProposalDecisionRequest,
) -> ObligationProposal:
    """Do what was proposed, or refuse it.

    Raises:
        ProposalDecided: somebody decided it before.
        OwnProposal: the caller proposed it.
        ObligationStateForbids, NotSoMuchOwed, RecoveryRuns: it can't be done any more.
    """
    obligation = await queries.obligations.kept(session, obligation_id)
    proposal = await locked(session, ObligationProposal, proposal_id)
    if proposal.state is not ProposalState.OPEN:
        message = "The proposal was decided before."
        raise ProposalDecided(message)
    if proposal.proposed_by_id == caller.user_id:
        message = "You proposed this: somebody else of the authority decides."
        raise OwnProposal(message)
    proposal.decided_by_id = caller.user_id
    proposal.decided_at = clock.now()
    proposal.decision_reason = request.reason
    proposal.state = ProposalState.APPROVED if request.approved else ProposalState.REFUSED
    if request.approved:
        await _done(session, caller, obligation, proposal)
    else:
        _note(session, caller, obligation, ObligationDecisionKind.PROPOSAL_REFUSED, proposal)
    await session.flush()
    await letters.proposal_decided(session, obligation, proposal)
    return proposal


async def _done(
    session: AsyncSession, caller: Caller, obligation: Obligation, proposal: ObligationProposal
) -> None:
    if not obligation.state.is_open:
        message = f"The obligation is {obligation.state}: refuse the proposal."
        raise ObligationStateForbids(message, current_state=obligation.state)
    if proposal.kind is ProposalKind.WAIVER:
        await _waive(session, caller, obligation, proposal)
    else:
        await _sanction(session, caller, obligation, proposal)


async def _waive(
    session: AsyncSession, caller: Caller, obligation: Obligation, proposal: ObligationProposal
) -> None:
    standing = await queries.standing.now(session, obligation)
    _insist_on_owed(standing, proposal.amount_cents)
    about = (proposal.id, proposal.amount_cents, proposal.decision_reason or "")
    await waive(session, caller.actor, obligation, about)


async def waive(
    session: AsyncSession, actor: Actor, obligation: Obligation, about: tuple[UUID, int, str]
) -> None:
    """Let go of so many cents that are owed, by a proposal, and why; the obligation is kept."""
    proposal_id, cents, reason = about
    await journal.post(session, postings.waived(obligation, cents, proposal_id, clock.now()))
    kind = ObligationDecisionKind.WAIVED
    decisions.note(session, actor, obligation, kind, amount_cents=cents, reason=reason)
    standing = await queries.standing.now(session, obligation)
    if standing.is_met and not standing.fulfilled:
        obligation.state = ObligationState.WAIVED
        obligation.remind_on = None
        return
    await states.settle_state(session, actor, obligation)


async def _sanction(
    session: AsyncSession, caller: Caller, obligation: Obligation, proposal: ObligationProposal
) -> None:
    standing = await _unrealised(session, obligation)
    if standing.owed != proposal.amount_cents:
        message = "What is owed has changed since this was proposed: refuse it, and propose anew."
        raise NotSoMuchOwed(message, owed_cents=standing.owed)
    draft = postings.sanctioned(obligation, proposal.amount_cents, proposal.id, clock.now())
    await journal.post(session, draft)
    _note(session, caller, obligation, ObligationDecisionKind.SANCTIONED, proposal)
    obligation.state = ObligationState.SANCTIONED
    obligation.remind_on = None


def _note(
    session: AsyncSession,
    caller: Caller,
    obligation: Obligation,
    kind: ObligationDecisionKind,
    proposal: ObligationProposal,
) -> None:
    decisions.note(
        session,
        caller.actor,
        obligation,
        kind,
        amount_cents=proposal.amount_cents,
        reason=proposal.decision_reason or "",
    )
