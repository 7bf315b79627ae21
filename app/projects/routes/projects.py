"""Projects: begun by entrepreneurs, known to their operators, taken back."""

from fastapi import Response

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import NotFound, refusals
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.projects import actions, queries
from app.projects.access import BoundProject, InspectedRound, OfferingOrganisation, ReadableProject
from app.projects.models import Project, ProjectDecision
from app.projects.problems import NotAdmitted, PlansClosed, ProjectStateForbids
from app.projects.queries.desk import Desk
from app.projects.schemas.desk import DeskView
from app.projects.schemas.plans import (
    ProjectDecisionView,
    ProjectRequest,
    ProjectView,
    WithdrawalRequest,
)
from app.schemes.access import ActingOrganisation

router = router_of("", "Projects")

WORKING = (RoleTooSmall, OrganisationInactive)
OF_ORGANISATION = "/organisations/{organisation_id}"


@router.get(OF_ORGANISATION + "/projects", response_model=PageOf[ProjectView])
async def list_own_projects(
    organisation: OfferingOrganisation, session: Session, paging: Paging
) -> Page[Project]:
    """List the projects of your organisation, in every state."""
    return await queries.projects.listed(session, organisation, paging)


@router.post(
    OF_ORGANISATION + "/projects",
    status_code=201,
    response_model=ProjectView,
    responses=refusals(*WORKING, NotFound, PlansClosed, NotAdmitted),
)
async def begin_project(
    request: ProjectRequest,
    caller: Person,
    organisation: ActingOrganisation,
    session: Session,
    response: Response,
) -> Project:
    """Begin a project in a round that takes plans (an admitted entrepreneur's members)."""
    project = await actions.plans.begin(session, caller, organisation, request)
    response.headers["Location"] = f"/v1/projects/{project.id}"
    return project


@router.get(OF_ORGANISATION + "/desk", response_model=DeskView)
async def read_desk(organisation: OfferingOrganisation, session: Session, paging: Paging) -> Desk:
    """See where the projects of your organisation stand: what is missing, due, sold, expected.

    The newest projects come first; pass `next` as `after` to go on. What was paid out of one, and
    what is on its way, stands in `GET /v1/projects/{projectId}/payouts`.
    """
    return await queries.desk.of(session, organisation, paging)


@router.get("/rounds/{round_id}/projects", response_model=PageOf[ProjectView])
async def list_projects_of_round(
    of_round: InspectedRound, session: Session, paging: Paging
) -> Page[Project]:
    """List the projects of a round, in every state."""
    return await queries.projects.listed(session, of_round, paging)


@router.get("/projects/{project_id}", response_model=ProjectView)
async def read_project(project: ReadableProject) -> Project:
    """Read where a project stands."""
    return project


@router.get("/projects/{project_id}/decisions", response_model=PageOf[ProjectDecisionView])
async def list_project_decisions(
    project: ReadableProject, session: Session, paging: Paging
) -> Page[ProjectDecision]:
    """See what was decided about a project and why, newest first."""
    return await queries.projects.decisions(session, project, paging)


@router.post(
    "/projects/{project_id}/withdrawals",
    status_code=201,
    response_model=ProjectDecisionView,
    responses=refusals(*WORKING, ProjectStateForbids),
)
async def withdraw_project(
    request: WithdrawalRequest, caller: Person, project: BoundProject, session: Session
) -> ProjectDecision:
    """Take a project back, for good, before it is listed (the entrepreneur's approvers)."""
    return await actions.plans.withdraw(session, caller, project, request.reason)
