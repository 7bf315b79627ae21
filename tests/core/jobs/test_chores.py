"""What every worker does every few seconds, without a row."""

from app.core import jobs
from app.core.database import Database
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
