"""Let funded projects start and end, by the dates of their plans or by hand, and be completed."""

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, jobs
from app.core.database import Database
from app.core.events import Actor
from app.organisations.callers import Caller
from app.projects import queries
from app.projects.actions import decisions
from app.projects.models import (
    Listing,
    Project,
    ProjectDecision,
    ProjectDecisionKind,
    ProjectState,
)
from app.projects.problems import ProjectStateForbids

KIND = ProjectDecisionKind
STATE = ProjectState
TRANSITIONS: Mapping[ProjectDecisionKind, tuple[frozenset[ProjectState], ProjectState]] = {
    KIND.STARTED: (frozenset({STATE.FUNDED}), STATE.RUNNING),
    KIND.ENDED: (frozenset({STATE.RUNNING}), STATE.REPORTING),
    KIND.COMPLETED: (frozenset({STATE.RUNNING, STATE.REPORTING}), STATE.COMPLETED),
    KIND.STOPPED: (frozenset({STATE.FUNDED, STATE.RUNNING, STATE.REPORTING}), STATE.STOPPED),
}
"""Each decision with the states that it can be taken in and the state that it leads to."""

ITS_DAY_CAME = "The day that the plan names for it came."


async def start(
    session: AsyncSession, by: Caller | Actor, project: Project, reason: str
) -> ProjectDecision:
    """Let a funded project start, before or after the day that its plan names.

    Raises:
        ProjectStateForbids: it is not funded, or has started.
    """
    project = await queries.projects.locked_on_sale(session, project.id)
    return await move(session, by, project, KIND.STARTED, reason)


async def move(
    session: AsyncSession,
    by: Caller | Actor,
    project: Project,
    kind: ProjectDecisionKind,
    reason: str,
) -> ProjectDecision:
    """Move a project that is locked on, and write down why.

    Raises:
        ProjectStateForbids: its state does not allow this.
    """
    needed, leads_to = TRANSITIONS[kind]
    if project.state not in needed:
        message = (
            f"The project is {project.state}; this needs it to be {' or '.join(sorted(needed))}."
        )
        raise ProjectStateForbids(message, current_state=project.state)
    project.state = leads_to
    return await decisions.about_project(session, by, project, kind, reason)


async def follow_plans(database: Database) -> None:
    """Start and end what is due by its plan, each project in its own transaction: a chore."""
    async with database.reading() as session:
        due = {
            kind: (await session.scalars(_due(kind, name))).all()
            for kind, name in ((KIND.STARTED, "startsOn"), (KIND.ENDED, "endsOn"))
        }
    for kind, project_ids in due.items():
        await jobs.each_in_turn(database, project_ids, _ON_ITS_DAY[kind])


def _due(kind: ProjectDecisionKind, name: str) -> sa.Select[UUID]:
    needed, _ = TRANSITIONS[kind]
    day = queries.reports.planned_day(name)
    today = clock.today()
    has_come = day <= today if kind is KIND.STARTED else day < today
    return (
        sa.select(Project.id)
        .join(Listing, Listing.project_id == Project.id)
        .where(Project.state.in_(needed), has_come)
        .order_by(Project.id)
    )


async def _start_on_its_day(session: AsyncSession, project_id: UUID) -> None:
    await _on_its_day(session, project_id, KIND.STARTED)


async def _end_on_its_day(session: AsyncSession, project_id: UUID) -> None:
    await _on_its_day(session, project_id, KIND.ENDED)


_ON_ITS_DAY = {KIND.STARTED: _start_on_its_day, KIND.ENDED: _end_on_its_day}


async def _on_its_day(session: AsyncSession, project_id: UUID, kind: ProjectDecisionKind) -> None:
    project = await queries.projects.locked_on_sale(session, project_id)
    if project.state in TRANSITIONS[kind][0]:
        await move(session, decisions.CLOCK, project, kind, ITS_DAY_CAME)
