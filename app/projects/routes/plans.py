"""Plans: a draft that is saved as it is written, and the versions that submissions froze."""

from typing import Annotated

from fastapi import Path, Response

from app.core.database import Session
from app.core.http import etags
from app.core.http.etags import IfMatch
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import existing, refusals
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.projects import actions, queries
from app.projects.access import (
    BoundDraft,
    BoundProject,
    DraftedProject,
    OwnDraft,
    OwnProject,
    ReadableProject,
    ReadDraft,
)
from app.projects.contents import PlanChangeRequest
from app.projects.models import PlanDraft, PlanVersion
from app.projects.problems import NotAdmitted, PlanIncomplete, PlansClosed, ProjectStateForbids
from app.projects.queries import desk
from app.projects.schemas.plans import CompletenessView, PlanDraftView, PlanVersionView

router = router_of("/projects/{project_id}", "Plans")

WORKING = (RoleTooSmall, OrganisationInactive)
Number = Annotated[int, Path(ge=1, le=1_000_000)]


@router.get("/plan", response_model=PlanDraftView, responses=refusals(RoleTooSmall))
async def read_plan_draft(draft: ReadDraft, response: Response) -> PlanDraft:
    """Read the draft of a plan (the entrepreneur's people)."""
    etags.mark(response, draft)
    return draft


@router.patch(
    "/plan",
    response_model=PlanDraftView,
    responses=refusals(*WORKING, ProjectStateForbids),
)
async def save_plan_draft(  # noqa: PLR0913  Each is one thing that the edge hands in.
    request: PlanChangeRequest,
    caller: Person,
    project: OwnProject,
    draft: OwnDraft,
    session: Session,
    expected: IfMatch,
    response: Response,
) -> PlanDraft:
    """Save what changed in a draft: named members get new values, null empties one.

    It may lack anything; what it holds must be well-formed.
    """
    etags.check(draft, expected)
    await actions.plans.change(session, caller, project, draft, request)
    etags.mark(response, draft)
    return draft


@router.get("/completeness", response_model=CompletenessView, responses=refusals(RoleTooSmall))
async def read_completeness(project: DraftedProject, draft: ReadDraft) -> desk.Completeness:
    """List everything that is missing or wrong in a draft."""
    return desk.completeness(project, draft)


@router.post(
    "/submissions",
    status_code=201,
    response_model=PlanVersionView,
    responses=refusals(*WORKING, ProjectStateForbids, PlansClosed, NotAdmitted, PlanIncomplete),
)
async def submit_plan(  # noqa: PLR0913  Each is one thing that the edge hands in.
    caller: Person,
    project: BoundProject,
    draft: BoundDraft,
    session: Session,
    expected: IfMatch,
    response: Response,
) -> PlanVersion:
    """Submit a draft as the next version, for good (the entrepreneur's approvers).

    `If-Match` names the draft that was read: nobody submits what others changed meanwhile.
    """
    etags.check(draft, expected)
    version = await actions.plans.submit(session, caller, project, draft)
    response.headers["Location"] = f"/v1/projects/{project.id}/versions/{version.number}"
    return version


@router.get("/versions", response_model=PageOf[PlanVersionView])
async def list_plan_versions(
    project: ReadableProject, session: Session, paging: Paging
) -> Page[PlanVersion]:
    """List what was submitted, confidential members included, oldest first."""
    return await queries.projects.versions(session, project, paging)


@router.get("/versions/{number}", response_model=PlanVersionView)
async def read_plan_version(
    number: Number, project: ReadableProject, session: Session
) -> PlanVersion:
    """Read one submission."""
    found = await queries.projects.version(session, project, number)
    return existing(found, number)
