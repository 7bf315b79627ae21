"""Where transactions begin and end."""

import asyncio
import shutil

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Database, open_database, release, unavailable, violates
from app.core.events import Event
from app.core.idempotency import IdempotencyKey
from app.core.ids import new_id
from app.core.problems import Unavailable
from app.core.settings import Settings

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


def an_answer(key: str) -> IdempotencyKey:
    return IdempotencyKey(
        caller="jan", key=key, target="x", body_sha256=b"", status=200, headers={}, body=b""
    )


def an_event() -> Event:
    return Event(type="test.happened", subject_id=new_id(), actor="system:test", data={})


async def count(database: Database, kind: type[IdempotencyKey | Event]) -> int:
    async with database.reading() as session:
        return await session.scalar(sa.select(sa.func.count()).select_from(kind)) or 0


async def _add_and_fail(opened: AsyncSession) -> None:
    opened.add(an_answer("one"))
    await opened.flush()
    raise RuntimeError


async def test_leaving_the_unit_of_work_commits_and_an_error_rolls_back(
    database: Database,
) -> None:
    async with database.work() as session:
        session.add(an_answer("zero"))
    with pytest.raises(RuntimeError):
        async with database.work() as session:
            await _add_and_fail(session)

    assert await count(database, IdempotencyKey) == 1


async def test_what_is_written_aside_stays(database: Database) -> None:
    async with database.work() as session:
        session.add(an_answer("rolled back"))
        await session.flush()
        async with database.aside() as aside:
            aside.add(an_answer("aside"))
        await session.rollback()

    async with database.reading() as session:
        assert (await session.scalars(sa.select(IdempotencyKey.key))).all() == ["aside"]


async def test_the_side_writer_works_when_all_connections_are_lent(settings: Settings) -> None:
    # Connecting has to be done in that time, too.
    small = settings.model_copy(update={"database_pool_size": 1, "database_wait_seconds": 2.0})
    async with open_database(small) as database:
        async with database.work() as session:
            await session.execute(sa.text("SELECT 1"))
            assert database.in_use() == 1
            async with database.aside() as aside:
                assert await aside.scalar(sa.text("SELECT 1")) == 1
            with pytest.raises(exc.TimeoutError) as full:
                async with database.reading() as reading:
                    await reading.scalar(sa.text("SELECT 1"))
            assert isinstance(unavailable(full.value), Unavailable)
        assert database.in_use() == 0


async def test_reading_can_not_write(database: Database) -> None:
    async with database.reading() as session:
        session.add(an_answer("one"))
        with pytest.raises(exc.DBAPIError) as refused:
            await session.flush()

    assert getattr(refused.value.orig, "sqlstate", None) == "25006"
    assert unavailable(refused.value) is None


async def test_a_refusal_is_known_by_its_constraint(database: Database) -> None:
    async with database.work() as session:
        session.add(an_answer("one"))
    async with database.sessions() as session:
        session.add(an_answer("one"))
        with pytest.raises(exc.IntegrityError) as twice:
            await session.flush()
    async with database.sessions() as session:
        session.add(IdempotencyKey(caller="jan", key="two"))
        with pytest.raises(exc.IntegrityError) as lacking:
            await session.flush()

    assert violates(twice.value, "uq_idempotency_keys_caller_key")
    assert not violates(twice.value, "uq_idempotency_keys_caller")
    assert not violates(lacking.value, "uq_idempotency_keys_caller_key")
    assert unavailable(twice.value) is None


async def test_a_statement_that_takes_too_long_is_ended(settings: Settings) -> None:
    hasty = settings.model_copy(update={"statement_timeout_seconds": 0.1})
    async with open_database(hasty) as database, database.reading() as session:
        with pytest.raises(exc.DBAPIError) as slow:
            await session.execute(sa.text("SELECT pg_sleep(30)"))

    assert "too long" in str(unavailable(slow.value))


async def test_a_full_disk_is_said_to_be_full_and_is_no_bug(database: Database) -> None:
    with pytest.raises(exc.DBAPIError) as full:
        async with database.work() as session:
            await session.execute(sa.text(_FULL))

    assert "disk of the database is full" in str(unavailable(full.value))


_FULL = "DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$"


