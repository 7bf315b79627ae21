import asyncio
import contextvars
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from app.cli import cli
from app.core import clock, installation
from app.core.database import Database, Session, open_database
from app.core.events import Actor, Event
from app.core.ids import new_id
from app.core.settings import Settings
from app.main import create_app
from tests.conftest import calling, living
from tests.make.commands import baat
from tests.make.jobs import eventually

OPERATOR = Actor.system("operator")


@pytest.fixture(autouse=True)
def _clock_of_the_process() -> Iterator[None]:
    yield
    clock.shift(timedelta(0))


@pytest.fixture
async def demo(settings: Settings) -> AsyncIterator[Database]:
    """A demo: what an installation is was fixed when the template was made, so make it anew."""
    address = make_url(settings.owner_url).set(drivername="postgresql")
    owner = await asyncpg.connect(address.render_as_string(hide_password=False))
    await owner.execute("TRUNCATE installations")
    await owner.close()
    # A process looks by itself only long after a test has lost its patience.
    chosen = settings.model_copy(update={"demo": True, "job_poll_seconds": 3600.0})
    database = open_database(chosen)
    async with database.work() as session:
        await installation.create(session, chosen)
    yield database
    await database.close()


async def jump(database: Database, to: datetime) -> int:
    async with database.work() as session:
        return await installation.set_clock(session, to, OPERATOR)


def somebody_sets(ahead: timedelta) -> None:
    contextvars.Context().run(clock.shift, ahead)


async def test_processes_follow_a_demos_clock_within_moments(demo: Database) -> None:
    async with living(create_app(demo.settings)):
        assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)
        tomorrow = clock.now() + timedelta(days=1)
        code, said = await baat(demo.settings, "clock", "advance", "1d")
        assert code == 0, said

        async def followed() -> bool:
            return clock.now() >= tomorrow

        await eventually(followed)
    async with demo.reading() as session:
        event = (await session.scalars(sa.select(Event))).one()
    assert (event.type, event.actor) == ("installation.clock-set", "system:operator")
    assert event.data["offset_seconds"] in range(86_395, 86_405)


async def test_a_process_starts_with_the_clock_of_its_installation(demo: Database) -> None:
    next_year = datetime.now(UTC) + timedelta(days=365)
    await jump(demo, next_year)
    app, ended_at = create_app(demo.settings), list[datetime]()

    @app.post("/while-it-is-set")
    async def _while_it_is_set(_: Session) -> None:
        somebody_sets(timedelta(0))
        ended_at.append(clock.now())

    async with living(app), calling(app) as client:
        assert clock.now() >= next_year
        await client.post("/while-it-is-set")
        # Who is served meanwhile is served by the old time to the end.
        assert clock.now() < next_year <= ended_at[0]
    code, said = await baat(demo.settings, "clock", "show")
    assert code == 0
    assert datetime.fromisoformat(said.strip()) >= next_year - timedelta(seconds=1)


async def test_a_process_that_missed_a_notification_catches_up(demo: Database) -> None:
    """Behind PgBouncer, or while the connection was away."""
    impatient = demo.settings.model_copy(update={"job_poll_seconds": 0.1})
    async with living(create_app(impatient)):
        await asyncio.sleep(0.3)
        tomorrow = clock.now() + timedelta(days=1)
        async with demo.work() as session:
            await session.execute(sa.text("UPDATE installations SET clock_offset_seconds = 90000"))

        async def followed() -> bool:
            return clock.now() >= tomorrow

        await eventually(followed)


async def test_a_broken_connection_is_replaced(demo: Database) -> None:
    async with living(create_app(demo.settings)):
        listening = sa.text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'baat listener' AND datname = current_database()"
        )

        async def interrupted() -> bool:
            async with demo.work() as session:
                return bool((await session.scalars(listening)).all())

        await eventually(interrupted)
        tomorrow = clock.now() + timedelta(days=1)
        await jump(demo, tomorrow)

        async def followed() -> bool:
            return clock.now() >= tomorrow

        await eventually(followed)


async def test_time_goes_forward(demo: Database) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    await jump(demo, tomorrow)
    with pytest.raises(installation.TimeGoesForward, match="only be set to a later moment"):
        await jump(demo, tomorrow - timedelta(hours=1))
    with pytest.raises(installation.TimeGoesForward, match="before 2100"):
        await jump(demo, datetime(2100, 1, 1, tzinfo=UTC))
    with pytest.raises(exc.DBAPIError, match="only goes forward"):
        await force(demo, 0)


async def force(database: Database, offset_seconds: int) -> None:
    async with database.work() as session:
        await session.execute(
            sa.text("UPDATE installations SET clock_offset_seconds = :it"), {"it": offset_seconds}
        )


async def test_a_clock_that_is_set_shows_in_no_work_that_is_under_way(
    database: Database,
) -> None:
    async def goes_on() -> datetime:
        await ended.wait()
        return clock.now()

    ended, before = asyncio.Event(), clock.now()
    async with database.work() as session:
        session.add(Event(type="test.one", subject_id=new_id(), actor="system:test"))
        somebody_sets(timedelta(minutes=-45))
        async with database.aside() as aside:
            aside.add(Event(type="test.two", subject_id=new_id(), actor="system:test"))
        outlasts = asyncio.create_task(goes_on())
    ended.set()

    async with database.work() as session:
        written = (await session.scalars(sa.select(Event.occurred_at).order_by(Event.id))).all()
        assert before < written[0] < written[1] < before + timedelta(minutes=1)
        # The next one begins by the new time, and so does what outlasts the one before.
        assert clock.now() < before
    assert await outlasts < before


async def test_only_a_demos_clock_is_set(database: Database, settings: Settings) -> None:
    with pytest.raises(installation.NotADemo):
        await jump(database, datetime.now(UTC) + timedelta(days=1))
    with pytest.raises(exc.IntegrityError, match="only_a_demo_sets_its_clock"):
        await force(database, 60)
    assert await baat(settings, "clock", "advance", "1d") == (
        1,
        "Only the clock of a demo can be set, and this is not one.\n",
    )


@pytest.mark.parametrize(
    ("command", "moment", "complaint"),
    [
        ("set", "tomorrow", "is not a moment"),
        ("set", "2027-01-01T00:00:00", "says no offset"),
        ("advance", "soon", "is not a duration"),
        ("advance", "", "is not a duration"),
    ],
)
def test_what_is_no_moment_is_refused(command: str, moment: str, complaint: str) -> None:
    answer = CliRunner().invoke(cli, ["clock", command, moment])
    assert answer.exit_code == 2
    assert complaint in answer.output


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 6, 30, 21, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(2026, 6, 30, 22, 1, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 23, 1, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_a_day_begins_at_midnight_in_the_netherlands(moment: datetime, day: date) -> None:
    with clock.travelled(moment):
        assert clock.today() == day
