import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.core.database import Database
from app.core.settings import Settings
from tests.core.files.conftest import adjusted, opened
from tests.core.files.test_uploads import counted
from tests.core.http.answers import refused
from tests.make import contents


@dataclass
class Clamd:
    """A daemon that knows one virus, and speaks INSTREAM as clamd's manual has it."""

    limit_bytes: int = 25_000_000
    scanned: list[bytes] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one command."""
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        content = b""
        while length := int.from_bytes(await reader.readexactly(4)):
            content += await reader.readexactly(length)
            if len(content) > self.limit_bytes:
                writer.write(b"INSTREAM size limit exceeded. ERROR\0")
                break
        else:
            self.scanned.append(content)
            found = b"Eicar-Test-Signature FOUND" if contents.EICAR.encode() in content else b"OK"
            writer.write(b"stream: " + found + b"\0")
        await writer.drain()
        writer.close()


@asynccontextmanager
async def scanning(clamd: Clamd, socket: Path | None = None) -> AsyncIterator[str]:
    """Serve it; say where."""
    if socket is None:
        server = await asyncio.start_server(clamd.answer, "127.0.0.1", 0)
        url = f"clamd://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    else:
        server = await asyncio.start_unix_server(clamd.answer, socket)
        url = f"clamd://{socket}"
    async with server:
        yield url


@pytest.mark.parametrize("over", ["tcp", "unix"])
async def test_a_virus_is_kept_nowhere(
    settings: Settings, database: Database, tmp_path: Path, over: str
) -> None:
    clamd = Clamd()
    async with (
        scanning(clamd, tmp_path / "clamd.ctl" if over == "unix" else None) as url,
        opened(adjusted(settings, virus_scanner_url=url)) as cabinet,
    ):
        infected = await cabinet.put(contents.EICAR.encode(), "a.txt", "text/plain")
        assert not (settings.home / "files").exists()
        assert await counted(database) == (0, 0)
        clean = await cabinet.put(contents.a_pdf(200_000), "a.pdf", "application/pdf")

    problem = refused(infected, 400, "file-infected")
    assert problem["signature"] == "Eicar-Test-Signature"
    assert clean.status_code == 201
    assert clamd.scanned == [contents.EICAR.encode(), contents.a_pdf(200_000)]


async def test_nothing_is_kept_unscanned(settings: Settings, database: Database) -> None:
    clamd = Clamd(limit_bytes=100)
    async with scanning(clamd) as url:
        scanned = adjusted(settings, virus_scanner_url=url)
        async with opened(scanned) as cabinet:
            too_much = await cabinet.put(contents.a_pdf(500), "a.pdf", "application/pdf")
    async with opened(scanned) as cabinet:
        away = await cabinet.put(contents.a_pdf(), "a.pdf", "application/pdf")

    for answer in (too_much, away):
        refused(answer, 503, "unavailable")
        assert answer.headers["retry-after"] == "30"
    assert not (settings.home / "files").exists()
    assert await counted(database) == (0, 0)
