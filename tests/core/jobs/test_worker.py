import asyncio
import gc
import itertools
import warnings
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, jobs
from app.core.database import Database, open_database
from app.core.events import Actor
from app.core.ids import new_id
from app.core.jobs import JobState, attempts, claims, metrics
from app.core.problems import Unavailable
from app.core.settings import Settings
from tests.core.jobs.conftest import OUTLASTED, WAITED_FOR, note, notes
from tests.make.jobs import a_kind, all_are, eventually, states, the_job

NOTE = a_kind("test.note")
NOTING = jobs.transactional(NOTE, note)


async def want(database: Database, *numbers: int) -> None:
    async with database.work() as session:
        for number in numbers:
            await jobs.enqueue(session, NOTE, number=number)


async def test_two_workers_do_each_of_200_jobs_once(database: Database) -> None:
    await want(database, *range(200))
    async with jobs.Worker(database, [NOTING]), jobs.Worker(database, [NOTING]):
        await all_are(database, JobState.DONE)
    assert await notes(database) == list(range(200))


async def test_a_handler_gets_what_its_signature_asks_for(database: Database) -> None:
    kind = a_kind("test.typed")
    got: list[object] = []

    async def typed(_session: AsyncSession, thing_id: UUID, count: int = 3) -> None:
        got.extend((thing_id, count))

    thing_id = new_id()
    async with database.work() as session:
        await jobs.enqueue(session, kind, thing_id=thing_id)
    async with jobs.Worker(database, [jobs.transactional(kind, typed)]):
        await all_are(database, JobState.DONE)
    assert got == [thing_id, 3]


async def test_a_failing_job_backs_off_and_then_is_dead(database: Database) -> None:
    kind = a_kind("test.failing", max_attempts=3, back_off_seconds=0.1)
    numbers = itertools.count(1)

    async def fail(session: AsyncSession) -> None:
        await note(session, next(numbers))
        raise KeyError("jan@example.org is not there\nand more about Jan")

    async with database.work() as session:
        await jobs.enqueue(session, kind)
    async with jobs.Worker(database, [jobs.transactional(kind, fail)]):
        await all_are(database, JobState.DEAD)
    job = await the_job(database)
    assert (job.attempts, job.last_error) == (
        3,
        r"KeyError: '(address) is not there\nand more about Jan'",
    )
    assert await notes(database) == []


async def test_a_failure_is_written_down_as_soon_as_there_is_room_for_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = a_kind("test.failing", max_attempts=1)
    write_down, tries = claims.fail, itertools.count(1)

    async def fail(_session: AsyncSession) -> None:
        raise KeyError("nothing is there")

    async def when_there_is_room(
        session: AsyncSession, claim: claims.Claim, failure: claims.Failure
    ) -> JobState | None:
        if next(tries) <= 2:
            raise Unavailable("The database has no room.")
        return await write_down(session, claim, failure)

    monkeypatch.setattr(claims, "fail", when_there_is_room)
    monkeypatch.setattr(attempts, "AGAIN_SECONDS", 0.01)
    async with database.work() as session:
        await jobs.enqueue(session, kind)
    async with jobs.Worker(database, [jobs.transactional(kind, fail)]):
        await all_are(database, JobState.DEAD)

    assert (await the_job(database)).last_error == "KeyError: 'nothing is there'"


async def test_a_retried_dead_letter_is_done(database: Database) -> None:
    kind = a_kind("test.fickle", max_attempts=1)
    broken = [True]

    async def fickle(session: AsyncSession) -> None:
        if broken:
            raise jobs.GiveUp("Not today.")
        await note(session, 1)

    async with database.work() as session:
        job_id = await jobs.enqueue(session, kind)
    assert job_id
    async with jobs.Worker(database, [jobs.transactional(kind, fickle)]):
        await all_are(database, JobState.DEAD)
        broken.clear()
        async with database.work() as session:
            await jobs.retry(session, job_id, Actor.system("operator"))
        await all_are(database, JobState.DONE)
    assert await notes(database) == [1]
    async with database.work() as session:
        with pytest.raises(jobs.NoSuchDeadLetter):
            await jobs.retry(session, job_id, Actor.system("operator"))


async def test_giving_up_makes_no_second_attempt(database: Database) -> None:
    kind = a_kind("test.hopeless", max_attempts=5)

    async def give_up(_database: Database) -> None:
        raise jobs.GiveUp("It never will.")

    async with database.work() as session:
        await jobs.enqueue(session, kind)
    async with jobs.Worker(database, [jobs.outside(kind, give_up)]):
        await all_are(database, JobState.DEAD)
    assert (await the_job(database)).attempts == 1


