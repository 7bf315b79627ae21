"""Judging plans, and objections to what was decided."""

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import refusals
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.projects import actions, queries
from app.projects.access import ApprovedObjection, ApprovedProject, BoundProject, ReadableProject
from app.projects.models import Objection, ProjectDecision
from app.projects.problems import (
    AlreadyObjected,
    DateCannotMove,
    NothingToContest,
    ObjectionClosed,
    ObjectionTooLate,
    OwnDecision,
    ProjectStateForbids,
    RoundStateForbids,
    ScoresSealed,
)
from app.projects.schemas.eligibility import (
    EligibilityRequest,
    ObjectionDecisionRequest,
    ObjectionRequest,
    ObjectionView,
)
from app.projects.schemas.plans import ProjectDecisionView
from app.schemes.problems import OwnAffair

router = router_of("/projects/{project_id}", "Eligibility")

WORKING = (RoleTooSmall, OrganisationInactive)


@router.post(
    "/eligibility-decisions",
    status_code=201,
    response_model=ProjectDecisionView,
    responses=refusals(
        *WORKING,
        *(OwnAffair, ProjectStateForbids, RoundStateForbids, ScoresSealed, DateCannotMove),
    ),
)
async def decide_about_eligibility(
    request: EligibilityRequest, caller: Person, project: ApprovedProject, session: Session
) -> ProjectDecision:
    """Return a plan with remarks, accept it, or reject it (the operator's approvers)."""
    return await actions.eligibility.decide(session, caller, project, request)


@router.get("/objections", response_model=PageOf[ObjectionView])
async def list_objections(
    project: ReadableProject, session: Session, paging: Paging
) -> Page[Objection]:
    """List what the entrepreneur objected to, and what became of it."""
    return await queries.plans.objections(session, project, paging)


@router.post(
    "/objections",
    status_code=201,
    response_model=ObjectionView,
    responses=refusals(
        *WORKING,
        *(NothingToContest, ObjectionTooLate, AlreadyObjected),
    ),
)
async def lodge_objection(
    request: ObjectionRequest, caller: Person, project: BoundProject, session: Session
) -> Objection:
    """Object to a rejection or a valuation, once each (the entrepreneur's approvers)."""
    return await actions.objections.lodge(session, caller, project, request)


@router.post(
    "/objections/{objection_id}/decisions",
    status_code=201,
    response_model=ObjectionView,
    responses=refusals(
        *WORKING,
        *(OwnAffair, OwnDecision, ObjectionClosed, ProjectStateForbids),
    ),
)
async def decide_about_objection(
    request: ObjectionDecisionRequest,
    caller: Person,
    project: ApprovedProject,
    objection: ApprovedObjection,
    session: Session,
) -> Objection:
    """Uphold an objection or dismiss it: by an approver who did not take the first decision.

    Upheld, the project goes back: a rejected one is judged again, a valued one valued again.
    """
    return await actions.objections.decide(session, caller, project, objection, request)
