import itertools
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, jobs
from app.core.database import Database
from app.core.jobs import Job, JobState, Periodic
from tests.core.jobs.conftest import note
from tests.make.jobs import a_kind, all_are, eventually, states

TICK = a_kind("test.tick")


async def tick(session: AsyncSession) -> None:
    await note(session, 1)


TICKING = jobs.transactional(TICK, tick)


async def test_two_workers_do_each_slot_once(database: Database) -> None:
    periodics = [Periodic(TICK, every=timedelta(seconds=0.5))]

    async def three() -> bool:
        return (await states(database)).count(JobState.DONE) >= 3

    async with (
        jobs.Worker(database, [TICKING], periodics),
        jobs.Worker(database, [TICKING], periodics),
    ):
        await eventually(three)
    async with database.reading() as session:
        slots = list(await session.scalars(sa.select(Job.run_at).order_by(Job.run_at)))
    assert len(set(slots)) == len(slots)
    assert all(later - slot >= timedelta(seconds=0.5) for slot, later in itertools.pairwise(slots))


async def test_missed_slots_are_not_piled_up(database: Database) -> None:
    periodics = [Periodic(TICK, every=timedelta(hours=1))]
    async with jobs.Worker(database, [TICKING], periodics) as worker:
        await all_are(database, JobState.DONE)
        with clock.travelled(clock.now() + timedelta(days=30)):
            worker.wake()

            async def two() -> bool:
                return await states(database) == [JobState.DONE] * 2

            await eventually(two)
