"""What every worker does every few seconds, without a row."""

from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import events, jobs
from app.core.database import Database
from app.core.events import Actor, Event
from app.core.ids import new_id
from app.core.jobs import metrics
from tests.make.jobs import eventually


async def test_a_chore_comes_back_until_the_worker_stops(database: Database) -> None:
    turns: list[Database] = []

    async def take_a_turn(given: Database) -> None:
        turns.append(given)

    chore = jobs.Chore("test.turns", take_a_turn, every_seconds=0.001)

    async def often() -> bool:
        return len(turns) >= 5

    async with jobs.Worker(database, [], chores=[chore]):
        await eventually(often)
    ended = len(turns)
    assert turns[0] is database
    assert len(turns) == ended


async def test_what_waits_for_later_is_done_when_the_clock_moved(database: Database) -> None:
    turns: list[Database] = []

    async def take_a_turn(given: Database) -> None:
        turns.append(given)
        if len(turns) == 1:
            # Even who is at it is called once more.
            worker.hurry()

    chore = jobs.Chore("test.seldom", take_a_turn, every_seconds=3_600.0)

    async def again() -> bool:
        return len(turns) == 2

    worker = jobs.Worker(database, [], chores=[chore])
    async with worker:
        await eventually(again)


async def test_a_chore_that_fails_tries_again_and_is_counted(database: Database) -> None:
    turns: list[int] = []

    async def stumble(_database: Database) -> None:
        turns.append(len(turns))
        if len(turns) < 3:
            message = "a bug"
            raise ValueError(message)

    chore = jobs.Chore("test.stumbles", stumble, every_seconds=0.001)

    async def recovered() -> bool:
        return len(turns) >= 4

    async with jobs.Worker(database, [], chores=[chore]) as worker:
        await eventually(recovered)
        assert worker.alive
    assert metrics.FAILED_CHORES.labels("test.stumbles")._value.get() == 2


async def test_one_that_fails_keeps_no_other_from_its_turn(database: Database) -> None:
    broken, whole = new_id(), new_id()

    async def do(session: AsyncSession, row_id: UUID) -> None:
        events.record(session, "test.done", row_id, Actor.system("test"))
        if row_id == broken:
            message = "a bug"
            raise ValueError(message)

    with pytest.raises(ExceptionGroup) as failed:
        await jobs.each_in_turn(database, [broken, whole], do)

    assert [str(failure) for failure in failed.value.exceptions] == ["a bug"]
    async with database.reading() as session:
        done = await session.scalars(sa.select(Event.subject_id).filter_by(type="test.done"))
        assert done.all() == [whole]
