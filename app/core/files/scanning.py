"""A look for viruses: whoever `main` wires, or nobody."""

import asyncio
import re
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

import structlog

from app.core.problems import Unavailable
from app.core.settings import Settings

TIMEOUT_SECONDS = 60.0
RETRY_AFTER_SECONDS = 30

_CHUNK_BYTES = 64 * 1024
_LONGEST_ANSWER_BYTES = 1024
_FOUND = re.compile(rb"stream: (.+) FOUND\0?\s*")
_CLEAN = re.compile(rb"stream: OK\0?\s*")

logger = structlog.get_logger(__name__)


class Scanner(Protocol):
    """Somebody who knows viruses."""

    async def find(self, file: BinaryIO) -> str | None:
        """Look through a file from its beginning; name what is in it, or nothing.

        Raises:
            Unavailable: nobody can say.
        """


def choose(settings: Settings) -> Scanner | None:
    """Find the scanner that the settings name, if they name one."""
    if settings.virus_scanner_url is None:
        return None
    return Clamd(settings.virus_scanner_url)


class Clamd:
    """ClamAV's daemon, asked with its INSTREAM command over TCP or a Unix socket."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname
        self._port = parts.port or 3310
        self._path = unquote(parts.path)

    async def find(self, file: BinaryIO) -> str | None:
        """Send a file through; name what clamd finds.

        Raises:
            Unavailable: it does not answer, or with something else than a finding.
        """
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                answer = await self._asked(file)
        except (OSError, TimeoutError) as error:
            raise _unavailable(type(error).__name__) from error
        if found := _FOUND.fullmatch(answer):
            return found[1].decode(errors="replace")
        if _CLEAN.fullmatch(answer):
            return None
        # What it complains of (a size limit, say) is for its operator, not for the sender.
        raise _unavailable(answer.decode(errors="replace").strip("\0\n"))

    async def _asked(self, file: BinaryIO) -> bytes:
        reader, writer = await self._connected()
        try:
            writer.write(b"zINSTREAM\0")
            file.seek(0)
            while chunk := await asyncio.to_thread(file.read, _CHUNK_BYTES):
                writer.write(len(chunk).to_bytes(4) + chunk)
                await writer.drain()
            writer.write(b"\0\0\0\0")
            await writer.drain()
            return await reader.read(_LONGEST_ANSWER_BYTES)
        finally:
            writer.close()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._host is None:
            return await asyncio.open_unix_connection(self._path)
        return await asyncio.open_connection(self._host, self._port)


def _unavailable(reason: str) -> Unavailable:
    logger.error("virus_scanner_failed", reason=reason)
    message = "The virus scanner does not answer, and nothing is kept unscanned. Try again later."
    return Unavailable(message, RETRY_AFTER_SECONDS)
