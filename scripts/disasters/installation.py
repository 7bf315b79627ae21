"""An installation that is done harm: its served application, and who plays its provider."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeVar

import uvicorn

from app.core.database import Database, open_database
from app.core.settings import Settings
from app.payments.fake.server import KEY, SECRET, Player
from scripts.benchmarks import server as benchmarks
from scripts.benchmarks.server import Bench
from scripts.benchmarks.serving import STARTING_SECONDS, UNLIMITED, serving
from scripts.disasters import weighing
from scripts.launcher import children
from scripts.launcher.children import Child
from scripts.launcher.cluster import free_port
from scripts.launcher.failures import LaunchError, last_log_lines

STOP_SECONDS = 20.0
WEIGH_SECONDS = 30.0
POLL_SECONDS = 0.02

BRINGS_AFTER_SECONDS = (0.0, *(0.5 for _ in range(1_000)))
"""An event is sent until it is taken. The real provider waits for hours between its tries."""

LEASE_SECONDS = 10.0
"""After so long a job is taken over whose worker was killed."""


class Installation:
    """A server with its worker, on a database; and somebody who plays the provider."""

    def __init__(self, bench: Bench, *, brings: bool = True, **variables: str) -> None:
        self.bench = bench
        self.port, self._provider_port = free_port(), free_port()
        webhooks = f"{self.url}/webhooks/stripe" if brings else None
        self.player = Player(None, webhooks, KEY, SECRET)
        self.player.postman.pauses = BRINGS_AFTER_SECONDS
        self._more = variables
        self._log: Path = bench.folder / f"{bench.database_name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where the application answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def command(self) -> list[str]:
        """How the application is served."""
        return serving(self.bench, self.port)

    @property
    def process_id(self) -> int:
        """The server's, and its worker's.

        Raises:
            RuntimeError: it was not started.
        """
        if self._process is None:
            message = "The server was not started."
            raise RuntimeError(message)
        return self._process.pid

    @property
    def variables(self) -> dict[str, str]:
        """The environment of the server."""
        return {
            **self.bench.variables,
            **UNLIMITED,
            "BAAT_STRIPE_KEY": KEY,
            "BAAT_STRIPE_WEBHOOK_SECRET": SECRET,
            "BAAT_STRIPE_URL": f"http://127.0.0.1:{self._provider_port}",
            "BAAT_STRIPE_REQUESTS_PER_SECOND": "1000",
            "BAAT_JOB_LEASE_SECONDS": str(LEASE_SECONDS),
            "BAAT_JOB_POLL_SECONDS": "1",
            **self._more,
        }

    @asynccontextmanager
    async def looked_into(self) -> AsyncIterator[Database]:
        """Open its database in this process, to see how all stands."""
        settings = Settings.model_validate(
            {
                "database_url": self.bench.url,
                "secret": benchmarks.SECRET,
                "home": self.bench.folder / "home",
                "database_wait_seconds": 60.0,
            }
        )
        async with open_database(settings) as database:
            yield database

    async def start(self) -> None:
        """Start the server, and wait until it answers.

        Raises:
            LaunchError: it ends instead; the message shows its last words.
        """
        self._process = self.begun(self.command, self.variables)
        await self.answers(self._process, self.port)

    async def answers(self, process: subprocess.Popen[bytes], port: int) -> None:
        """Wait until a server that was begun answers on its port.

        Raises:
            LaunchError: it ends instead; the message shows the last words of the log.
        """
        ends = time.monotonic() + STARTING_SECONDS
        while time.monotonic() < ends and process.poll() is None:
            with socket.socket() as trying:
                if trying.connect_ex(("127.0.0.1", port)) == 0:
                    return
            await asyncio.sleep(POLL_SECONDS)
        raise LaunchError(f"The server does not start:\n{last_log_lines(self._log, 0)}")

    def begun(self, command: list[str], variables: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """Start a program whose words go to the installation's log."""
        with self._log.open("ab") as log:
            return Child(command, variables, self.bench.project.root).start(log.fileno())

    def kill(self) -> None:
        """End the server and its worker at once, by SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    async def stop(self) -> None:
        """End the server politely."""
        if self._process is not None:
            gentle = (signal.SIGTERM, STOP_SECONDS)
            await asyncio.to_thread(children.end, self._process, gentle)

    @asynccontextmanager
    async def provided(self) -> AsyncIterator[None]:
        """Let the provider be played."""
        config = uvicorn.Config(
            self.player.app(), host="127.0.0.1", port=self._provider_port, log_config=None
        )
        playing = _Quiet(config)
        task = asyncio.create_task(playing.serve())
        while not playing.started:
            if task.done():
                task.result()
            await asyncio.sleep(POLL_SECONDS)
        try:
            yield
        finally:
            playing.should_exit = True
            await task


class Weighed(Installation):
    """One that can be asked what it keeps in memory."""

    @property
    def command(self) -> list[str]:
        """How the application is served."""
        _, *words = super().command
        return [sys.executable, "-m", weighing.__name__, str(self._weight), *words]

    @property
    def _weight(self) -> Path:
        return self.bench.folder / f"{self.bench.database_name}.weight"

    async def kept_bytes(self) -> int:
        """Say how much memory is in use, of all that it has."""
        self._weight.unlink(missing_ok=True)
        os.kill(self.process_id, signal.SIGUSR1)
        async with asyncio.timeout(WEIGH_SECONDS):
            while not self._weight.exists():
                await asyncio.sleep(POLL_SECONDS)
        return int(self._weight.read_text())


class _Quiet(uvicorn.Server):
    """A server beside others, that leaves the signals to the program."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take none."""
        yield


Kind = TypeVar("Kind", bound=Installation)


@asynccontextmanager
async def running(installation: Kind) -> AsyncIterator[Kind]:
    """Have the provider played and the application served; end both afterwards."""
    async with installation.provided():
        try:
            await installation.start()
            yield installation
        finally:
            await installation.stop()