async def test_two_that_wait_for_each_other_are_told_to_try_again(database: Database) -> None:
    barrier = asyncio.Barrier(2)

    async def lock(first: int, second: int) -> Exception | None:
        try:
            async with database.work() as session:
                await session.execute(sa.select(sa.func.pg_advisory_xact_lock(first)))
                await barrier.wait()
                await session.execute(sa.select(sa.func.pg_advisory_xact_lock(second)))
        except exc.DBAPIError as error:
            return error
        return None

    results = await asyncio.gather(lock(1, 2), lock(2, 1))

    [error] = [result for result in results if result is not None]
    assert "waited for each other" in str(unavailable(error))


async def test_a_bug_is_not_called_busy() -> None:
    assert unavailable(RuntimeError("bug")) is None
    assert unavailable(exc.SQLAlchemyError("bug")) is None


@pytest.mark.parametrize("as_owner", [False, True])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET type = 'x'",
        "DELETE FROM events",
        "TRUNCATE events CASCADE",
        "INSERT INTO events TABLE events ON CONFLICT (id) DO UPDATE SET type = excluded.type",
        "MERGE INTO events USING events AS same ON same.id = events.id WHEN MATCHED THEN DELETE",
    ],
)
async def test_nobody_changes_what_happened(
    settings: Settings, database: Database, statement: str, *, as_owner: bool
) -> None:
    async with database.work() as session:
        session.add(an_event())
    owner = settings.model_copy(update={"database_url": SecretStr(settings.owner_url)})
    async with open_database(owner if as_owner else settings) as hand, hand.sessions() as session:
        with pytest.raises(exc.DBAPIError) as refused:
            await session.execute(sa.text(statement))

    assert getattr(refused.value.orig, "sqlstate", None) == ("23001" if as_owner else "42501")
    async with database.reading() as session:
        assert (await session.scalars(sa.select(Event.type))).all() == ["test.happened"]


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE events DISABLE TRIGGER append_only",
        "DROP TRIGGER append_only ON events",
        "DROP TABLE events",
        "ALTER TABLE events OWNER TO CURRENT_USER",
        "SET session_replication_role = replica",
        "ALTER FUNCTION refuse_change() RENAME TO refuse_nothing",
        "UPDATE alembic_version SET version_num = 'x'",
    ],
)
async def test_the_application_can_not_open_the_lock(database: Database, statement: str) -> None:
    async with database.sessions() as session:
        with pytest.raises(exc.DBAPIError) as refused:
            await session.execute(sa.text(statement))

    assert getattr(refused.value.orig, "sqlstate", None) == "42501"


async def limits(session: AsyncSession) -> tuple[str, str]:
    query = sa.text("SELECT current_setting('statement_timeout'), current_setting('lock_timeout')")
    found = (await session.execute(query)).one()
    return str(found[0]), str(found[1])


async def test_without_pgbouncer_limits_belong_to_the_connection(database: Database) -> None:
    async with database.reading() as session:
        assert await limits(session) == ("30s", "4s")


async def test_behind_pgbouncer_limits_end_with_each_transaction(settings: Settings) -> None:
    async with open_database(
        settings.model_copy(update={"database_pgbouncer": True, "database_pool_size": 1})
    ) as database:
        for opened in (database.work, database.reading, database.aside):
            async with opened() as session:
                assert await limits(session) == ("30s", "4s")
        async with database.engine.connect() as plain:
            connection = (await plain.get_raw_connection()).driver_connection
            assert connection is not None
            assert await connection.fetchval("SHOW statement_timeout") == "0"


async def test_a_transaction_that_read_gives_its_connection_back(database: Database) -> None:
    async with database.work() as writing:
        writing.add(an_event())
    async with database.sessions() as session:
        event = (await session.scalars(sa.select(Event))).one()
        assert database.in_use() == 1
        await release(session)
        assert database.in_use() == 0
        assert event.type == "test.happened"  # What was read can still be looked at.
        await release(session)
    async with database.reading() as session:
        await session.execute(sa.select(Event))
        await release(session)
        assert database.in_use() == 0


@pytest.mark.parametrize("how", ["pending", "flushed", "locked"])
async def test_a_transaction_that_wrote_or_locked_is_not_given_back(
    database: Database, how: str
) -> None:
    async with database.work() as writing:
        writing.add(an_answer("locked"))
    async with database.sessions() as session:
        if how == "locked":
            await session.execute(sa.select(IdempotencyKey).with_for_update())
        else:
            await session.execute(sa.select(1))
            session.add(an_event())
        if how == "flushed":
            await session.flush()
        with pytest.raises(RuntimeError, match="can't be released"):
            await release(session)
    assert await count(database, Event) == 0
