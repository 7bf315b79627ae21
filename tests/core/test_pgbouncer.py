"""PgBouncer in transaction mode hands connections around; nothing may lean on one."""

import asyncio
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from app.core.database import Database, open_database
from app.core.idempotency import IdempotencyKey
from app.core.problems import Unavailable
from app.core.settings import Settings
from tests.core.test_database import an_answer, count, limits

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def pgbouncer(settings: Settings) -> Iterator[Settings]:
    """A real PgBouncer in transaction mode before the test's database; two connections behind."""
    if PGBOUNCER is None:
        pytest.skip("PgBouncer is not installed here: only the settings for it were tested")
    with TemporaryDirectory() as folder:
        yield from _bouncing(PGBOUNCER, settings, Path(folder))


def _bouncing(program: str, settings: Settings, folder: Path) -> Iterator[Settings]:
    url, port = make_url(settings.database_url.get_secret_value()), free_port()
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
    async with asyncio.timeout(10):
        while True:
            try:
                async with database.reading() as session:
                    await session.scalar(sa.text("SELECT 1"))
            except Unavailable:
                await asyncio.sleep(0.02)
            else:
                return


async def test_through_a_real_pgbouncer_two_processes_share_its_connections(
    pgbouncer: Settings, database: Database
) -> None:
    async def work(through: Database, name: str) -> None:
        for number in range(20):
            async with through.work() as session:
                session.add(an_answer(f"{name} {number}"))
                assert await limits(session) == ("30s", "4s")
            async with through.reading() as session:
                found = await session.scalar(
                    sa.select(IdempotencyKey.key).where(
                        IdempotencyKey.key == f"{name} {number}", IdempotencyKey.caller == "jan"
                    )
                )
                assert found == f"{name} {number}"

    async with open_database(pgbouncer) as one, open_database(pgbouncer) as other:
        await _answers(one)
        await asyncio.gather(
            *(work(one, f"one {number}") for number in range(5)),
            *(work(other, f"other {number}") for number in range(5)),
        )

    assert await count(database, IdempotencyKey) == 200
