"""The stage: a demo installation of the story's own, and its removal.

It is made beside the database that the settings name, on the same PostgreSQL: a database, a folder
for mail and logs, a server with a worker, and somebody who plays the payment provider; both servers
are threads of this process, and die with it. The settings are the defaults, so that nothing leaves
this machine, whatever the operator's own say; but sessions last for the whole story.
"""

import asyncio
import secrets
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import TypeVar

import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool
from starlette.applications import Starlette

from app.audits.invariants import INVARIANTS
from app.core import clock, installation, logs, migrations
from app.core.database import Database, explain_failed_connections, open_database
from app.core.events import Actor
from app.core.invariants import all_faults
from app.core.settings import Settings
from app.ledger import checks
from app.main import create_app
from app.organisations.actions import staff
from app.organisations.schemas import FirstStaff
from app.payments.fake.server import KEY, SECRET, Player
from app.story.cast import Person
from app.story.failures import NeverHappened, NoStage

HOST = "127.0.0.1"
START_SECONDS = STOP_SECONDS = CLOCK_SECONDS = 30.0
SILENCE_SECONDS = 3_600.0
POLL_SECONDS = 0.02
SESSION_HOURS = 24 * 730
OPERATOR = Actor.system("operator")
NOT_ALLOWED = "42501"

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Stage:
    """A demo installation that runs, and what its operator does at the command line."""

    settings: Settings
    database_name: str
    url: str
    """Where the server answers."""

    @property
    def home(self) -> Path:
        """Where mail and logs are."""
        return self.settings.home

    def bootstrap(self, person: Person) -> None:
        """Make the first staff user, as `baat bootstrap` does."""
        first = FirstStaff(email=person.email, name=person.name, password=person.password)
        self._in_database(lambda database: staff.make_first_staff(database, first))

    def set_clock(self, to: datetime) -> None:
        """Let the clock jump ahead, as `baat clock set` does, and wait until the server follows.

        Raises:
            NeverHappened: it does not.
        """

        async def jump(database: Database) -> None:
            async with database.work() as session:
                await installation.set_clock(session, to, OPERATOR)

        self._in_database(jump)
        # The server is a thread of this process, and sets the clock of both.
        deadline = time.monotonic() + CLOCK_SECONDS
        while clock.now() < to:
            if time.monotonic() > deadline:
                raise NeverHappened("The server did not follow the clock.")
            time.sleep(POLL_SECONDS)

    def check_books(self) -> tuple[str, list[str]]:
        """Prove the books as `baat check-books` does: say what there is, and every fault."""

        async def prove(database: Database) -> tuple[str, list[str]]:
            async with database.snapshot() as session:
                counts = await checks.counts(session)
                faults = [fault async for fault in checks.all_faults(session, lambda: None)]
            return str(counts), faults

        return self._in_database(prove)

    def check(self) -> list[str]:
        """Prove all that must be true as `baat check all` does: say every fault."""

        async def prove(database: Database) -> list[str]:
            async with database.snapshot() as session:
                return [fault async for fault in all_faults(session, INVARIANTS)]

        return self._in_database(prove)

    def _in_database(self, act: Callable[[Database], Awaitable[Result]]) -> Result:
        async def run() -> Result:
            async with open_database(self.settings) as database:
                return await act(database)

        return asyncio.run(run())


@contextmanager
def built(beside: Settings, public_url: str | None = None) -> Iterator[Stage]:
    """Make an installation beside the database that the settings name, and remove it afterwards.

    It calls itself by `public_url`, or by where it really is.

    Raises:
        NoStage: the role may not make databases, or the server does not start.
        Unavailable: PostgreSQL does not answer.
    """
    name = f"baat_story_{secrets.token_hex(4)}"
    with ExitStack() as removing:
        home = Path(tempfile.mkdtemp(prefix="baat-story-"))
        removing.callback(shutil.rmtree, home, ignore_errors=True)
        log = removing.enter_context((home / "log").open("a"))
        doors = Doors(*(removing.enter_context(_listening()) for _ in range(2)))
        own = {
            "home": home,
            "secret": secrets.token_hex(32),
            "public_url": public_url or _url(doors.server),
        }
        settings = _settings(beside, name, doors, own)
        logs.configure(settings, log)
        removing.callback(_drop, beside, name)
        _create(beside, name)
        _install(settings, lambda session: installation.create(session, settings))
        removing.enter_context(_running(settings, doors, home / "log", None))
        # Called first of all: a second Ctrl-C must not leave half of it behind.
        removing.callback(_ignore_signals)
        yield Stage(settings, name, _url(doors.server))


