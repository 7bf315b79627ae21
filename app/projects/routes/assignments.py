"""What an expert is asked to value, and the sheets that they seal."""

from fastapi import Request, Response

from app.core import files
from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import existing, refusals
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.projects import actions, queries
from app.projects.access import (
    AskedAssignment,
    AskedAttachment,
    OwnAssignment,
    RecusableAssignment,
)
from app.projects.contents import ScoreSheet
from app.projects.models import Assignment, Recusal, SealedScores
from app.projects.problems import (
    AlreadyRecused,
    ConflictOfInterest,
    NotAskedAnyMore,
    ProjectStateForbids,
    RoundStateForbids,
    ScoresDue,
    ScoresOffRubric,
    ScoresOpened,
)
from app.projects.schemas.panel import (
    OwnAssignmentView,
    OwnScoresView,
    PanelPlanView,
    RecusalRequest,
    RecusalView,
    SubmissionView,
)
from app.schemes.problems import ExpertLeft, OwnAffair

router = router_of("", "Valuation")

ONE = "/assignments/{assignment_id}"


@router.get("/me/assignments", response_model=PageOf[OwnAssignmentView])
async def list_own_assignments(
    caller: Person, session: Session, paging: Paging
) -> Page[Assignment]:
    """List what you are, or were, asked to value as an expert."""
    return await queries.assignments.of_user(session, caller.user_id, paging)


@router.get(ONE, response_model=PanelPlanView, responses=refusals(NotAskedAnyMore))
async def read_assignment(assignment: AskedAssignment) -> Assignment:
    """Read the whole plan that you are asked to value, and the rubric to score it by."""
    return assignment


@router.get(
    ONE + "/attachments/{submitted_attachment_id}/content",
    response_class=Response,
    responses={**files.DOWNLOAD, **refusals(NotAskedAnyMore)},
)
async def download_submitted_attachment(
    attachment: AskedAttachment, request: Request, session: Session
) -> Response:
    """Download a file of the plan that you are asked to value, whether it is public or not."""
    return await files.download(request, session, attachment)


@router.post(
    ONE + "/scores",
    status_code=201,
    response_model=SubmissionView,
    responses=refusals(
        *(ProjectStateForbids, RoundStateForbids, ExpertLeft, AlreadyRecused),
        *(ConflictOfInterest, ScoresOpened, ScoresDue, ScoresOffRubric),
    ),
)
async def submit_scores(
    request: ScoreSheet, caller: Person, assignment: OwnAssignment, session: Session
) -> SealedScores:
    """Seal what you found, and get the commitment that binds you to it.

    Nobody else reads it before the deadline, unless all experts scored. Until then a further
    sheet takes its place.
    """
    return await actions.assignments.submit(session, caller, assignment, request)


@router.get(ONE + "/scores", response_model=OwnScoresView)
async def read_own_scores(assignment: OwnAssignment, session: Session) -> OwnScoresView:
    """Read your own last sheet, with the salts to check its commitment."""
    scores = existing(assignment.last, "sheet of yours")
    return OwnScoresView(
        id=scores.id,
        assignment_id=assignment.id,
        number=scores.number,
        commitment=scores.commitment,
        submitted_at=scores.submitted_at,
        findings=queries.assignments.unseal(session, scores),
    )


@router.post(
    ONE + "/recusals",
    status_code=201,
    response_model=RecusalView,
    responses=refusals(
        *(RoleTooSmall, OrganisationInactive, OwnAffair),
        *(ProjectStateForbids, RoundStateForbids, AlreadyRecused),
    ),
)
async def recuse_expert(
    request: RecusalRequest, caller: Person, assignment: RecusableAssignment, session: Session
) -> Recusal:
    """Declare your conflict of interest; the operator's members may note one of an expert's.

    Once the scores are open, only its approvers do: then it changes what they come to.
    """
    return await actions.assignments.recuse(session, caller, assignment, request.reason)