async def test_a_job_that_takes_too_long_is_stopped(database: Database) -> None:
    kind = a_kind("test.slow", max_attempts=1, timeout_seconds=0.1)

    async def sleep(_database: Database) -> None:
        await asyncio.sleep(60)

    async with database.work() as session:
        await jobs.enqueue(session, kind)
    async with jobs.Worker(database, [jobs.outside(kind, sleep)]):
        await all_are(database, JobState.DEAD)
    assert (await the_job(database)).last_error == "TimeoutError"


async def finish_late(database: Database, stale: claims.Claim) -> None:
    async with database.work() as session:
        await note(session, 7)
        await claims.finish(session, stale)


@WAITED_FOR
async def test_a_stale_claim_changes_nothing(database: Database) -> None:
    await want(database, 7)
    async with database.work() as session:
        [stale] = await claims.claim(session, [NOTE.name], 1)
    assert stale.state is JobState.RUNNING
    await asyncio.sleep(database.settings.job_lease_seconds)
    async with database.work() as session:
        [fresh] = await claims.claim(session, [NOTE.name], 1)
    with pytest.raises(jobs.ClaimLost):
        await finish_late(database, stale)
    async with database.work() as session:
        assert await claims.renew(session, [stale]) == set()
        assert await claims.fail(session, stale, claims.Failure("late", 1.0)) is None
        assert await claims.give_back(session, [stale]) == 0
        await note(session, 8)
        await claims.finish(session, fresh)
    assert await notes(database) == [8]


@OUTLASTED
async def test_a_job_longer_than_its_lease_keeps_it(database: Database) -> None:
    kind = a_kind("test.long")

    async def long(session: AsyncSession) -> None:
        await note(session, 1)
        await asyncio.sleep(2 * database.settings.job_lease_seconds)

    async with database.work() as session:
        await jobs.enqueue(session, kind)
    handlers = [jobs.transactional(kind, long)]
    async with jobs.Worker(database, handlers), jobs.Worker(database, handlers):
        await all_are(database, JobState.DONE)
    assert (await the_job(database)).attempts == 1
    assert await notes(database) == [1]


@WAITED_FOR
async def test_the_attempt_that_kills_its_worker_counts(database: Database) -> None:
    kind = a_kind("test.deadly", max_attempts=1)
    async with database.work() as session:
        await jobs.enqueue(session, kind)
        [claim] = await claims.claim(session, [kind.name], 1)
    assert claim.attempts == 1

    async def never(_database: Database) -> None:
        raise AssertionError

    async with jobs.Worker(database, [jobs.outside(kind, never)]):
        await all_are(database, JobState.DEAD)
    assert "fell silent" in str((await the_job(database)).last_error)


async def test_stopping_waits_for_the_running_job(database: Database) -> None:
    kind = a_kind("test.finishing")
    began, finish = asyncio.Event(), asyncio.Event()

    async def finishing(session: AsyncSession) -> None:
        began.set()
        await finish.wait()
        await note(session, 1)

    async with database.work() as session:
        await jobs.enqueue(session, kind)
    async with jobs.Worker(database, [jobs.transactional(kind, finishing)]) as worker:
        await began.wait()
        worker.stop()
        await want(database, 2)
        finish.set()
    assert await states(database) == [JobState.DONE, JobState.QUEUED]


async def test_stopping_gives_back_what_does_not_end(database: Database) -> None:
    kind = a_kind("test.endless")
    began = asyncio.Event()

    async def endless(session: AsyncSession) -> None:
        await note(session, 1)
        began.set()
        await asyncio.sleep(60)

    async with database.work() as session:
        await jobs.enqueue(session, kind)
    handlers = [jobs.transactional(kind, endless)]
    async with jobs.Worker(database, handlers, grace_seconds=0.1) as worker:
        await began.wait()
        lives = [worker.alive]
    lives.append(worker.alive)
    assert lives == [True, False]
    job = await the_job(database)
    assert (job.state, job.attempts, job.held_until) == (JobState.QUEUED, 0, None)
    assert await notes(database) == []


async def test_a_worker_leaves_kinds_that_it_does_not_know(database: Database) -> None:
    async with database.work() as session:
        await jobs.enqueue(session, a_kind("test.of-a-newer-version"))
    await want(database, 1)

    async def noted() -> bool:
        return await notes(database) == [1]

    async with jobs.Worker(database, [NOTING]):
        await eventually(noted)
    assert await states(database) == [JobState.QUEUED, JobState.DONE]