@contextmanager
def raised(chosen: Settings, behind: timedelta) -> Iterator[Stage]:
    """Make the installation that the settings name, a demo, and serve it while it is furnished.

    It stays. Its clock begins so long behind the machine's.

    Raises:
        NoStage: the server does not start.
        WrongInstallation: the database holds an installation already.
        Unavailable: PostgreSQL does not answer.
    """
    with ExitStack() as ending:
        log = ending.enter_context((chosen.home / "demo.log").open("a"))
        doors = Doors(*(ending.enter_context(_listening()) for _ in range(2)))
        own = {"home": chosen.home, "secret": chosen.secret, "public_url": chosen.public_url}
        name = make_url(chosen.owner_url).database or ""
        settings = _settings(chosen, name, doors, own)
        logs.configure(settings, log)
        _install(settings, lambda session: installation.begin_demo(session, settings, behind))
        provider = chosen.home / "payments" / "provider.json"
        provider.parent.mkdir(exist_ok=True)
        ending.enter_context(_running(settings, doors, chosen.home / "demo.log", provider))
        yield Stage(settings, name, _url(doors.server))


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the server listens, and where the payment provider."""

    server: socket.socket
    provider: socket.socket


@contextmanager
def _running(settings: Settings, doors: Doors, log: Path, file: Path | None) -> Iterator[None]:
    """Play the provider, which remembers everything in the file, and serve the installation."""
    player = Player(file, webhooks=f"{_url(doors.server)}/webhooks/stripe")
    with (
        _served(player.app(), doors.provider, log),
        _served(create_app(settings), doors.server, log),
    ):
        yield


def _listening() -> socket.socket:
    return socket.create_server((HOST, 0))


def _url(listening: socket.socket) -> str:
    return f"http://{HOST}:{listening.getsockname()[1]}"


def _settings(beside: Settings, name: str, doors: Doors, own: dict[str, object]) -> Settings:
    def renamed(address: SecretStr | None) -> str | None:
        if address is None:
            return None
        there = make_url(address.get_secret_value()).set(database=name)
        return there.render_as_string(hide_password=False)

    return Settings.model_validate(
        {
            "database_url": renamed(beside.database_url),
            "migrations_database_url": renamed(beside.migrations_database_url),
            "listen_database_url": renamed(beside.listen_database_url),
            "database_pgbouncer": beside.database_pgbouncer,
            "database_wait_seconds": START_SECONDS,
            "demo": True,
            "stripe_url": _url(doors.provider),
            "stripe_key": KEY,
            "stripe_webhook_secret": SECRET,
            # As little as is allowed: what these passwords protect lives for seconds.
            "password_memory_kib": 19_456,
            # A year of the clock passes in a minute: nobody was away meanwhile.
            "session_idle_minutes": 60 * SESSION_HOURS,
            "session_hours": SESSION_HOURS,
            **own,
        }
    )


def _create(beside: Settings, name: str) -> None:
    try:
        _execute(beside, f'CREATE DATABASE "{name}" TEMPLATE template0')
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != NOT_ALLOWED:
            raise
        message = (
            "The role of MIGRATIONS_DATABASE_URL (or DATABASE_URL) may not make the database that"
            " the story is played in. Give it CREATEDB, or unset both and let the launcher bring a"
            " PostgreSQL: python3 scripts/dev.py cli story"
        )
        raise NoStage(message) from error


def _drop(beside: Settings, name: str) -> None:
    try:
        # It waits a few seconds for connections that are closing.
        _execute(beside, f'DROP DATABASE IF EXISTS "{name}"')
    except DBAPIError:
        _execute(beside, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _execute(beside: Settings, statement: str) -> None:
    async def run() -> None:
        engine = create_async_engine(
            beside.owner_url, isolation_level="AUTOCOMMIT", poolclass=NullPool
        )
        explain_failed_connections(engine)
        async with engine.connect() as connection:
            await connection.exec_driver_sql(statement)
        await engine.dispose()

    asyncio.run(run())


def _install(settings: Settings, make: Callable[[AsyncSession], Awaitable[object]]) -> None:
    """Do what `baat migrate` does, and make the installation."""
    migrations.migrate(settings)

    async def create() -> None:
        async with open_database(settings) as database, database.work() as session:
            await make(session)

    asyncio.run(create())


@contextmanager
def _served(app: FastAPI | Starlette, listening: socket.socket, log: Path) -> Iterator[None]:
    config = uvicorn.Config(
        app,
        log_config=None,
        server_header=False,
        # Longer than anybody is silent: a connection that is closed just when it is used fails.
        timeout_keep_alive=int(SILENCE_SECONDS),
        timeout_graceful_shutdown=int(STOP_SECONDS),
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, args=([listening],), name="server", daemon=True)
    thread.start()
    try:
        _wait_until_started(server, thread, log)
        yield
    finally:
        server.should_exit = True
        thread.join(2 * STOP_SECONDS)


def _wait_until_started(server: uvicorn.Server, thread: Thread, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            last_words = "\n".join(log.read_text().splitlines()[-5:])
            message = f"The server does not start. Its last words:\n{last_words}"
            raise NoStage(message)
        time.sleep(POLL_SECONDS)


def _ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
