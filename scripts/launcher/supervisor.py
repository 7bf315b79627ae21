"""`run` and `cli`: the servers of a home, started, watched and ended in the right order."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from . import binaries, children, database, demo, environment, provider
from .children import Child
from .cluster import APPLICATION, OWNER, Cluster, Server, free_port
from .database import Database
from .demo import Furnisher
from .failures import LaunchError, StoppedError
from .home import Announcement, Home
from .project import Project, secret
from .steps import Steps

HOST = "127.0.0.1"
JOIN_SECONDS = 900.0
ANSWER_SECONDS = 90.0
SERVE_STOP_SECONDS = 20.0
POLL_SECONDS = 0.05
RESTORE = "restore"
"""The command that makes an installation where there is none."""


@dataclass(frozen=True)
class Serving:
    """Databases that are ready, and the process of our own PostgreSQL, if it is ours.

    The web server inherits `lock`: a start after this launcher was killed waits until it has ended.
    """

    variables: dict[str, str]
    postgres: subprocess.Popen[bytes] | None
    lock: int
    told: Announcement


def run(project: Project, steps: Steps, port: int, *, empty: bool) -> int:
    """Serve Baat until somebody ends it, and return the exit code."""
    home = Home(project.home)
    doing = f"http://{HOST}:{port}"
    if not home.take(doing):
        raise home.refuse_second()
    asked = _preferences(doing)
    try:
        _require_free_port(port)
        environment.prepare(project, steps)
        with (
            _servers(
                project, home, steps, doing, lambda it, given: it.settle(asked | given, empty=empty)
            ) as serving,
            provider.playing(project, home, serving.variables, port) as played,
        ):
            _require_free_port(port)
            variables = asked | serving.variables
            if played is not None:
                variables |= played.variables
                home.announce(_told_too(serving.told, played.variables))
                steps.say(f"Payments are played on {played.url} (test mode: no money moves).")
            return _serve(project, steps, replace(serving, variables=variables), port)
    except StoppedError:
        return 0
    finally:
        home.release()


def _told_too(told: Announcement, more: dict[str, str]) -> Announcement:
    return replace(told, variables=told.variables | more)


def _preferences(address: str) -> dict[str, str]:
    """Return what the server is told unless the caller's environment says otherwise."""
    # Links in mails lead to this very server.
    preferences = {"BAAT_PUBLIC_URL": address}
    if sys.stdout.isatty():
        preferences["BAAT_LOG_FORMAT"] = "console"
    return preferences


def cli(project: Project, steps: Steps, arguments: list[str]) -> int:
    """Run one `baat` command with the database of this home, and return its exit code."""
    home = Home(project.home)
    environment.prepare(project, steps)
    baat = [project.program("baat"), *arguments]
    # Where the caller is: the files that are named lie there.
    here = Path.cwd()
    deadline = time.monotonic() + JOIN_SECONDS
    while time.monotonic() < deadline:
        if home.take(f"dev.py cli {' '.join(arguments[:2])}"):
            try:
                settle = _make_room if arguments[:1] == [RESTORE] else _only_look
                with _servers(project, home, steps, "a command", settle) as serving:
                    code = Child(baat, serving.variables, here).follow()
                    home.wait_for_guests()
                    return code
            finally:
                home.release()
        home.enter_as_guest()
        try:
            if told := _joinable(project, home):
                variables = _variables(project, Database(told.url, told.migrations_url))
                return Child(baat, variables | told.variables, here).follow()
        finally:
            home.leave_as_guest()
        time.sleep(POLL_SECONDS)
    raise home.refuse_second()


def _joinable(project: Project, home: Home) -> Announcement | None:
    """Return what the supervisor told, if its servers are ready and are this home's own."""
    told = home.announcement()
    if told is None or not told.url:
        return None
    if told.port and not _cluster(project, home).is_served_on(told.port):
        return None
    return told


def _make_room(furnisher: Furnisher, _given: dict[str, str]) -> str:
    return furnisher.clear()


def _only_look(furnisher: Furnisher, _given: dict[str, str]) -> str:
    return furnisher.insist_on_whole()


