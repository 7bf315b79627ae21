"""Say what became of a project's sale; who sells decides it, and has locked the project."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import events
from app.core.events import Actor
from app.projects.models import Project, ProjectDecision, ProjectDecisionKind, ProjectState

THRESHOLD = Actor.system("threshold")


def fund(session: AsyncSession, project: Project, sold_units: int) -> None:
    """Let a listed project be funded: its threshold is reached, and it stays so."""
    project.state = _after(project, ProjectState.FUNDED)
    _note(session, project, ProjectDecisionKind.FUNDED, sold_units)


def miss(session: AsyncSession, project: Project, sold_units: int) -> None:
    """Let a listed project end: its sale is over, and its threshold was not reached."""
    project.state = _after(project, ProjectState.NOT_FUNDED)
    _note(session, project, ProjectDecisionKind.NOT_FUNDED, sold_units)


def _after(project: Project, state: ProjectState) -> ProjectState:
    if project.state is not ProjectState.LISTED:
        message = f"The project {project.id} is {project.state}, and was to become {state}."
        raise RuntimeError(message)
    return state


def _note(
    session: AsyncSession, project: Project, kind: ProjectDecisionKind, sold_units: int
) -> None:
    session.add(
        ProjectDecision(
            project_id=project.id,
            kind=kind,
            reason=f"{sold_units:,} units were sold.",
            decided_by=str(THRESHOLD),
            data={"soldUnits": sold_units},
        )
    )
    events.record(session, f"project.{kind}", project.id, THRESHOLD, soldUnits=sold_units)
