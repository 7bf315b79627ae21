"""Kinds of jobs that only tests know, and waiting for what workers do."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import sqlalchemy as sa

from app.core.database import Database
from app.core.jobs import Job, JobKind, JobState, kinds

PATIENCE_SECONDS = 60.0
"""A machine that is busy with other things takes its time."""


def a_kind(name: str = "test.note", **options: Any) -> JobKind:  # noqa: ANN401  Those of JobKind.
    """Make a kind that the application need not wire; perhaps a quicker one of the same name."""
    declared = kinds.DECLARED.copy()
    kinds.DECLARED.pop(name, None)
    kind = JobKind(name, **options)
    kinds.DECLARED.clear()
    kinds.DECLARED.update(declared)
    return kind


async def eventually(
    condition: Callable[[], Awaitable[bool]],
) -> None:
    """Wait until something is true."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await condition():  # noqa: ASYNC110  Others' processes set no event of ours.
            await asyncio.sleep(0.01)


async def states(database: Database) -> list[JobState]:
    """Say how every job stands, in the order in which they were wanted."""
    async with database.reading() as session:
        return list(await session.scalars(sa.select(Job.state).order_by(Job.id)))


async def all_are(database: Database, state: JobState) -> None:
    """Wait until every job has come this far."""

    async def so_far() -> bool:
        return set(await states(database)) == {state}

    await eventually(so_far)


async def the_job(database: Database) -> Job:
    """Read the only job."""
    async with database.reading() as session:
        return (await session.scalars(sa.select(Job))).one()
