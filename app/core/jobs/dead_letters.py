"""What an operator does about jobs: look at them, and bring dead ones back."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import events
from app.core.events import Actor
from app.core.jobs.enqueueing import CHANNEL
from app.core.jobs.models import Job, JobState
from app.core.problems import Problem


class NoSuchDeadLetter(Problem):
    """There is no such job, or it isn't dead."""

    status = 404
    title = "There is no such dead letter"


async def listed(session: AsyncSession, state: JobState | None, limit: int) -> list[Job]:
    """List jobs, the newest first."""
    query = sa.select(Job).order_by(Job.id.desc()).limit(limit)
    if state is not None:
        query = query.where(Job.state == state)
    return list(await session.scalars(query))


async def is_dead(session: AsyncSession, kind: str, **arguments: UUID) -> bool:
    """Tell whether a job of a kind with some arguments is dead."""
    named = [Job.arguments[name].astext == str(value) for name, value in arguments.items()]
    dead = sa.exists().where(Job.state == JobState.DEAD, Job.kind == kind, *named)
    return bool(await session.scalar(sa.select(dead)))


async def retry(session: AsyncSession, job_id: UUID, actor: Actor) -> None:
    """Give a dead job all its attempts again.

    Raises:
        NoSuchDeadLetter: it doesn't exist or isn't dead.
    """
    if not await _revive(session, Job.id == job_id, actor):
        raise NoSuchDeadLetter(f"There is no dead job {job_id}.")


async def retry_all(session: AsyncSession, actor: Actor) -> int:
    """Give every dead job all its attempts again; say how many there were."""
    return await _revive(session, sa.true(), actor)


async def _revive(session: AsyncSession, which: sa.ColumnElement[bool], actor: Actor) -> int:
    revived = await session.scalars(
        sa.update(Job)
        .where(Job.state == JobState.DEAD, which)
        .values(state=JobState.QUEUED, attempts=0, finished_at=None)
        .returning(Job.id)
    )
    ids = revived.all()
    for job_id in ids:
        events.record(session, "job.retried", job_id, actor)
    await session.execute(sa.select(sa.func.pg_notify(CHANNEL, "")))
    return len(ids)
