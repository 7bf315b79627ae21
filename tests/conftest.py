"""Real PostgreSQL, built by the migrations, for every test that wants one.

- `session`: a transaction that is rolled back; the cheapest, for actions and queries.
- `database`: a database of the test's own, for real commits and several connections.
- `client`: HTTP to the application on that database.
- `server`: the same over a real socket on loopback.
"""

import asyncio
import gc
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Generic, TypeVar

import asyncpg
import httpx
import pytest
import sqlalchemy as sa
import structlog
import uvicorn
from fastapi import FastAPI
from hypothesis import settings as hypothesis_settings
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.applications import Starlette

from app.core import installation, logs
from app.core.database import Database, open_database
from app.core.http.heads import Heads
from app.core.settings import Settings
from app.main import create_app
from tests import recording, sharing

PROJECT = Path(__file__).parent.parent
SECRET = "a secret of the tests, long enough to seal"

# No deadline, for other people's work makes a machine slow; and what fails can be tried again.
hypothesis_settings.register_profile("normal", deadline=None, print_blob=True)
hypothesis_settings.register_profile("long", deadline=None, print_blob=True, max_examples=5_000)
hypothesis_settings.load_profile("normal")

sharing.share()
recording.listen()
gc.disable()  # Nothing that the modules make is garbage; see `pytest_collection_finish`.

_numbers = count()


def pytest_collection_finish() -> None:
    """Leave what the modules hold out of every search for garbage: it took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    gc.enable()


def _named(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def _environment(name: str) -> str:
    try:
        return os.environ[name]
    except KeyError:
        pytest.exit(f"{name} is not set: run the tests with `python3 scripts/dev.py test`", 2)


class Cluster:
    """The PostgreSQL of this run, in which every test worker makes its own databases."""

    def __init__(self) -> None:
        self.application_url = _environment("DATABASE_URL")
        self.owner_url = _environment("MIGRATIONS_DATABASE_URL")
        self.template = f"baat_template_{os.getpid()}"

    async def migrate(self) -> None:
        """Build the template, exactly as an installation is built."""
        await self.execute(f'CREATE DATABASE "{self.template}"')
        migrating = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "alembic", "upgrade", "head"),
            cwd=PROJECT,
            env={
                **os.environ,
                "DATABASE_URL": _named(self.application_url, self.template),
                "MIGRATIONS_DATABASE_URL": _named(self.owner_url, self.template),
                "BAAT_SECRET": SECRET,
            },
        )
        if await migrating.wait():
            pytest.exit("the migrations failed", 2)
        database = open_database(self.settings(self.template))
        async with database.work() as session:
            await installation.create(session, self.settings(self.template))
        await database.close()

    @asynccontextmanager
    async def clone(self, of: str | None = None) -> AsyncIterator[str]:
        """Make a database like the template, or like one that nobody uses; drop it afterwards."""
        name = f"baat_test_{os.getpid()}_{next(_numbers)}"
        # In memory, copying files is faster than writing all of them to the log.
        template = f'TEMPLATE "{of or self.template}" STRATEGY FILE_COPY'
        await self.execute(f'CREATE DATABASE "{name}" {template}')
        try:
            yield name
        finally:
            await self._drop(name)

    async def drop(self) -> None:
        """Remove the template."""
        await self._drop(self.template)

    def settings(self, name: str, home: Path = Path("/nowhere")) -> Settings:
        """Point an installation at one of the databases."""
        return Settings.model_validate(
            {
                "database_url": _named(self.application_url, name),
                "migrations_database_url": _named(self.owner_url, name),
                "secret": SECRET,
                "home": home,
                "worker": False,
                "database_pool_size": 10,
                # A machine that is busy with other things takes its time.
                "database_wait_seconds": 60.0,
                "password_memory_kib": 19_456,
            }
        )

    async def _drop(self, name: str) -> None:
        for _ in range(50):
            try:
                await self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            except asyncpg.InsufficientPrivilegeError:
                # PostgreSQL is vacuuming it, as a role that this one may not disturb.
                await asyncio.sleep(0.1)
            else:
                return

    async def execute(self, statement: str) -> None:
        """Run one statement as the role that owns the databases."""
        connection = await asyncpg.connect(self.owner_url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


World = TypeVar("World")


@dataclass(frozen=True)
class Furnished(Generic[World]):
    """A database in which a world stands that many tests begin with; each clones it."""

    name: str
    world: World


@asynccontextmanager
async def furnished(
    cluster: Cluster, furnish: Callable[[AsyncSession], Awaitable[World]]
) -> AsyncIterator[Furnished[World]]:
    """Make a world once, in a database that nobody uses: a copy costs a tenth of making it anew."""
    async with cluster.clone() as name:
        database = open_database(cluster.settings(name))
        async with database.work() as session:
            world = await furnish(session)
        await database.close()
        yield Furnished(name, world)


def configure_logs(more: dict[str, str]) -> None:
    """Log as an installation does; but a logger that is kept would not hear `capture_logs`."""
    nowhere = {"database_url": "postgresql://nowhere/x", "secret": SECRET}
    logs.configure(Settings.model_validate({**nowhere, **more}))
    structlog.configure(cache_logger_on_first_use=False)


@pytest.fixture(scope="session", autouse=True)
def _logs() -> None:
    """Log as an installation does, secrets hidden."""
    configure_logs({})


@pytest.fixture(scope="session")
async def cluster() -> AsyncIterator[Cluster]:
    """The PostgreSQL of this run."""
    cluster = Cluster()
    await cluster.migrate()
    yield cluster
    await cluster.drop()


@pytest.fixture(scope="session")
async def shared_database(cluster: Cluster) -> AsyncIterator[Database]:
    """One database for all tests that roll back."""
    async with cluster.clone() as name:
        database = open_database(cluster.settings(name))
        yield database
        await database.close()


@pytest.fixture
async def session(shared_database: Database) -> AsyncIterator[AsyncSession]:
    """A transaction that ends with every deferred check and is rolled back."""
    async with shared_database.sessions() as session:
        yield session
        if session.is_active:
            await session.flush()
            await session.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))


@pytest.fixture
async def settings(cluster: Cluster, tmp_path: Path) -> AsyncIterator[Settings]:
    """The settings of an installation of the test's own."""
    async with cluster.clone() as name:
        yield cluster.settings(name, tmp_path)


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The ways into the test's own database, as the application's role."""
    database = open_database(settings)
    yield database
    await database.close()


@asynccontextmanager
async def living(app: FastAPI) -> AsyncIterator[FastAPI]:
    """Run an application's lifespan."""
    async with app.router.lifespan_context(app):
        yield app


@asynccontextmanager
async def calling(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Call an application without a socket."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://baat.test") as client:
        yield client


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    """The application, alive, on the test's own database."""
    async with living(create_app(settings)) as app:
        yield app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Calls the application."""
    async with calling(app) as client:
        yield client


@asynccontextmanager
async def served(app: Starlette) -> AsyncIterator[str]:
    """Serve an application on a free port of loopback, as `baat serve` does; say its address."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, http=Heads, log_config=None)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        if serving.done():
            serving.result()
        await asyncio.sleep(0.005)
    [socket] = server.servers[0].sockets
    host, port = socket.getsockname()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        await serving


@pytest.fixture
async def server(settings: Settings) -> AsyncIterator[str]:
    """The application behind a real socket; its address."""
    async with served(create_app(settings)) as address:
        yield address
