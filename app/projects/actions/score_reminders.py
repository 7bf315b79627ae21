"""Tell experts what they are asked, and that their time is ending."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, jobs
from app.projects import queries
from app.projects.actions import panel_letters
from app.projects.models import Assignment, ProjectState, Sitting

REMIND = jobs.JobKind("panel.remind")
DAYS_BEFORE = (7, 2)


async def plan(session: AsyncSession, sitting: Sitting) -> None:
    """Want every expert of a sitting reminded who has not scored, a week and two days before."""
    for assignment in sitting.active:
        if assignment.last is None:
            for days in DAYS_BEFORE:
                await _want(session, sitting, assignment, days)


async def _want(session: AsyncSession, sitting: Sitting, assignment: Assignment, days: int) -> None:
    run_at = sitting.scores_due_at - timedelta(days=days)
    if run_at <= clock.now():
        return
    key = f"{REMIND.name}/{assignment.id}/{days}/{sitting.scores_due_at.isoformat()}"
    await jobs.enqueue(
        session, REMIND, run_at=run_at, unique_key=key, assignment_id=assignment.id, days=days
    )


async def remind(session: AsyncSession, assignment_id: UUID, days: int) -> None:
    """Remind an expert, unless it is not needed any more; if the date has moved, later."""
    assignment = await queries.assignments.one(session, assignment_id)
    if assignment is None or assignment.last or assignment.recusal:
        return
    sitting = assignment.sitting
    if not sitting.is_sealed or sitting.project.state is not ProjectState.ELIGIBLE:
        return
    if sitting.scores_due_at - timedelta(days=days) > clock.now():
        await _want(session, sitting, assignment, days)
    elif sitting.scores_due_at > clock.now():
        await panel_letters.to_expert(session, sitting, assignment, "scores_due")
