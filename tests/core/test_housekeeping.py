from datetime import timedelta

import sqlalchemy as sa

from app.core import clock, housekeeping, jobs, mail
from app.core.database import Database
from app.core.jobs import Job, JobState
from app.core.languages import Language
from app.main import HANDLERS, PERIODICS
from tests.make.jobs import a_kind, eventually


async def test_what_nobody_needs_is_forgotten_after_a_while(database: Database) -> None:
    dead = a_kind("test.dead")

    async def give_up(_database: Database) -> None:
        raise jobs.GiveUp("Not today.")

    handlers = (*HANDLERS, jobs.outside(dead, give_up))
    async with database.work() as session:
        await jobs.enqueue(session, dead)
        await mail.send(
            session,
            to="jan@example.org",
            language=Language.ENGLISH,
            letter="core/trial",
            category=mail.Category.SECURITY,
            installation="Baat",
            moment="Monday",
        )

    async def kinds_by_state() -> set[tuple[str, JobState]]:
        async with database.reading() as session:
            return {
                (kind, state)
                for kind, state in await session.execute(sa.select(Job.kind, Job.state))
            }

    async def finished() -> bool:
        return await kinds_by_state() == {
            ("test.dead", JobState.DEAD),
            ("mail.deliver", JobState.DONE),
            ("housekeeping.forget", JobState.DONE),
        }

    async def mails() -> int:
        async with database.reading() as session:
            return await session.scalar(sa.select(sa.func.count()).select_from(mail.Mail)) or 0

    hourly = [periodic for periodic in PERIODICS if periodic.kind is housekeeping.FORGET]
    async with jobs.Worker(database, handlers, hourly) as worker:
        await eventually(finished)
        assert await mails() == 1
        with clock.travelled(clock.now() + timedelta(days=database.settings.retention_days + 1)):
            worker.wake()

            async def forgotten() -> bool:
                return await kinds_by_state() == {
                    ("test.dead", JobState.DEAD),
                    ("housekeeping.forget", JobState.DONE),
                }

            await eventually(forgotten)
    assert await mails() == 0
