"""Wanting work: a row in the caller's own transaction."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa
import structlog
from pydantic_core import to_jsonable_python
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.ids import new_id
from app.core.jobs.kinds import JobKind
from app.core.jobs.models import Job, JobState

CHANNEL = "baat_jobs"
"""Where workers hear that there may be work."""

ORIGIN = ("request_id", "trace_id")
"""What a job's log lines share with those of the request that wanted it."""

Argument: TypeAlias = str | int | UUID | date | Sequence[str] | Sequence[UUID] | None


async def enqueue(
    session: AsyncSession,
    kind: JobKind,
    /,
    *,
    run_at: datetime | None = None,
    unique_key: str | None = None,
    **arguments: Argument,
) -> UUID | None:
    """Want a job done, now or from `run_at` on (the installation's clock).

    The row and the call to the workers are part of the caller's transaction: a rollback leaves
    neither. The arguments hold ids and figures, never personal details.

    Returns:
        The job's id; none if a job with this `unique_key` exists already, whatever its state.
    """
    row = _row(kind, arguments, run_at=run_at, unique_key=unique_key)
    written = insert(Job).values(row).on_conflict_do_nothing(index_elements=["unique_key"])
    rows = written.returning(Job.id).cte("written")
    # A notification of a rolled back transaction is never sent, and equal ones are sent once.
    job_id: UUID | None = await session.scalar(sa.select(rows.c.id, sa.func.pg_notify(CHANNEL, "")))
    return job_id


def following(written: sa.CTE) -> sa.Select[UUID, object]:
    """Make one statement of an INSERT of one row and of the job that it wants, if it wrote it.

    For what must be quick: two rows and the call to the workers in one round trip. It is made
    once, and executed with the values of the row and with `wanted`.
    """
    columns = [sa.bindparam(f"job_{name}", type_=type_) for name, type_ in _COLUMNS.items()]
    wanted = insert(Job).from_select(list(_COLUMNS), sa.select(*columns).select_from(written))
    rows = wanted.returning(Job.id).cte("wanted")
    return sa.select(rows.c.id, sa.func.pg_notify(CHANNEL, ""))


def wanted(kind: JobKind, /, **arguments: Argument) -> dict[str, Any]:
    """Give the values of a job to a statement that `following` made."""
    return {f"job_{name}": value for name, value in _row(kind, arguments).items()}


def _row(
    kind: JobKind,
    arguments: dict[str, Argument],
    *,
    run_at: datetime | None = None,
    unique_key: str | None = None,
) -> dict[str, Any]:
    names = structlog.contextvars.get_contextvars()
    return {
        "id": new_id(),
        "kind": kind.name,
        "arguments": to_jsonable_python(arguments),
        "unique_key": unique_key,
        "state": JobState.QUEUED,
        "run_at": run_at or clock.now(),
        "attempts": 0,
        "max_attempts": kind.max_attempts,
        "origin": {name: names[name] for name in ORIGIN if name in names},
        "created_at": clock.now(),
    }


_COLUMNS = {
    name: Job.__table__.c[name].type
    for name in (
        *("id", "kind", "arguments", "unique_key", "state", "run_at"),
        *("attempts", "max_attempts", "origin", "created_at"),
    )
}
"""What `_row` fills."""
