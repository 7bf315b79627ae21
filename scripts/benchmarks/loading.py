"""Asking a server over HTTP on loopback, again and again: as little Python as that takes."""

import asyncio
import time
from dataclasses import dataclass
from statistics import median
from typing import Protocol

from scripts.launcher.failures import LaunchError

WARM_UP_SECONDS = 0.5


@dataclass(frozen=True)
class Load:
    """What a server did under a load."""

    per_second: float
    p50_milliseconds: float
    p99_milliseconds: float


class Asking(Protocol):
    """What is asked of a server again and again."""

    @property
    def port(self) -> int:
        """Where it listens."""

    @property
    def request(self) -> bytes:
        """The next request, as it goes over the wire."""

    @property
    def right(self) -> bytes:
        """How the right answer begins."""


@dataclass(frozen=True)
class Asked:
    """What is asked of a server, and which answer is the right one."""

    port: int
    path: str
    known: str | None = None
    """An ETag; then a 304 is right."""

    @property
    def request(self) -> bytes:
        """The request as it goes over the wire."""
        known = f"If-None-Match: {self.known}\r\n" if self.known else ""
        return f"GET {self.path} HTTP/1.1\r\nHost: bench\r\n{known}\r\n".encode()

    @property
    def right(self) -> bytes:
        """How the right answer begins."""
        return b"HTTP/1.1 304" if self.known else b"HTTP/1.1 200"


async def load(asked: Asking, connections: int, seconds: float) -> Load:
    """Let so many connections ask for so long, once they are warm."""
    ends = time.perf_counter() + min(WARM_UP_SECONDS, seconds) + seconds
    begins = ends - seconds
    waits = await asyncio.gather(*(_ask(asked, begins, ends) for _ in range(connections)))
    all_waits = sorted(wait for each in waits for wait in each)
    if not all_waits:
        message = f"{asked.request!r} was not answered once in {seconds} s."
        raise LaunchError(message)
    return Load(
        len(all_waits) / seconds,
        median(all_waits) * 1000,
        all_waits[len(all_waits) * 99 // 100] * 1000,
    )


async def _ask(asked: Asking, begins: float, ends: float) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", asked.port)
    waits = []
    right = asked.right
    try:
        while time.perf_counter() < ends:
            request = asked.request
            began = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(_length(head))
            if not head.startswith(right):
                message = f"{request!r} was answered with {head.decode()}{body.decode()}"
                raise LaunchError(message)
            if began >= begins:
                waits.append(time.perf_counter() - began)
    finally:
        writer.close()
    return waits


def _length(head: bytes) -> int:
    _, name, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.partition(b"\r\n")[0]) if name else 0


async def etag(asked: Asked) -> str:
    """Ask once, and give the answer's ETag."""
    reader, writer = await asyncio.open_connection("127.0.0.1", asked.port)
    try:
        writer.write(asked.request)
        head = await reader.readuntil(b"\r\n\r\n")
        for line in head.decode().split("\r\n"):
            name, _, value = line.partition(": ")
            if name.lower() == "etag":
                return value
    finally:
        writer.close()
    message = f"{asked.path} has no ETag."
    raise LaunchError(message)
