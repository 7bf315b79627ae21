"""A durable PostgreSQL of the benchmark's own, and pgbench on it."""

import asyncio
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import asyncpg

from scripts.benchmarks.rounds import Figure
from scripts.launcher import binaries
from scripts.launcher.children import Child
from scripts.launcher.cluster import APPLICATION, DATABASE, OWNER, Cluster, Server
from scripts.launcher.database import Database, given_to_commands
from scripts.launcher.failures import LaunchError, last_lines
from scripts.launcher.locks import Lock
from scripts.launcher.project import Project, require_writable

# Durable, as an installation is. Checkpoints seldom, so that no figure has one of them to itself.
SETTINGS = {"shared_buffers": "512MB", "max_wal_size": "8GB", "checkpoint_timeout": "30min"}
SECRET = "of a benchmark, long enough to do"  # noqa: S105  It seals nothing that is real.
_TPS = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)


@dataclass(frozen=True)
class Bench:
    """A running server, migrated, and how to reach it."""

    project: Project
    programs: Path
    cluster: Cluster
    server: Server
    folder: Path
    database_name: str = DATABASE

    @property
    def database(self) -> Database:
        """How the application connects, and how the owner of the tables does."""
        server = Database(self.server.url(APPLICATION), self.server.url(OWNER))
        return server.renamed(self.database_name)

    @property
    def url(self) -> str:
        """How the application connects."""
        return self.database.url

    @property
    def variables(self) -> dict[str, str]:
        """The environment of commands on this server."""
        home = self.folder / "home"
        return given_to_commands(self.project, home, self.database, SECRET)

    def execute(self, statements: str) -> None:
        """Run SQL as the role that owns the database."""
        asyncio.run(self._execute(statements))

    async def _execute(self, statements: str) -> None:
        connection = await asyncpg.connect(self.database.migrations_url)
        try:
            await connection.execute(statements)
        finally:
            await connection.close()

    def metered(self, work: Callable[[], float], seconds: float) -> Figure:
        """Let work that takes so long say how many entries a second it made, and add the cost."""
        before = _processor_seconds(self.server.process.pid)
        per_second = work()
        spent = _processor_seconds(self.server.process.pid) - before
        return Figure(per_second, spent * 1e6 / max(per_second * seconds, 1))

    def pgbench(self, script: str, connections: int, seconds: float) -> Figure:
        """Run a script that makes an entry again and again.

        Raises:
            LaunchError: a statement of the script failed.
        """
        file = self.folder / f"{secrets.token_hex(8)}.pgbench"
        file.write_text(script)
        # It knows whole seconds only.
        seconds = max(1, round(seconds))
        threads = min(connections, 2)
        command = [
            *(str(self.programs / "pgbench"), "--no-vacuum", "--protocol=prepared"),
            *(f"--file={file}", f"--client={connections}", f"--jobs={threads}"),
            *(f"--time={seconds}", self.database.migrations_url),
        ]
        try:
            return self.metered(lambda: self._per_second(command), seconds)
        finally:
            file.unlink()

    def _per_second(self, command: list[str]) -> float:
        said = Child(command, os.environ, self.project.root).require("pgbench failed:")
        found = _TPS.search(said)
        if "aborted" in said or found is None:
            raise LaunchError(f"pgbench failed:\n{last_lines(said)}")
        return float(found[1])


def _processor_seconds(postmaster: int) -> float:
    """Add up what the processes of a server have spent, those that ended included."""
    while True:
        ended = _ticks(postmaster, slice(13, 15))
        living = sum(_ticks(child, slice(11, 13)) for child in _children(postmaster))
        # A process that ended meanwhile is in neither, or in both.
        if ended == _ticks(postmaster, slice(13, 15)):
            return (ended + living + _ticks(postmaster, slice(11, 13))) / os.sysconf("SC_CLK_TCK")


def _children(parent: int) -> list[int]:
    every = [int(folder.name) for folder in Path("/proc").glob("[0-9]*")]
    return [process for process in every if _fields(process)[1:2] == [str(parent)]]


def _ticks(process: int, which: slice) -> int:
    return sum(map(int, _fields(process)[which]))


def _fields(process: int) -> list[str]:
    """Read what Linux counts of a process (proc(5) from the third field on), if it still lives."""
    try:
        # After the name, which may hold spaces.
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


@contextmanager
def durable(
    project: Project,
    settings: Mapping[str, str] = SETTINGS,
    prepare: Callable[[Cluster], None] | None = None,
) -> Iterator[Bench]:
    """Start a server on the disk, build the books in it, and remove it afterwards.

    What else its data needs is prepared before the server is started.
    """
    require_writable(project.home, "BAAT_HOME", 0o700)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=project.home) as name:
        folder = Path(name)
        lock = Lock(folder)
        lock.take()
        programs = binaries.find(project)
        cluster = Cluster(programs, folder, lock.descriptor, durable=True)
        Cluster.stop(cluster.start())
        cluster.configure("postgresql.conf", *(f"{n} = '{it}'" for n, it in settings.items()))
        if prepare is not None:
            prepare(cluster)
        server = cluster.start()
        try:
            (folder / "home").mkdir()
            bench = Bench(project, programs, cluster, server, folder)
            migrate = [project.program("baat"), "migrate"]
            Child(migrate, bench.variables, project.root).require("The migrations failed:")
            yield bench
        finally:
            Cluster.stop(server)
            lock.release()
            shutil.rmtree(folder / "data", ignore_errors=True)


@contextmanager
def copied(bench: Bench, name: str) -> Iterator[Bench]:
    """Make a database like this one, which nobody may be connected to; remove it afterwards."""
    bench.execute(f'CREATE DATABASE "{name}" TEMPLATE "{bench.database_name}"')
    try:
        yield replace(bench, database_name=name)
    finally:
        bench.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
