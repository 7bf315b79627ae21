"""A real hot standby answers GETs, and whoever wrote reads what it wrote."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import create_async_engine

from app.core.database import Base, open_database
from app.core.settings import Settings
from scripts.launcher import binaries
from scripts.launcher.failures import LaunchError
from scripts.launcher.project import Project
from tests.conftest import PROJECT, SECRET, calling
from tests.core.http.answers import dressed
from tests.core.http.trial import make_notes, trial_app
from tests.make.jobs import PATIENCE_SECONDS
from tests.make.ports import a_port

STANDBY = "/v1/trials/standby"
NOTES = "/v1/trials/notes"
NOBODY = 65534
QUICKLY = ("fsync=off", "unix_socket_directories=", "shared_buffers=16MB", "autovacuum=off")


class Server:
    """A PostgreSQL of the test's own."""

    def __init__(self, programs: Path, data: Path) -> None:
        self.programs, self.data = programs, data
        self.port = a_port()
        self.url = f"postgresql+asyncpg://baat@127.0.0.1:{self.port}/postgres"

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs to its end."""
        user = NOBODY if os.geteuid() == 0 else None
        command = [str(self.programs / program), *arguments]
        subprocess.run(command, user=user, cwd="/", env={"LC_ALL": "C"}, check=True)

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Let it run for a while."""
        options = (f"-c{option}" for option in QUICKLY)
        command = [str(self.programs / "postgres"), "-D", str(self.data), f"-p{self.port}"]
        user = NOBODY if os.geteuid() == 0 else None
        with subprocess.Popen(
            [*command, *options], user=user, cwd="/", env={"LC_ALL": "C"}, stderr=subprocess.DEVNULL
        ) as process:
            try:
                yield process
            finally:
                process.send_signal(3)  # SIGQUIT: at once, whoever is connected.

    async def says(self, query: str, awaited: str) -> None:
        """Ask until it answers what is awaited."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                with suppress(OSError, asyncpg.PostgresError):
                    connection = await asyncpg.connect(self.url.replace("+asyncpg", ""))
                    try:
                        if str(await connection.fetchval(query)) == awaited:
                            return
                    finally:
                        await connection.close()
                await asyncio.sleep(0.02)


@pytest.fixture
async def pair() -> AsyncIterator[tuple[Server, Server]]:
    """A primary with the project's tables, and its hot standby."""
    venv = Path(sys.executable).parents[1]
    try:
        programs = binaries.find(Project(PROJECT, venv, venv))
    except LaunchError:
        pytest.skip("there are no programs here to start a standby with")
    with TemporaryDirectory() as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, NOBODY)
        primary, standby = (Server(programs, Path(folder) / name) for name in ("one", "two"))
        primary.run("initdb", "-D", str(primary.data), "-Ubaat", "-Atrust", "--no-sync")
        with primary.running():
            await primary.says("SELECT 1", "1")
            await _make_tables(primary)
            where = ("-h", "127.0.0.1", "-p", str(primary.port), "-U", "baat")
            how = ("-R", "--checkpoint=fast", "--no-sync")
            standby.run("pg_basebackup", "-D", str(standby.data), *where, *how)
            with standby.running():
                await standby.says("SELECT pg_is_in_recovery()", "True")
                yield primary, standby


async def _make_tables(server: Server) -> None:
    engine = create_async_engine(server.url)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await engine.dispose()
    await make_notes(installation(server))


def installation(primary: Server, standby: Server | None = None) -> Settings:
    return Settings.model_validate(
        {
            "database_url": primary.url,
            "migrations_database_url": primary.url,
            "replica_database_url": SecretStr(standby.url) if standby else None,
            "secret": SECRET,
        }
    )


async def test_a_standby_answers_unless_it_lags_behind_who_asks(
    pair: tuple[Server, Server],
) -> None:
    primary, standby = pair
    settings = installation(primary, standby)
    app = trial_app(settings)
    async with open_database(settings) as app.state.database, calling(app) as client:
        assert (await client.get(STANDBY)).json() == {"standby": True, "titles": []}

        await standby.says("SELECT 1 FROM pg_wal_replay_pause()", "1")
        await standby.says("SELECT pg_get_wal_replay_pause_state()", "paused")
        answer = await client.post(NOTES, json={"title": "new"})
        assert answer.status_code == 201
        dressed(answer)
        mine = {"Read-After": answer.headers["read-after"]}
        behind = await client.get(STANDBY)
        assert behind.json() == {"standby": True, "titles": []}
        assert "read-after" not in behind.headers
        assert (await client.get(STANDBY, headers=mine)).json() == {
            "standby": False,
            "titles": ["new"],
        }

        await standby.says("SELECT 1 FROM pg_wal_replay_resume()", "1")
        replayed = f"SELECT pg_last_wal_replay_lsn() >= '{mine['Read-After']}'"
        await standby.says(replayed, "True")
        assert (await client.get(STANDBY, headers=mine)).json() == {
            "standby": True,
            "titles": ["new"],
        }
        await _survives_nonsense(client)
        await standby.says("SELECT pg_promote()", "True")
        assert (await client.get(STANDBY)).json() == {"standby": False, "titles": ["new"]}


async def _survives_nonsense(client: httpx.AsyncClient) -> None:
    """What is no position, or one that never comes, is answered by the primary."""
    for nonsense in ["x", "", "1", "0/0'; SELECT 1", "FFFFFFFF/FFFFFFFF", "9" * 5_000]:
        answer = await client.get(STANDBY, headers={"Read-After": nonsense})
        assert answer.status_code == 200
        assert answer.json()["standby"] == (nonsense == "")
    assert (await client.get(STANDBY)).json()["standby"] is True


async def test_without_its_standby_the_primary_answers(pair: tuple[Server, Server]) -> None:
    primary, standby = pair
    settings = installation(primary, standby)
    app = trial_app(settings)
    async with open_database(settings) as app.state.database, calling(app) as client:
        assert (await client.get(STANDBY)).json()["standby"] is True
        with suppress(asyncpg.PostgresError):
            connection = await asyncpg.connect(standby.url.replace("+asyncpg", ""))
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend'"
            )
        answers = [await client.get(STANDBY) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 200]
    async with (
        open_database(
            settings.model_copy(
                update={"replica_database_url": SecretStr("postgresql+asyncpg://x@127.0.0.1:1/x")}
            )
        ) as app.state.database,
        calling(app) as client,
    ):
        assert (await client.get(STANDBY)).json()["standby"] is False
