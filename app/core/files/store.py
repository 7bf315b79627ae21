"""Where contents lie: in a folder, or in an S3-compatible store."""

import asyncio
import os
import re
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit
from uuid import UUID

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import S3Store

from app.core.problems import Unavailable
from app.core.settings import Settings

CHUNK_BYTES = 256 * 1024
PART_BYTES = 5 * 1_048_576
"""The least that S3 takes as a part; a larger content is never in memory as a whole."""
TIMEOUT = timedelta(seconds=30)
PATIENCE = timedelta(seconds=10)
RETRY_AFTER_SECONDS = 10

logger = structlog.get_logger(__name__)


class ContentMissing(Exception):  # noqa: N818  Read aloud it says what happened.
    """The store has no such content."""


class Store(Protocol):
    """Somebody who keeps contents, each under an id; all say `Unavailable` if they can't now."""

    async def put(self, file_id: UUID, file: BinaryIO) -> None:
        """Keep a content from its beginning, whole or not at all; it is safe when this returns."""

    async def get(self, file_id: UUID) -> AsyncIterator[bytes]:
        """Begin to read a content.

        Raises:
            ContentMissing: there is none.
        """

    async def remove(self, file_id: UUID) -> None:
        """Let a content be gone, if it was there."""


@lru_cache(maxsize=8)
def choose(settings: Settings) -> Store:
    """Find the store that the settings name; it keeps its connections."""
    parts = urlsplit(settings.file_store_url or "")
    if parts.scheme == "s3":
        return Bucket(settings, parts.netloc, parts.path.strip("/"))
    return Folder(Path(unquote(parts.path)) if parts.path else settings.home / "files")


class Folder:
    """Keeps contents as files, which only this user can read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, file_id: UUID, file: BinaryIO) -> None:
        """Write a file beside its place and rename it, both safe on the disk."""
        with _explained():
            await asyncio.to_thread(self._write, file_id, file)

    def _write(self, file_id: UUID, file: BinaryIO) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(file_id)
        beginning = path.with_suffix(".part")
        handle = os.open(beginning, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(handle, "wb") as copy:
                file.seek(0)
                while chunk := file.read(CHUNK_BYTES):
                    copy.write(chunk)
                copy.flush()
                os.fsync(copy.fileno())
            beginning.rename(path)
        except OSError:
            beginning.unlink(missing_ok=True)
            raise
        self._sync()

    def _sync(self) -> None:
        # A new name is on the disk only when its folder is.
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    async def get(self, file_id: UUID) -> AsyncIterator[bytes]:
        """Open a file; the iterator closes it."""
        with _explained():
            try:
                file = await asyncio.to_thread(self._path(file_id).open, "rb")
            except FileNotFoundError as error:
                raise ContentMissing(str(file_id)) from error
        return _read(file)

    async def remove(self, file_id: UUID) -> None:
        """Unlink a file, and what a crash may have left beside it."""
        with _explained():
            for path in (self._path(file_id), self._path(file_id).with_suffix(".part")):
                await asyncio.to_thread(path.unlink, missing_ok=True)

    def _path(self, file_id: UUID) -> Path:
        return self._folder / str(file_id)


async def _read(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk


class Bucket:
    """Keeps contents in a store that speaks S3: Amazon's, MinIO, Ceph, Garage and others."""

    def __init__(self, settings: Settings, bucket: str, prefix: str) -> None:
        endpoint = settings.file_store_endpoint
        key, secret = settings.file_store_key_id, settings.file_store_secret
        self._store = S3Store(
            bucket,
            prefix=prefix or None,
            endpoint=endpoint,
            region=settings.file_store_region,
            access_key_id=key.get_secret_value() if key else None,
            secret_access_key=secret.get_secret_value() if secret else None,
            client_options={
                "timeout": TIMEOUT,
                "connect_timeout": timedelta(seconds=5),
                "allow_http": bool(endpoint and endpoint.startswith("http://")),
            },
            # One by one, as every such store can.
            disable_bulk_delete=True,
            retry_config={"max_retries": 2, "retry_timeout": PATIENCE},
        )

    async def put(self, file_id: UUID, file: BinaryIO) -> None:
        """Upload a content, in parts if it is large; it appears with the last of them."""
        file.seek(0)
        with _explained():
            await obstore.put_async(
                self._store,
                str(file_id),
                _read_open(file),
                chunk_size=PART_BYTES,
                max_concurrency=2,
            )

    async def get(self, file_id: UUID) -> AsyncIterator[bytes]:
        """Ask for a content; the connection lives as long as the iterator."""
        with _explained():
            try:
                found = await obstore.get_async(self._store, str(file_id))
            except FileNotFoundError as error:
                raise ContentMissing(str(file_id)) from error
        return _streamed(found.stream(min_chunk_size=CHUNK_BYTES))

    async def remove(self, file_id: UUID) -> None:
        """Delete a content; S3 says yes too where there was none, so a 404 is a wrong bucket."""
        with _explained():
            await obstore.delete_async(self._store, str(file_id))


async def _read_open(file: BinaryIO) -> AsyncIterator[bytes]:
    while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
        yield chunk


async def _streamed(chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        yield bytes(chunk)


_S3_CODE = re.compile(r"<Code>(\w{1,60})</Code>")


@contextmanager
def _explained() -> Iterator[None]:
    """Let a store that fails be unavailable; its own words name keys and addresses."""
    try:
        yield
    except (OSError, BaseError) as error:
        code = _S3_CODE.search(str(error))
        # Without its traceback: that repeats the store's own words.
        logger.warning(
            "file_store_failed", kind=type(error).__name__, code=code[1] if code else None
        )
        message = "The store of files does not take or give anything now. Try again later."
        raise Unavailable(message, RETRY_AFTER_SECONDS) from None
