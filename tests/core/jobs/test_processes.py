import asyncio
import signal
from asyncio.subprocess import Process

import sqlalchemy as sa
from pydantic import SecretStr

from app.core import jobs, mail
from app.core.database import Database
from app.core.jobs import Job, JobState
from app.core.languages import Language
from app.core.settings import Settings
from app.main import create_app
from tests.conftest import calling, living
from tests.core.jobs.conftest import OUTLASTED, WAITED_FOR, note, notes
from tests.core.jobs.hanging import BEGAN
from tests.make.commands import BAAT, baat, python
from tests.make.jobs import PATIENCE_SECONDS, a_kind, all_are, eventually, states, the_job

NOTE = a_kind("test.note")


async def said(process: Process, words: str) -> None:
    assert process.stdout
    async with asyncio.timeout(PATIENCE_SECONDS):
        while words not in (line := (await process.stdout.readline()).decode()):
            assert line, "the process ended"


async def end(process: Process) -> None:
    """Kill a process and read the rest of what it said."""
    if process.returncode is None:
        process.kill()
    await process.communicate()


@OUTLASTED
async def test_a_job_survives_the_death_of_its_worker_and_has_one_effect(
    database: Database,
) -> None:
    async with database.work() as session:
        await jobs.enqueue(session, NOTE, number=1)
    process = await python(database.settings, "-m", "tests.core.jobs.hanging")
    try:
        await said(process, BEGAN)
        # Longer than a lease: a living worker keeps its job.
        await asyncio.sleep(1.5 * database.settings.job_lease_seconds)
        assert (await the_job(database)).attempts == 1
    finally:
        await end(process)
    # From its death on nobody waits longer than a lease.
    assert await seconds_held(database) <= database.settings.job_lease_seconds
    async with jobs.Worker(database, [jobs.transactional(NOTE, note)]):
        await all_are(database, JobState.DONE)
    assert (await the_job(database)).attempts == 2
    assert await notes(database) == [1]


async def seconds_held(database: Database) -> float:
    held = sa.extract("epoch", Job.held_until - sa.func.clock_timestamp())
    async with database.reading() as session:
        return float((await session.scalars(sa.select(held))).one())


async def want_a_letter(database: Database) -> None:
    async with database.work() as session:
        await mail.send(
            session,
            to="jan@example.org",
            language=Language.ENGLISH,
            letter="core/trial",
            category=mail.Category.SECURITY,
            installation="Baat",
            moment="Monday",
        )


@WAITED_FOR
async def test_baat_work_killed_while_a_mail_server_keeps_silent(
    database: Database, quick_settings: Settings
) -> None:
    called = asyncio.Event()

    async def keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        called.set()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(keep_silent, "127.0.0.1", 0)
    address = SecretStr(f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    await want_a_letter(database)
    process = await python(quick_settings.model_copy(update={"smtp_url": address}), *BAAT, "work")
    try:
        await asyncio.wait_for(called.wait(), PATIENCE_SECONDS)
    finally:
        await end(process)
        server.close()
        await server.wait_closed()
    async with jobs.Worker(database, [jobs.outside(mail.DELIVER, mail.deliver)]):
        await all_are_delivered(database)
    assert len(list((quick_settings.home / "mail").iterdir())) == 1


async def all_are_delivered(database: Database) -> None:
    async def delivered() -> bool:
        async with database.reading() as session:
            found = await jobs.listed(session, None, 10)
        return [job.state for job in found if job.kind == "mail.deliver"] == [JobState.DONE]

    await eventually(delivered)


async def test_baat_work_delivers_and_ends_when_asked(
    database: Database, quick_settings: Settings
) -> None:
    process = await python(quick_settings, *BAAT, "work")
    try:
        await want_a_letter(database)
        await all_are_delivered(database)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), PATIENCE_SECONDS) == 0
    finally:
        await end(process)


async def test_the_server_works_too(database: Database, quick_settings: Settings) -> None:
    app = create_app(quick_settings.model_copy(update={"worker": True}))
    await want_a_letter(database)
    async with living(app), calling(app) as client:
        await all_are_delivered(database)
        assert (await client.get("/health/ready")).status_code == 200
    assert not app.state.worker.alive


async def test_an_operator_sees_dead_letters_and_brings_them_back(
    database: Database, quick_settings: Settings
) -> None:
    kind = a_kind("test.dead")

    async def give_up(_database: Database) -> None:
        raise jobs.GiveUp("Not today.")

    async with database.work() as session:
        job_id = await jobs.enqueue(session, kind)
        await jobs.enqueue(session, kind)
    async with jobs.Worker(database, [jobs.outside(kind, give_up)]):
        await all_are(database, JobState.DEAD)

    code, listed = await baat(quick_settings, "jobs", "list", "--state", "dead")
    assert code == 0
    assert str(job_id) in listed
    assert "GiveUp: Not today." in listed
    assert await baat(quick_settings, "jobs", "retry", str(job_id)) == (0, "Brought back: 1.\n")
    assert await baat(quick_settings, "jobs", "retry", "--all-dead") == (0, "Brought back: 1.\n")
    assert await states(database) == [JobState.QUEUED, JobState.QUEUED]
