"""Tell experts what they are asked and that their time is ending, and operators who is missing."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, jobs
from app.projects import queries
from app.projects.actions import letters
from app.projects.models import Assignment, ProjectState, Sitting

REMIND = jobs.JobKind("panel.remind")
DAYS_BEFORE = (7, 2)

WARN = jobs.JobKind("panel.warn")
WARNED_DAYS_BEFORE = (2, 0)


async def plan(session: AsyncSession, sitting: Sitting) -> None:
    """Want experts reminded who have not scored, and the operator warned of a missing quorum.

    Experts a week and two days before the deadline, the operator two days before and when it came.
    """
    for assignment in sitting.active:
        if assignment.last is None:
            for days in DAYS_BEFORE:
                await _want(session, sitting, assignment, days)
    for days in WARNED_DAYS_BEFORE:
        await _want_warning(session, sitting, days)


async def _want(session: AsyncSession, sitting: Sitting, assignment: Assignment, days: int) -> None:
    run_at = sitting.scores_due_at - timedelta(days=days)
    if run_at <= clock.now():
        return
    key = f"{REMIND.name}/{assignment.id}/{days}/{sitting.scores_due_at.isoformat()}"
    await jobs.enqueue(
        session, REMIND, run_at=run_at, unique_key=key, assignment_id=assignment.id, days=days
    )


async def _want_warning(session: AsyncSession, sitting: Sitting, days: int) -> None:
    run_at = sitting.scores_due_at - timedelta(days=days)
    if run_at <= clock.now():
        return
    key = f"{WARN.name}/{sitting.id}/{days}/{sitting.scores_due_at.isoformat()}"
    await jobs.enqueue(
        session, WARN, run_at=run_at, unique_key=key, sitting_id=sitting.id, days=days
    )


async def remind(session: AsyncSession, assignment_id: UUID, days: int) -> None:
    """Remind an expert, unless it is not needed any more; if the date has moved, later."""
    assignment = await queries.assignments.one(session, assignment_id)
    if assignment is None or assignment.last or assignment.recusal:
        return
    sitting = assignment.sitting
    if not _waits(sitting):
        return
    if sitting.scores_due_at - timedelta(days=days) > clock.now():
        await _want(session, sitting, assignment, days)
    elif sitting.scores_due_at > clock.now():
        await letters.to_expert(session, sitting, assignment, "scores_due")


async def warn(session: AsyncSession, sitting_id: UUID, days: int) -> None:
    """Warn an operator if a quorum is missing; if the date has moved, later."""
    sitting = await queries.panel.sitting(session, sitting_id)
    rules = queries.panel.rules(sitting.project)
    if rules is None or not _waits(sitting):
        return
    if sitting.scores_due_at - timedelta(days=days) > clock.now():
        await _want_warning(session, sitting, days)
    elif len(sitting.scored) < rules.quorum:
        await letters.panel_short(session, sitting, rules)


def _waits(sitting: Sitting) -> bool:
    return sitting.is_sealed and sitting.project.state is ProjectState.ELIGIBLE
