"""Hearing what other processes say: one connection of this process that LISTENs.

Notifications can be missed while the connection is away (or never arrive, behind PgBouncer). So
each channel has a query for the latest that was said on it, asked at every connection and again
every few seconds; that also shows whether the connection still lives.
"""

import asyncio
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import asyncpg
import structlog
from sqlalchemy.engine import make_url

from app.core.settings import Settings

LONGEST_PAUSE_SECONDS = 10.0
ANSWER_SECONDS = 10.0

_LOST = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    # What the driver says when the server has taken its leave and has not hung up yet.
    asyncpg.InternalClientError,
)

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Channel:
    """Something to hear about."""

    name: str
    latest: str
    """SQL for the text that was said last."""
    hear: Callable[[str], None]


class Listener:
    """Listens to some channels while its `async with` block lasts."""

    def __init__(self, settings: Settings, channels: Iterable[Channel]) -> None:
        url = settings.listen_database_url or settings.database_url
        self._address = make_url(url.get_secret_value())
        self._pause_seconds = settings.job_poll_seconds
        self._channels = tuple(channels)
        self._task: asyncio.Task[None] | None = None
        if settings.database_pgbouncer and settings.listen_database_url is None:
            logger.warning("listening_through_pgbouncer", advice="set LISTEN_DATABASE_URL")

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name="listener")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        pause = 0.1
        while True:
            began = asyncio.get_running_loop().time()
            try:
                await self._listen()
            except _LOST as error:
                logger.warning("listener_lost", error=type(error).__name__)
            # Who listened for long begins anew with short pauses.
            lasted = asyncio.get_running_loop().time() - began
            pause = 0.1 if lasted > LONGEST_PAUSE_SECONDS else min(2 * pause, LONGEST_PAUSE_SECONDS)
            await asyncio.sleep(secrets.SystemRandom().uniform(0, pause))

    async def _listen(self) -> None:
        connection = await self._connect()
        try:
            lost = asyncio.Event()
            connection.add_termination_listener(lambda _connection: lost.set())
            for channel in self._channels:
                await connection.add_listener(channel.name, _relay(channel.hear))
            while not lost.is_set():
                for channel in self._channels:
                    said = await connection.fetchval(channel.latest, timeout=ANSWER_SECONDS)
                    channel.hear(str(said))
                with suppress(TimeoutError):
                    await asyncio.wait_for(lost.wait(), self._pause_seconds)
        finally:
            connection.terminate()

    async def _connect(self) -> Any:  # noqa: ANN401  The driver has no types.
        # SQLAlchemy reads the address, so that both understand the same one.
        _, options = self._address.get_dialect()().create_connect_args(self._address)
        for name in ("prepared_statement_cache_size", "prepared_statement_name_func"):
            options.pop(name, None)
        return await asyncpg.connect(
            **options,
            timeout=ANSWER_SECONDS,
            server_settings={"application_name": "baat listener"},
        )


def _relay(hear: Callable[[str], None]) -> Callable[[object, int, str, str], None]:
    def relay(_connection: object, _process_id: int, _channel: str, said: str) -> None:
        hear(said)

    return relay
