"""Decide what becomes of frozen money: proposed by one person, approved by another."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.money import split
from app.core.problems import NotFound
from app.ledger import journal
from app.ledger.drafts import Void
from app.orders.actions import parting, reallocating
from app.orders.actions.reallocating import Wish
from app.orders.queries import buying, orders
from app.organisations.actions import trail
from app.organisations.callers import Caller
from app.payments.problems import SamePerson
from app.payouts import queries
from app.payouts.actions import freezing, letters
from app.payouts.models import Freeze, RemedyProposal, RemedyState
from app.payouts.problems import (
    FreezeEnded,
    RemedyDecided,
    RemedyOutsideTerms,
    RemedyPending,
    UnitsNotThere,
)
from app.payouts.schemas import RemedyDecisionRequest, RemedyRequest
from app.projects.actions import eligibility
from app.projects.models import Project
from app.projects.queries import projects
from app.schemes.terms import Remedy

WHOLE_PERCENT = 100


async def propose(
    session: AsyncSession, caller: Caller, project: Project, wanted: RemedyRequest
) -> RemedyProposal:
    """Propose what becomes of a project's frozen money.

    Raises:
        OwnAffair: the caller acts for the entrepreneur.
        NotFound: nothing of the project was frozen, or the substitute is not on the market.
        FreezeEnded: it was decided.
        SaleNotRunning: the substitute is not for sale now.
        RemedyOutsideTerms: the policy does not offer this.
        RemedyPending: another proposal waits for its decision.
        UnitsNotThere: the money of so many units is not there.
    """
    eligibility.insist_on_distance(caller, project)
    project, freeze = await _locked(session, project)
    allowed = queries.earmarks.terms_of(project).payout.short_result_remedies
    if wanted.kind not in allowed:
        message = f"The policy of the round does not offer this; choose from: {', '.join(allowed)}."
        raise RemedyOutsideTerms(message)
    await _insist_on_substitute(session, project, wanted.substitute_project_id)
    if await queries.freezes.has_proposal(session, freeze):
        message = "Another proposal waits for its decision: decide about that one first."
        raise RemedyPending(message)
    most = await queries.freezes.refundable(session, project)
    proposal = RemedyProposal(
        freeze_id=freeze.id,
        kind=wanted.kind,
        units=_units(wanted, most),
        substitute_project_id=wanted.substitute_project_id,
        reason=wanted.reason,
        proposed_by_id=caller.user_id,
    )
    session.add(proposal)
    await session.flush()
    _tell(session, caller, project, proposal)
    return proposal


def _units(wanted: RemedyRequest, most: int) -> int:
    """Say how many units go back or move: all that can, if nothing is released."""
    if wanted.kind is not Remedy.PRO_RATA_RELEASE:
        return most
    if wanted.release_percent is not None:
        return most - most * wanted.release_percent // WHOLE_PERCENT
    units = wanted.refund_units or 0
    if units > most:
        raise UnitsNotThere(units, most)
    return units


async def _insist_on_substitute(
    session: AsyncSession, project: Project, substitute_id: UUID | None
) -> None:
    if substitute_id is None:
        return
    offer = await buying.offer(session, substitute_id)
    if offer is None or offer.scheme_id != project.scheme_id or substitute_id == project.id:
        message = f"There is no other project {substitute_id} on the market of the scheme."
        raise NotFound(message)
    offer.insist_on_sale(clock.now())


async def _locked(session: AsyncSession, project: Project) -> tuple[Project, Freeze]:
    project = await projects.locked_on_sale(session, project.id)
    freeze = await queries.freezes.of_project(session, project.id)
    if freeze is None:
        message = f"Nothing of the project {project.id} was ever frozen."
        raise NotFound(message)
    freeze = await queries.freezes.locked(session, freeze.id)
    if not freeze.is_open:
        message = "It was decided what becomes of the project's money."
        raise FreezeEnded(message)
    # What failed since must not be left out of what is decided about, and be retried after it.
    await freezing.earmark_failed(session, freeze)
    return project, freeze


async def decide(
    session: AsyncSession,
    caller: Caller,
    project: Project,
    proposal: RemedyProposal,
    wanted: RemedyDecisionRequest,
) -> RemedyProposal:
    """Approve what somebody else proposed, and do it; or reject it.

    Raises:
        OwnAffair: the caller acts for the entrepreneur.
        FreezeEnded: it was decided.
        RemedyDecided: this proposal was.
        SamePerson: who proposed it can't approve it.
        UnitsNotThere: by now there is less.
        PaidOut, OtherTerms, SaleNotRunning, BuyerOutsideTerms, OwnProject, QuantityOutsideTerms,
            NotEnoughUnits: some buyer's units can't move to the substitute: nothing moves.
    """
    eligibility.insist_on_distance(caller, project)
    if proposal.substitute_project_id is not None:
        # As whoever moves orders does: projects in the order of their ids.
        for each in sorted({project.id, proposal.substitute_project_id}):
            await projects.locked_on_sale(session, each)
    project, freeze = await _locked(session, project)
    proposal = await queries.freezes.locked_proposal(session, proposal.id)
    if proposal.state is not RemedyState.PROPOSED:
        message = f"The proposal is {proposal.state}."
        raise RemedyDecided(message, current_state=proposal.state)
    approves = wanted.kind is RemedyState.APPROVED
    if approves and proposal.proposed_by_id == caller.user_id:
        message = "You proposed this: somebody else approves it."
        raise SamePerson(message)
    proposal.state, proposal.decision_reason = wanted.kind, wanted.reason
    proposal.decided_by_id, proposal.decided_at = caller.user_id, clock.now()
    await session.flush()
    if approves:
        await _do(session, caller, project, freeze, proposal)
        # Read anew with all that the letters tell: orders lock the bare row.
        project = await projects.locked_on_sale(session, project.id)
        await letters.remedied(session, project, proposal)
    _tell(session, caller, project, proposal)
    return proposal


async def _do(
    session: AsyncSession,
    caller: Caller,
    project: Project,
    freeze: Freeze,
    proposal: RemedyProposal,
) -> None:
    """Give the holds back, and the buyers their share; what is left can be paid out.

    The books are called twice: what the refund takes was held. Whoever takes of the project's parts
    has locked the project, so nobody waits for them the other way round.
    """
    most = await queries.freezes.refundable(session, project)
    if proposal.units > most:
        raise UnitsNotThere(proposal.units, most)
    await journal.post(session, *(Void(reference) for reference in freeze.hold_references))
    freeze.ended_at = clock.now()
    await session.flush()
    if proposal.units and proposal.substitute_project_id is not None:
        await _move(session, caller, project, proposal, proposal.substitute_project_id)
    elif proposal.units:
        await parting.refund_pro_rata(
            session, caller.actor, project.id, proposal.units, proposal.reason
        )


async def _move(
    session: AsyncSession,
    caller: Caller,
    project: Project,
    proposal: RemedyProposal,
    substitute_id: UUID,
) -> None:
    """Move each order's share of the units; the share of one in dispute stays where it is."""
    paid = await orders.locked_paid(session, project.id)
    left = [order.remaining_units - order.set_aside_units for order in paid]
    for order, share in zip(paid, split(proposal.units, left), strict=True):
        if share and order.state in parting.REFUNDABLE:
            wish = Wish(
                actor=caller.actor,
                ordered_by_id=caller.user_id,
                units=share,
                reason=proposal.reason,
                undisbursed=True,
            )
            await reallocating.reallocate_undisbursed(session, order, substitute_id, wish)


def _tell(
    session: AsyncSession, caller: Caller, project: Project, proposal: RemedyProposal
) -> None:
    trail.rights_changed(
        session,
        caller,
        f"remedy.{proposal.state}",
        proposal.id,
        organisation_id=project.entrepreneur_id,
        projectId=str(project.id),
        remedy=proposal.kind,
        units=proposal.units,
    )
