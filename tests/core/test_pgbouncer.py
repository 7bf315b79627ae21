"""PgBouncer in transaction mode hands connections around; nothing may lean on one."""

import asyncio
import os
import sys
from collections.abc import Iterator

import asyncpg
import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from app.core.database import Database, open_database
from app.core.idempotency import IdempotencyKey
from app.core.problems import Unavailable
from app.core.settings import Settings
from scripts.scaling import pooling
from tests.conftest import PROJECT, SECRET
from tests.core import bouncing
from tests.core.test_database import count
from tests.make.jobs import PATIENCE_SECONDS
from tests.make.ports import a_port


@pytest.fixture
def pgbouncer(settings: Settings) -> Iterator[Settings]:
    """A real PgBouncer in transaction mode before the test's database; two connections behind."""
    if pooling.PROGRAM is None:
        pytest.skip("PgBouncer is not installed here: only the settings for it were tested")
    url = make_url(settings.database_url.get_secret_value())
    with pooling.pooled(pooling.PROGRAM, url, connections=2, port=a_port()) as pooler:
        yield settings.model_copy(
            update={"database_url": SecretStr(pooler.url), "database_pgbouncer": True}
        )


async def _answers(database: Database) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                async with database.reading() as session:
                    await session.scalar(sa.text("SELECT 1"))
            except Unavailable:
                await asyncio.sleep(0.02)
            else:
                return


async def test_through_a_real_pgbouncer_processes_share_its_connections(
    pgbouncer: Settings, database: Database
) -> None:
    async with open_database(pgbouncer) as through:
        await _answers(through)
    # Processes of their own: within one, the driver never gives two statements the same name.
    others = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.core.bouncing", f"other {number}"),
            cwd=PROJECT,
            env={
                **os.environ,
                "DATABASE_URL": pgbouncer.database_url.get_secret_value(),
                "BAAT_DATABASE_PGBOUNCER": "true",
                "BAAT_SECRET": SECRET,
            },
        )
        for number in range(2)
    ]
    await bouncing.work_through(pgbouncer, "this")

    assert [await other.wait() for other in others] == [0, 0]
    assert await count(database, IdempotencyKey) == 3 * bouncing.WORKERS * bouncing.ROUNDS


async def test_no_statement_gets_a_name_that_another_process_may_give_too(
    pgbouncer: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_database(pgbouncer) as one, open_database(pgbouncer) as other:
        await _answers(one)
        for number in range(5):
            for process in (one, other):
                # Each process counts its statements from the start, when it names them.
                monkeypatch.setattr(asyncpg.connection, "_uid", 1_000)
                async with process.reading() as session:
                    assert await session.scalar(sa.text(f"SELECT {number}")) == number
