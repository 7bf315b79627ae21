"""Decide what becomes of frozen money: proposed by one person, approved by another."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.problems import NotFound
from app.ledger import journal
from app.ledger.drafts import Void
from app.orders.actions import parting
from app.organisations.actions import trail
from app.organisations.callers import Caller
from app.payments.problems import SamePerson
from app.payouts import queries
from app.payouts.actions import letters
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

POSSIBLE: Sequence[Remedy] = (Remedy.PRO_RATA_RELEASE, Remedy.REFUND)
WHOLE_PERCENT = 100


async def propose(
    session: AsyncSession, caller: Caller, project: Project, wanted: RemedyRequest
) -> RemedyProposal:
    """Propose what becomes of a project's frozen money.

    Raises:
        OwnAffair: the caller acts for the entrepreneur.
        NotFound: nothing of the project was frozen.
        FreezeEnded: it was decided.
        RemedyOutsideTerms: the policy does not offer this.
        RemedyPending: another proposal waits for its decision.
        UnitsNotThere: the money of so many units is not there.
    """
    eligibility.insist_on_distance(caller, project)
    project, freeze = await _locked(session, project)
    allowed = queries.earmarks.terms_of(project).payout.short_result_remedies
    if wanted.kind not in allowed or wanted.kind not in POSSIBLE:
        offered = ", ".join(kind for kind in allowed if kind in POSSIBLE)
        message = f"This is not offered for the project's round; choose from: {offered or 'none'}."
        raise RemedyOutsideTerms(message)
    if await queries.freezes.has_proposal(session, freeze):
        message = "Another proposal waits for its decision: decide about that one first."
        raise RemedyPending(message)
    most = await queries.freezes.refundable(session, project)
    proposal = RemedyProposal(
        freeze_id=freeze.id,
        kind=wanted.kind,
        refund_units=_units(wanted, most),
        reason=wanted.reason,
        proposed_by_id=caller.user_id,
    )
    session.add(proposal)
    await session.flush()
    _tell(session, caller, project, proposal)
    return proposal


def _units(wanted: RemedyRequest, most: int) -> int:
    """Say how many units go back: all that can, if it is a refund."""
    if wanted.kind is Remedy.REFUND:
        return most
    if wanted.release_percent is not None:
        return most - most * wanted.release_percent // WHOLE_PERCENT
    units = wanted.refund_units or 0
    if units > most:
        raise UnitsNotThere(units, most)
    return units


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
    """
    eligibility.insist_on_distance(caller, project)
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
    if proposal.refund_units > most:
        raise UnitsNotThere(proposal.refund_units, most)
    await journal.post(session, *(Void(reference) for reference in freeze.hold_references))
    freeze.ended_at = clock.now()
    await session.flush()
    if proposal.refund_units:
        await parting.refund_pro_rata(
            session, caller.actor, project.id, proposal.refund_units, proposal.reason
        )


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
        refundUnits=proposal.refund_units,
    )
