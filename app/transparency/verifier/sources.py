"""Where a log is read from: its address, or a folder with the same files below it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Protocol

import httpx

from app.transparency.entries import MOST_BYTES
from app.transparency.tiles import WIDTH, Tile
from app.transparency.verifier.refusing import LogRefused

PATIENCE = 6
"""So often a server may say that it is too much, or not answer."""
LONGEST_WAIT_SECONDS = 60.0
LARGEST_BYTES = WIDTH * (2 + MOST_BYTES)
"""Of a bundle of the largest entries that there can be."""


class Source(Protocol):
    """Gives the resources of a log."""

    def read(self, path: str) -> bytes | None:
        """Read one by its path below the log; None where there is none."""
        ...


@contextmanager
def source_of(where: str) -> Iterator[Source]:
    """Read from an address, or from a folder."""
    if not where.startswith(("http://", "https://")):
        yield Folder(Path(where))
        return
    with httpx.Client(timeout=30.0, follow_redirects=True) as client:
        yield Web(client, where)


def tile_of(source: Source, tile: Tile) -> bytes:
    """Read a tile; where only the full one is left, that.

    Raises:
        LogRefused: it is missing.
    """
    content = source.read(tile.path)
    if content is None and tile.width < WIDTH:
        content = source.read(Tile(tile.level, tile.number).path)
    if content is None:
        raise LogRefused(f"The log is not whole: {tile.path} is missing.")
    return content


class Folder:
    """Files that somebody fetched before."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, path: str) -> bytes | None:
        """Read a file.

        Raises:
            LogRefused: it can't be read.
        """
        try:
            return (self._folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            raise LogRefused(f"{self._folder / path} can't be read: {error.strerror}.") from error


class Web:
    """A server that speaks tlog-tiles."""

    def __init__(self, client: httpx.Client, address: str) -> None:
        self._client = client
        self._address = address.rstrip("/")

    def read(self, path: str) -> bytes | None:
        """Ask for a resource, again if the server asks to wait.

        Raises:
            LogRefused: there is no answer, or another one than it should be.
        """
        for attempt in range(PATIENCE):
            answer, content = self._ask(path)
            if answer is not None and answer.status_code == HTTPStatus.OK:
                return content
            if answer is not None and answer.status_code == HTTPStatus.NOT_FOUND:
                return None
            time.sleep(_wait(answer, attempt))
        raise LogRefused(f"{self._address}/{path} is not answered.")

    def _ask(self, path: str) -> tuple[httpx.Response | None, bytes]:
        try:
            with self._client.stream("GET", f"{self._address}/{path}") as answer:
                return answer, _content(answer)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise LogRefused(f"{self._address} is no address.") from error
        except httpx.HTTPError:
            return None, b""


def _content(answer: httpx.Response) -> bytes:
    """Read an answer to its end; one that has none fills nobody's memory."""
    content = bytearray()
    for piece in answer.iter_bytes():
        content += piece
        if len(content) > LARGEST_BYTES:
            raise LogRefused(f"{answer.url} is larger than anything in a log.")
    return bytes(content)


def _wait(answer: httpx.Response | None, attempt: int) -> float:
    said = answer.headers.get("retry-after", "") if answer is not None else ""
    seconds = float(said) if said.isdecimal() else 0.2 * 2.0**attempt
    return min(seconds, LONGEST_WAIT_SECONDS)
