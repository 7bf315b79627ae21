"""Taking a content: through a nameless file on disk, past every check, into the store.

Nothing here holds a transaction: a slow sender costs a file on disk and no connection.
"""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import IO, BinaryIO
from uuid import UUID

from app.core.database import Database
from app.core.files import sniffing, store
from app.core.files.kinds import KINDS, Kind
from app.core.files.models import FileArrival
from app.core.files.problems import FileInfected, FileTooLarge, UploadTooSlow
from app.core.files.scanning import Scanner
from app.core.files.sniffing import Content
from app.core.ids import new_id
from app.core.problems import Unavailable
from app.core.settings import Settings

WRITTEN_AT_ONCE_BYTES = 1_048_576


@dataclass(frozen=True, slots=True)
class Received:
    """A content that is in the store; `keeping.keep` makes a file of it, or a day removes it."""

    id: UUID
    sha256: bytes
    size_bytes: int
    media_type: str
    name: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What somebody sends: the name and the type that they give it, and its bytes."""

    name: str
    claimed: str
    chunks: AsyncIterator[bytes]
    kinds: tuple[Kind, ...] = KINDS
    """What is taken."""


async def take(database: Database, scanner: Scanner | None, sent: Sent) -> Received:
    """Receive a content, check it and put it into the store.

    Raises:
        FileTooLarge: it is larger than `file_limit_bytes`.
        UploadTooSlow: it needed longer than `upload_seconds`.
        FileTypeNotAllowed: it is of no type that is taken.
        FileTypeMismatch: its content, type and name disagree.
        FileUnsafe: it could harm who opens it.
        FileDamaged: it is empty, cut off or broken.
        FileInfected: the scanner found something.
        Unavailable: the disk, the scanner or the store does not work now; nothing is kept.
    """
    with working_file(database.settings) as file:
        digest, size_bytes = await _received(sent.chunks, file, database.settings)
        content = Content(file, size_bytes, sent.name, sent.claimed, sent.kinds)
        media_type = await asyncio.to_thread(sniffing.media_type, content)
        if scanner is not None and (signature := await scanner.find(file)):
            raise FileInfected(signature)
        file_id = new_id()
        async with database.work() as session:
            session.add(FileArrival(id=file_id))
        await store.choose(database.settings).put(file_id, file)
    return Received(file_id, digest, size_bytes, media_type, sent.name)


async def place(database: Database, file: BinaryIO, name: str, kind: Kind) -> Received:
    """Put a content into the store that is made here, from a file on disk, however large it is.

    Raises:
        Unavailable: the store does not work now; nothing is kept.
    """
    digest, size_bytes = await asyncio.to_thread(measured, file)
    file_id = new_id()
    async with database.work() as session:
        session.add(FileArrival(id=file_id))
    await store.choose(database.settings).put(file_id, file)
    return Received(file_id, digest, size_bytes, kind.media_type, name)


def measured(file: IO[bytes]) -> tuple[bytes, int]:
    """Hash a file on disk, and say how large it is; it stands at its beginning afterwards."""
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(WRITTEN_AT_ONCE_BYTES):
        digest.update(chunk)
    size_bytes = file.tell()
    file.seek(0)
    return digest.digest(), size_bytes


async def read(settings: Settings, received: Received) -> bytes:
    """Read a content back as a whole, for whoever looks into it before it is kept.

    Raises:
        Unavailable: the store does not work now.
    """
    stored = await store.choose(settings).get(received.id)
    return b"".join([chunk async for chunk in stored])


@asynccontextmanager
async def spooled(settings: Settings, file_id: UUID) -> AsyncIterator[BinaryIO]:
    """Lay a kept content down as a nameless file, for whoever reads it piece by piece.

    Raises:
        Unavailable: the store, or the disk, does not work now.
    """
    stored = await store.choose(settings).get(file_id)
    with working_file(settings) as file:
        async for chunk in stored:
            await asyncio.to_thread(file.write, chunk)
        file.seek(0)
        yield file


def working_file(settings: Settings) -> BinaryIO:
    """Open a file without a name: whatever ends this process, nothing of it stays.

    Raises:
        Unavailable: the disk takes nothing now.
    """
    folder = settings.home / "uploads"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return tempfile.TemporaryFile(dir=folder)
    except OSError as error:
        raise _no_room() from error


async def _received(
    chunks: AsyncIterator[bytes], file: BinaryIO, settings: Settings
) -> tuple[bytes, int]:
    limit_bytes, limit_seconds = settings.file_limit_bytes, settings.upload_seconds
    writing = _Writing(file)
    try:
        async with asyncio.timeout(limit_seconds):
            async for chunk in chunks:
                if writing.size_bytes + len(chunk) > limit_bytes:
                    raise FileTooLarge(limit_bytes)
                await writing.add(chunk)
            await writing.write()
    except TimeoutError:
        raise UploadTooSlow(limit_seconds) from None
    except OSError as error:
        raise _no_room() from error
    return writing.digest.digest(), writing.size_bytes


class _Writing:
    """Hashes and writes in large pieces, beside the loop that others wait for."""

    def __init__(self, file: BinaryIO) -> None:
        self.digest = hashlib.sha256()
        self.size_bytes = 0
        self._file = file
        self._waiting = bytearray()

    async def add(self, chunk: bytes) -> None:
        self.size_bytes += len(chunk)
        self._waiting += chunk
        if len(self._waiting) >= WRITTEN_AT_ONCE_BYTES:
            await self.write()

    async def write(self) -> None:
        piece, self._waiting = self._waiting, bytearray()
        await asyncio.to_thread(self._write, piece)

    def _write(self, piece: bytearray) -> None:
        self.digest.update(piece)
        self._file.write(piece)
        self._file.flush()


def _no_room() -> Unavailable:
    return Unavailable("There is no room to receive a file now. Try again later.", 60)
