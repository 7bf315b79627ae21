import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import pytest
import sqlalchemy as sa
import structlog
from sqlalchemy.engine import make_url

from app.core import clock, jobs
from app.core.database import Database, open_database
from app.core.jobs import JobState
from app.core.listener import Channel, Listener
from tests.core.jobs.conftest import note, notes
from tests.make.jobs import PATIENCE_SECONDS, a_kind, all_are, states, the_job

NOTE = a_kind("test.note")
NOTING = jobs.transactional(NOTE, note)


@asynccontextmanager
async def overhearing(database: Database) -> AsyncIterator[asyncio.Queue[str]]:
    """Listen where workers do."""
    heard: asyncio.Queue[str] = asyncio.Queue()
    url = make_url(database.settings.database_url.get_secret_value()).set(drivername="postgresql")
    connection = await asyncpg.connect(url.render_as_string(hide_password=False))

    def hear(_connection: object, _process: int, channel: str, _said: str) -> None:
        heard.put_nowait(channel)

    await connection.add_listener(jobs.CHANNEL, hear)
    await connection.add_listener("after", hear)
    yield heard
    await connection.close()


class ChangedMind(Exception):  # noqa: N818  It is none.
    """Rolls a transaction back."""


async def want_and_change_ones_mind(database: Database) -> None:
    async with database.work() as session:
        await jobs.enqueue(session, NOTE, number=1)
        raise ChangedMind


async def test_a_rollback_leaves_nothing_and_calls_nobody(database: Database) -> None:
    async with overhearing(database) as heard:
        with pytest.raises(ChangedMind):
            await want_and_change_ones_mind(database)
        async with database.work() as session:
            await session.execute(sa.text("SELECT pg_notify('after', '')"))
        assert await asyncio.wait_for(heard.get(), PATIENCE_SECONDS) == "after"
        assert await states(database) == []

        async with database.work() as session:
            await jobs.enqueue(session, NOTE, number=1)
            await jobs.enqueue(session, NOTE, number=2)
        assert await asyncio.wait_for(heard.get(), PATIENCE_SECONDS) == jobs.CHANNEL
        assert heard.empty()


async def test_a_notification_wakes_an_idle_worker_at_once(database: Database) -> None:
    # It looks by itself only long after this test has lost its patience.
    patient = database.settings.model_copy(update={"job_poll_seconds": 3600.0})
    sleepy = open_database(patient)
    worker = jobs.Worker(sleepy, [NOTING])
    listening = asyncio.Event()

    def hear(_said: str) -> None:
        listening.set()
        worker.wake()

    async with Listener(patient, [Channel(jobs.CHANNEL, "SELECT ''", hear)]), worker:
        await asyncio.wait_for(listening.wait(), PATIENCE_SECONDS)
        async with database.work() as session:
            await jobs.enqueue(session, NOTE, number=1)
        await all_are(database, JobState.DONE)
    await sleepy.close()


async def test_a_worker_that_hears_nothing_still_looks(database: Database) -> None:
    async with jobs.Worker(database, [NOTING]):
        async with database.work() as session:
            in_a_moment = clock.now() + timedelta(seconds=0.3)
            await jobs.enqueue(session, NOTE, run_at=in_a_moment, number=1)
        await all_are(database, JobState.DONE)
    assert clock.now() >= in_a_moment


async def test_a_unique_key_names_one_job(database: Database) -> None:
    async def want() -> bool:
        async with database.work() as session:
            return bool(await jobs.enqueue(session, NOTE, unique_key="only/1", number=1))

    assert sorted(await asyncio.gather(*(want() for _ in range(5)))) == [False] * 4 + [True]
    async with jobs.Worker(database, [NOTING]):
        await all_are(database, JobState.DONE)
    assert not await want()
    assert await notes(database) == [1]


async def test_a_job_remembers_the_request_that_wanted_it(database: Database) -> None:
    seen: list[object] = []
    kind = a_kind("test.seeing")

    async def see(_database: Database) -> None:
        names = structlog.contextvars.get_contextvars()
        seen.extend((names["request_id"], names["job_kind"]))

    with structlog.contextvars.bound_contextvars(request_id="request-1", trace_id="t", user="jan"):
        async with database.work() as session:
            await jobs.enqueue(session, kind)
    async with jobs.Worker(database, [jobs.outside(kind, see)]):
        await all_are(database, JobState.DONE)
    assert seen == ["request-1", "test.seeing"]
    assert (await the_job(database)).origin == {"request_id": "request-1", "trace_id": "t"}