async def test_a_job_waits_for_its_moment_on_the_installations_clock(database: Database) -> None:
    tomorrow = clock.now() + timedelta(days=1)
    async with database.work() as session:
        await jobs.enqueue(session, NOTE, run_at=tomorrow, number=1)
    async with database.work() as session:
        assert await claims.claim(session, [NOTE.name], 1) == []
        assert 86_000 < (await claims.seconds_to_next(session) or 0) <= 86_400
        with clock.travelled(tomorrow):
            assert len(await claims.claim(session, [NOTE.name], 1)) == 1


async def test_a_jump_of_the_clock_ends_neither_lease_nor_back_off(database: Database) -> None:
    await want(database, 1, 2)
    next_year = clock.now() + timedelta(days=365)
    async with database.work() as session:
        running, failing = await claims.claim(session, [NOTE.name], 2)
        # Drawn from nought up to thirty years: long enough to be seen.
        await claims.fail(session, failing, claims.Failure("broken", 1e9))
    with clock.travelled(next_year):
        async with database.work() as session:
            assert await claims.claim(session, [NOTE.name], 2) == []
            assert await claims.renew(session, [running]) == {running.id}


@WAITED_FOR
async def test_a_worker_outlives_the_connections_to_its_database(
    database: Database, settings: Settings
) -> None:
    await want(database, *range(100))
    async with jobs.Worker(database, [NOTING]):
        await cut_connections(settings, times=30)
        await eventually_done(database)
    assert await notes(database) == list(range(100))
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        # SQLAlchemy drops a connection that dies while it is being made, and never closes it.
        gc.collect()


async def cut_connections(settings: Settings, times: int) -> None:
    """End everybody's connections but our own, those that are just being made too."""
    saboteur = open_database(settings)
    cut = sa.text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND usename = current_user"
        "   AND pid <> pg_backend_pid()"
    )
    found = 0
    try:
        for _ in range(times):
            async with saboteur.work() as session:
                found += await session.scalar(cut) or 0
            await asyncio.sleep(0.01)
    finally:
        await saboteur.close()
    assert found


async def eventually_done(database: Database) -> None:
    """Wait for the end, on connections that may have been cut."""

    async def done() -> bool:
        try:
            return set(await states(database)) == {JobState.DONE}
        except exc.DBAPIError:
            return False

    await eventually(done)


@OUTLASTED
async def test_jobs_are_counted(database: Database) -> None:
    kind = a_kind("test.counted", max_attempts=2, back_off_seconds=0.01)
    numbers = itertools.count(1)

    async def fail_once(_session: AsyncSession) -> None:
        if next(numbers) == 1:
            raise RuntimeError

    async with database.work() as session:
        await jobs.enqueue(session, kind)
        await jobs.enqueue(session, a_kind("test.nobodys"))
    # The registry is the process's own: an earlier test's worker counted its queue into it too.
    metrics.OPEN.clear()
    async with jobs.Worker(database, [jobs.transactional(kind, fail_once)]):

        async def counted() -> bool:
            done = figure("baat_job_attempts_total", kind=kind.name, outcome="done")
            return done == 1 and figure("baat_jobs", state="queued") == 1

        await eventually(counted)
        outcomes = ("done", "failed", "dead", "lost")
        found = [
            figure("baat_job_attempts_total", kind=kind.name, outcome=outcome)
            for outcome in outcomes
        ]
    assert found == [1, 1, None, None]
    assert figure("baat_job_wait_seconds_count", kind=kind.name) == 1
    assert figure("baat_job_seconds_count", kind=kind.name) == 2


def figure(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


async def test_work_goes_on_while_all_that_talks_to_others_waits(database: Database) -> None:
    kind = a_kind("test.talking")
    answer, asked = asyncio.Event(), itertools.count(1)

    async def talk(_database: Database) -> None:
        next(asked)
        await answer.wait()

    async with database.work() as session:
        for _ in range(2 * database.settings.worker_concurrency):
            await jobs.enqueue(session, kind)
    await want(database, 1)

    async def noted() -> bool:
        return await notes(database) == [1]

    async with jobs.Worker(database, [jobs.outside(kind, talk), NOTING]):
        await eventually(noted)
        # The others asked; the place that is left is for what waits for nobody.
        assert next(asked) == database.settings.worker_concurrency
        answer.set()
        await all_are(database, JobState.DONE)
