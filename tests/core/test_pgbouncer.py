"""PgBouncer in transaction mode hands connections around; nothing may lean on one."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from app.core.database import Database, open_database
from app.core.idempotency import IdempotencyKey
from app.core.problems import Unavailable
from app.core.settings import Settings
from tests.conftest import PROJECT, SECRET
from tests.core import bouncing
from tests.core.test_database import count
from tests.make.jobs import PATIENCE_SECONDS
from tests.make.ports import a_port

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


@pytest.fixture
def pgbouncer(settings: Settings) -> Iterator[Settings]:
    """A real PgBouncer in transaction mode before the test's database; two connections behind."""
    if PGBOUNCER is None:
        pytest.skip("PgBouncer is not installed here: only the settings for it were tested")
    with TemporaryDirectory() as folder:
        yield from _bouncing(PGBOUNCER, settings, Path(folder))


def _bouncing(program: str, settings: Settings, folder: Path) -> Iterator[Settings]:
    url, port = make_url(settings.database_url.get_secret_value()), a_port()
    (folder / "users").write_text(f'"{url.username}" "{url.password or ""}"\n')
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\n{url.database} = host={url.host or '127.0.0.1'} port={url.port or 5432}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\npool_mode = transaction\n"
        f"default_pool_size = 2\nauth_type = trust\nauth_file = {folder}/users\n"
        "unix_socket_dir =\n"
    )
    ordinary = []
    if os.geteuid() == 0:  # It refuses to run as root.
        shutil.chown(folder, "nobody")
        ordinary = ["-u", "nobody"]
    with subprocess.Popen([program, "-q", *ordinary, str(folder / "pgbouncer.ini")]) as running:
        through = url.set(host="127.0.0.1", port=port).render_as_string(hide_password=False)
        yield settings.model_copy(
            update={"database_url": SecretStr(through), "database_pgbouncer": True}
        )
        running.terminate()


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
