"""What stands before several API processes: one address, and whoever is there answers."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import Sequence
from contextlib import suppress

CHUNK_BYTES = 65_536


class Balancer:
    """Carries each connection to the next process that takes it."""

    def __init__(self, port: int, behind: Sequence[int]) -> None:
        self._port = port
        self._behind = list(behind)
        self._server: asyncio.Server | None = None
        self._callers: dict[StreamWriter, asyncio.Event] = {}

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._take, "127.0.0.1", self._port)

    async def stop(self) -> None:
        """Hang up, whoever speaks."""
        if self._server is not None:
            self._server.close()
        for caller in self._callers:
            caller.close()
        await asyncio.gather(*(gone.wait() for gone in self._callers.values()))

    async def _take(self, reader: StreamReader, writer: StreamWriter) -> None:
        gone = self._callers[writer] = asyncio.Event()
        try:
            with suppress(OSError):
                await self._carry(reader, writer)
        finally:
            writer.close()
            gone.set()
            del self._callers[writer]

    async def _carry(self, reader: StreamReader, writer: StreamWriter) -> None:
        for _ in self._behind:
            self._behind.append(port := self._behind.pop(0))
            try:
                there = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                continue  # It is gone: the next one is asked.
            break
        else:
            return
        answers, asks = there
        try:
            # Who hangs up ends both ways.
            ways = (_pour(reader, asks), _pour(answers, writer))
            tasks = [asyncio.create_task(way) for way in ways]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            asks.close()


async def _pour(source: StreamReader, into: StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await source.read(CHUNK_BYTES):
            into.write(chunk)
            await into.drain()