@contextmanager
def _servers(
    project: Project,
    home: Home,
    steps: Steps,
    doing: str,
    settle: Callable[[Furnisher, dict[str, str]], str],
) -> Iterator[Serving]:
    """Bring the database up, settled and migrated, and end what was started."""
    with _database(project, home, steps) as (chosen, server):
        variables = _variables(project, chosen)
        furnisher = Furnisher(project, steps, chosen, home.servers.descriptor)
        found = settle(furnisher, variables)
        own = demo.variables(found)
        variables = own | variables
        if found not in {demo.CLEARED, demo.FURNISHED}:
            _migrate(project, steps, variables)
        port = server.port if server else 0
        told = Announcement(os.getpid(), doing, port, chosen.url, chosen.migrations_url, own)
        home.announce(told)
        postgres = server.process if server else None
        yield Serving(variables, postgres, home.servers.descriptor, told)


@contextmanager
def _database(
    project: Project, home: Home, steps: Steps
) -> Iterator[tuple[Database, Server | None]]:
    if chosen := database.external():
        with steps.step("database") as step:
            version = database.require_server(project, chosen)
            step.result = f"PostgreSQL {version} of DATABASE_URL"
        yield chosen, None
        return
    with steps.step("database") as step:
        server = _cluster(project, home).start()
        step.result = f"embedded PostgreSQL on port {server.port}"
    try:
        yield Database(server.url(APPLICATION), server.url(OWNER)), server
    finally:
        Cluster.stop(server)


def _cluster(project: Project, home: Home) -> Cluster:
    programs = binaries.find(project)
    descriptor = home.servers.descriptor
    return Cluster(programs, home.folder / "postgresql", descriptor, durable=True)


def _variables(project: Project, chosen: Database) -> dict[str, str]:
    return database.given_to_commands(project, project.home, chosen, secret(project.home))


def _migrate(project: Project, steps: Steps, variables: dict[str, str]) -> None:
    with steps.step("migrations"):
        migrate = Child([project.program("baat"), "migrate"], variables, project.root)
        migrate.require("The database cannot be migrated:")


def _serve(project: Project, steps: Steps, serving: Serving, port: int) -> int:
    command = [project.program("baat"), "serve", "--host", HOST, "--port", str(port)]
    with steps.step("server", talks=True) as step:
        lock = (serving.lock,)
        server = Child(command, serving.variables, project.root, alone=True, keep=lock).start()
        try:
            _wait_for_answer(server, port)
        except BaseException:
            children.end(server, (signal.SIGTERM, SERVE_STOP_SECONDS))
            raise
        step.result = "answers"
    steps.say(f"\nBaat runs on http://{HOST}:{port}   (Ctrl-C ends it)\n")
    if "BAAT_DEMO" in serving.told.variables:
        steps.say(demo.welcome(project.home, f"http://{HOST}:{port}"))
    try:
        return _watch(server, serving.postgres)
    finally:
        with steps.step("stop", talks=True):
            children.end(server, (signal.SIGTERM, SERVE_STOP_SECONDS))


def _watch(server: subprocess.Popen[bytes], postgres: subprocess.Popen[bytes] | None) -> int:
    """Wait until one of the two ends, which neither should."""
    ended = children.wait_for_first(server, *([postgres] if postgres else []))
    if ended is postgres:
        raise LaunchError("PostgreSQL ended by itself; its log is in BAAT_HOME/postgresql/log.")
    raise LaunchError(f"The web server ended by itself with code {ended.returncode}.")


def _wait_for_answer(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise LaunchError(
                f"The web server ended with code {server.returncode}; it says why above."
            )
        if _answers(port):
            return
        time.sleep(POLL_SECONDS)
    raise LaunchError(f"The web server gave no answer within {ANSWER_SECONDS:.0f} seconds.")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=ANSWER_SECONDS)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/health/live")
        return bool(connection.getresponse().status)
    return False


def _require_free_port(port: int) -> None:
    """Prove that the server will be able to listen.

    Raises:
        LaunchError: Another program listens there, or the port is not for this user.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise LaunchError(
                f"Port {port} cannot be used: {error.strerror}.\n"
                f"Choose another: python3 scripts/dev.py run --port {free_port()}"
            ) from error
