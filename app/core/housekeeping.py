"""Housekeeping: what nobody needs any more is removed every hour, after `retention_days`."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeAlias

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, jobs
from app.core.database import settings_of

FORGET = jobs.JobKind("housekeeping.forget", timeout_seconds=600)

Forgetting: TypeAlias = Callable[[AsyncSession, int], Awaitable[int]]
"""Removes what is older than so many days, and says how many rows that were."""

logger = structlog.get_logger(__name__)


def forgetting(**rules: Forgetting) -> Callable[[AsyncSession], Awaitable[None]]:
    """Make the action that applies each of these rules; `main` names them."""

    async def forget(session: AsyncSession) -> None:
        days = settings_of(session).retention_days
        counts = {what: await rule(session, days) for what, rule in rules.items()}
        logger.info("forgotten", **counts)

    return forget


async def finished_jobs(session: AsyncSession, older_than_days: int) -> int:
    """Remove jobs that were done long ago; dead letters stay until somebody decides."""
    before = clock.now() - timedelta(days=older_than_days)
    query = sa.delete(jobs.Job).where(
        jobs.Job.finished_at < before, jobs.Job.state == jobs.JobState.DONE
    )
    gone = await session.scalars(query.returning(jobs.Job.id))
    return len(gone.all())
