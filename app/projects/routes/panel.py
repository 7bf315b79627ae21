"""The panel of a project: who values its plan, until when, and what came of it."""

from typing import Annotated

from fastapi import Query

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.problems import NotFound, existing, refusals
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.projects import actions, queries
from app.projects.access import (
    ApprovedProject,
    InspectedProject,
    OperatedProject,
    OperatedRound,
)
from app.projects.actions.assignments import Spreading
from app.projects.models import Assignment, ScoreExtension, Sitting
from app.projects.problems import (
    AlreadyAssigned,
    ConflictOfInterest,
    NoPanelHere,
    NotRecused,
    ProjectStateForbids,
    RoundStateForbids,
    ScoresOpened,
    ScoresSealed,
    TooEarlyToExtend,
)
from app.projects.schemas.panel import (
    AssignmentRequest,
    AssignmentView,
    ExtensionRequest,
    ExtensionView,
    SittingView,
    SpreadView,
)
from app.schemes.problems import ExpertLeft, OwnAffair

router = router_of("", "Valuation")

OF_PROJECT = "/projects/{project_id}"


@router.get(OF_PROJECT + "/panel", response_model=SittingView, responses=refusals(RoleTooSmall))
async def read_panel(
    project: InspectedProject,
    session: Session,
    number: Annotated[
        int | None,
        Query(ge=1, le=1_000_000, description="An earlier sitting; absent: the last one."),
    ] = None,
) -> Sitting:
    """Read who values a project now, or did last: what they found once the scores are opened.

    What an earlier sitting found stays to be read, whatever became of it.
    """
    return existing(await queries.panel.last(session, project.id, number), "panel")


@router.post(
    OF_PROJECT + "/assignments",
    status_code=201,
    response_model=AssignmentView,
    responses=refusals(
        *(RoleTooSmall, OrganisationInactive, OwnAffair, NotFound, ExpertLeft, NoPanelHere),
        *(ProjectStateForbids, RoundStateForbids, ScoresOpened),
        *(ConflictOfInterest, AlreadyAssigned, NotRecused),
    ),
)
async def assign_expert(
    request: AssignmentRequest, caller: Person, project: OperatedProject, session: Session
) -> Assignment:
    """Ask an expert to value a project, perhaps in the place of one who is recused."""
    return await actions.assignments.assign(session, caller, project, request)


@router.post(
    "/rounds/{round_id}/assignments",
    status_code=201,
    response_model=SpreadView,
    responses=refusals(RoleTooSmall, OrganisationInactive, NoPanelHere, RoundStateForbids),
)
async def spread_projects(caller: Person, of_round: OperatedRound, session: Session) -> Spreading:
    """Spread all eligible projects of a round evenly over the experts, conflicts passed over.

    What is assigned already stays and counts, so that it can be done again and again.
    """
    return await actions.assignments.spread_evenly(session, caller, of_round)


@router.post(
    OF_PROJECT + "/score-extensions",
    status_code=201,
    response_model=ExtensionView,
    responses=refusals(
        *(RoleTooSmall, OrganisationInactive, OwnAffair),
        *(ProjectStateForbids, RoundStateForbids),
        *(NoPanelHere, ScoresSealed, ScoresOpened, TooEarlyToExtend),
    ),
)
async def extend_scoring(
    request: ExtensionRequest, caller: Person, project: ApprovedProject, session: Session
) -> ScoreExtension:
    """Give the experts of one project more time, with a reason, while scores are sealed."""
    return await actions.panel.extend(session, caller, project, request)
