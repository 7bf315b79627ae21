"""Stopped projects and short results: what is frozen, and what becomes of it."""

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.problems import refusals
from app.orders.problems import (
    BuyerOutsideTerms,
    NotEnoughUnits,
    OtherTerms,
    OwnProject,
    PaidOut,
    QuantityOutsideTerms,
    SaleNotRunning,
)
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.payments.problems import SamePerson
from app.payouts import actions, queries
from app.payouts.access import ApprovedRemedy
from app.payouts.models import RemedyProposal
from app.payouts.problems import (
    FreezeEnded,
    RemedyDecided,
    RemedyOutsideTerms,
    RemedyPending,
    UnitsNotThere,
)
from app.payouts.queries.freezes import FreezePage
from app.payouts.schemas import (
    FrozenMoneyView,
    RemedyDecisionRequest,
    RemedyProposalView,
    RemedyRequest,
    StopRequest,
)
from app.projects.access import ApprovedProject, OperatedProject, ReadableProject
from app.projects.models import ProjectDecision
from app.projects.problems import ProjectStateForbids
from app.projects.schemas.plans import ProjectDecisionView
from app.schemes.problems import OwnAffair

router = router_of("/projects/{project_id}", "Payouts")

MOVING = (
    PaidOut,
    OtherTerms,
    SaleNotRunning,
    OwnProject,
    BuyerOutsideTerms,
    QuantityOutsideTerms,
    NotEnoughUnits,
)
"""Why the units of some buyer can't move to a substitute."""
WORKING = (RoleTooSmall, OrganisationInactive, OwnAffair)


@router.post(
    "/stops",
    status_code=201,
    response_model=ProjectDecisionView,
    responses=refusals(*WORKING, ProjectStateForbids),
)
async def stop_project(
    request: StopRequest,
    caller: Person,
    project: ApprovedProject,
    session: Session,
    _once: Idempotent,
) -> ProjectDecision:
    """Stop a project that is funded, for good (the operator's approvers).

    Nothing is sold or paid of it any more, and what was not paid out is frozen until the operator
    decides about it.
    """
    return await actions.freezing.stop(session, caller, project, request.reason)


@router.get("/freeze", response_model=FrozenMoneyView)
async def read_frozen_money(project: ReadableProject, session: Session) -> FreezePage:
    """See what is frozen of a project, and what was proposed about it."""
    return await queries.freezes.read(session, project)


@router.post(
    "/remedies",
    status_code=201,
    response_model=RemedyProposalView,
    responses=refusals(
        *WORKING,
        *(FreezeEnded, RemedyOutsideTerms, RemedyPending, UnitsNotThere, SaleNotRunning),
    ),
)
async def propose_remedy(
    request: RemedyRequest,
    caller: Person,
    project: OperatedProject,
    session: Session,
    _once: Idempotent,
) -> RemedyProposal:
    """Propose what becomes of frozen money (the operator's members); somebody else approves it."""
    return await actions.remedying.propose(session, caller, project, request)


@router.post(
    "/remedies/{remedy_id}/decisions",
    status_code=201,
    response_model=RemedyProposalView,
    responses=refusals(
        *WORKING,
        *(FreezeEnded, RemedyDecided, SamePerson, UnitsNotThere),
        *MOVING,
    ),
)
async def decide_about_remedy(
    request: RemedyDecisionRequest,
    caller: Person,
    project: ApprovedProject,
    remedy: ApprovedRemedy,
    session: Session,
    _once: Idempotent,
) -> RemedyProposal:
    """Approve a remedy that somebody else proposed, or reject it (the operator's approvers).

    Approved, the units go back to the buyers or move to the substitute at once, all of them or
    none; what is left can be paid out.
    """
    return await actions.remedying.decide(session, caller, project, remedy, request)
