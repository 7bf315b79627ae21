"""A ZIP that is the same each time, written piece by piece.

All members are of 1980, in the order in which they are added, and packed in one way.
"""

import asyncio
import hashlib
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import IO, Self

BEGINNING = (1980, 1, 1, 0, 0, 0)
"""A ZIP knows no earlier moment."""
UNIX = 3
READABLE = 0o100644 << 16
AT_ONCE_BYTES = 1_048_576


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in the archive."""

    path: str
    sha256: str
    size_bytes: int


class Archive:
    """An archive that is being written into a file; its directory is written at the end."""

    def __init__(self, file: IO[bytes]) -> None:
        self.entries: list[Entry] = []
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    async def add(self, path: str, pieces: AsyncIterator[bytes]) -> None:
        """Write a file; packing is done beside the loop that others wait for."""
        told = zipfile.ZipInfo(path, BEGINNING)
        told.compress_type = zipfile.ZIP_DEFLATED
        told.create_system = UNIX
        told.external_attr = READABLE
        digest, size, waiting = hashlib.sha256(), 0, bytearray()
        with self._zip.open(told, "w", force_zip64=True) as member:

            def write(content: bytes) -> None:
                digest.update(content)
                member.write(content)

            async for piece in pieces:
                size += len(piece)
                waiting += piece
                if len(waiting) >= AT_ONCE_BYTES:
                    await asyncio.to_thread(write, bytes(waiting))
                    waiting.clear()
            await asyncio.to_thread(write, bytes(waiting))
        self.entries.append(Entry(path, digest.hexdigest(), size))
