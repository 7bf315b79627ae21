"""The PostgreSQL of the run, which may be stopped at once; each disaster has its own database."""

import asyncio
import random
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import asyncpg

from scripts.benchmarks.server import Bench
from scripts.launcher.children import Child
from scripts.launcher.cluster import Cluster, Server

STOP_SECONDS = 60.0


class Ground:
    """A server with the migrated database, and copies of it."""

    def __init__(self, bench: Bench, seed: int = 0) -> None:
        self.bench = bench
        self.seed = seed
        self._server: Server = bench.server
        # What a thread starts ends with it: this one lives until all is over.
        self._hand = ThreadPoolExecutor(1)

    def chance(self, name: str) -> random.Random:
        """Give the dice of one disaster: the same for the same seed, whatever else is done."""
        return random.Random(f"{self.seed}/{name}")

    async def copied(self, name: str, of: str | None = None) -> Bench:
        """Make a database like the migrated one, or like one that nobody is connected to."""
        template = of or self.bench.database_name
        connection = await asyncpg.connect(self.bench.database.migrations_url)
        try:
            await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        finally:
            await connection.close()
        return replace(self.bench, database_name=name)

    async def empty(self, name: str, **variables: str) -> Bench:
        """Make a database of its own kind, migrated with these settings."""
        connection = await asyncpg.connect(self.bench.database.migrations_url)
        try:
            await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        finally:
            await connection.close()
        bench = replace(self.bench, database_name=name)
        migrate = [bench.project.program("baat"), "migrate"]
        migrating = Child(migrate, bench.variables | variables, bench.project.root)
        await asyncio.to_thread(migrating.require, "The migrations failed:")
        return bench

    async def drop(self, name: str) -> None:
        """Remove a database."""
        connection = await asyncpg.connect(self.bench.database.migrations_url)
        try:
            await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        finally:
            await connection.close()

    async def stop_at_once(self) -> None:
        """Stop PostgreSQL as if the power failed, and start it where it was."""
        await asyncio.get_running_loop().run_in_executor(self._hand, self._stop_and_start)

    def _stop_and_start(self) -> None:
        self._server.process.send_signal(signal.SIGQUIT)
        self._server.process.wait(STOP_SECONDS)
        self.start()

    def stop(self) -> None:
        """Stop PostgreSQL in peace."""
        Cluster.stop(self._server)

    def start(self) -> None:
        """Start PostgreSQL where it was."""
        self._server = self.bench.cluster.start(self._server.port)

    def start_if_ended(self) -> bool:
        """Start PostgreSQL as an operating system does that watches over it; say if it had to."""
        if self._server.process.poll() is None:
            return False
        self.start()
        return True

    def close(self) -> None:
        """End what was started anew."""
        if self._server is not self.bench.server:
            Cluster.stop(self._server)
        self._hand.shutdown()
