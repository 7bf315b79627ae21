"""A primary and its hot standby, until the primary is gone and the standby takes its place."""

import asyncio
import os
import secrets
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import asyncpg

from scripts.benchmarks.server import Bench, durable
from scripts.launcher import standby as standbys
from scripts.launcher.cluster import DATABASE, Cluster, Server
from scripts.launcher.failures import LaunchError
from scripts.launcher.locks import Lock
from scripts.launcher.project import Project
from scripts.launcher.standby import Followed, Standby

SYNCHRONOUS = "synchronous_standby_names = '*'"
"""With `synchronous_commit = on`: a commit is acknowledged when both have it on their disks."""
FOLLOWING_SECONDS = 30.0
STOP_SECONDS = 60.0
POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Pair:
    """Both servers, which are reached with the same roles and passwords."""

    bench: Bench
    standby: Standby
    server: Server
    """The standby's."""
    synchronous: bool

    def both(self, role: str) -> str:
        """Return the address of whichever of the two can be written."""
        places = ",".join(f"127.0.0.1:{one.port}" for one in (self.bench.server, self.server))
        who = f"{role}:{self.server.passwords[role]}"
        return f"postgresql://{who}@{places}/{DATABASE}?target_session_attrs=primary"

    @property
    def promoted(self) -> Bench:
        """How all is reached when the standby is the primary."""
        return replace(self.bench, cluster=self.standby, server=self.server)

    async def cut_off(self) -> int:
        """Let nothing more reach the standby; return the process that sends to it."""
        connection = await asyncpg.connect(self.bench.database.migrations_url)
        try:
            [sender] = await connection.fetch("SELECT pid FROM pg_stat_replication")
        finally:
            await connection.close()
        os.kill(sender["pid"], signal.SIGSTOP)
        return int(sender["pid"])

    def lose_primary(self, sender: int) -> None:
        """Stop the primary as if the power failed."""
        process = self.bench.server.process
        process.send_signal(signal.SIGQUIT)
        os.kill(sender, signal.SIGKILL)  # It is stopped, and hears nothing else.
        process.wait(STOP_SECONDS)

    async def answered_by_standby(self) -> int:
        """Count the transactions of applications that the standby began, as PostgreSQL does."""
        connection = await asyncpg.connect(self.promoted.database.migrations_url)
        try:
            return int(await connection.fetchval(_TRANSACTIONS, DATABASE))
        finally:
            await connection.close()

    async def follows(self) -> None:
        """Wait until the standby has all that the primary has at this moment.

        Raises:
            LaunchError: it does not come so far.
        """
        primary = await asyncpg.connect(self.bench.database.migrations_url)
        standby = await asyncpg.connect(self.promoted.database.migrations_url)
        try:
            position = await primary.fetchval("SELECT pg_current_wal_lsn()::text")
            ends = time.monotonic() + FOLLOWING_SECONDS
            while time.monotonic() < ends:
                if await standby.fetchval(_HAS_COME, position):
                    return
                await asyncio.sleep(POLL_SECONDS)
        finally:
            await primary.close()
            await standby.close()
        raise LaunchError("The standby does not follow the primary.")


_TRANSACTIONS = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = $1"
_HAS_COME = "SELECT pg_last_wal_replay_lsn() >= $1::text::pg_lsn"


@contextmanager
def standing(project: Project, *, synchronous: bool) -> Iterator[Pair]:
    """Start both, the second from a base backup of the first; remove both afterwards."""
    password = secrets.token_urlsafe(24)
    with durable(project, prepare=lambda it: standbys.allow(it, password)) as bench:
        folder = bench.folder / "standby"
        folder.mkdir(mode=0o700)
        lock = Lock(folder)
        lock.take()
        standby = Standby(
            bench.programs, folder, lock.descriptor, follows=Followed(bench.server, password)
        )
        server = standby.start()
        try:
            pair = Pair(bench, standby, server, synchronous)
            asyncio.run(pair.follows())
            if synchronous:
                # After the base backup: the standby must not wait for itself when it is promoted.
                bench.cluster.configure("postgresql.conf", SYNCHRONOUS)
                bench.server.process.send_signal(signal.SIGHUP)
            yield pair
        finally:
            Cluster.stop(server)
            lock.release()
