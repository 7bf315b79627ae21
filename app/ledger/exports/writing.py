"""Write what was selected of the journal, in one of the formats."""

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.ledger.exports import csv, hledger, jsonl
from app.ledger.problems import NoSuchKeeper
from app.ledger.streaming import Selection


class Format(StrEnum):
    """What programs read."""

    HLEDGER = "hledger"
    CSV = "csv"
    JSONL = "jsonl"


FORMATS: dict[Format, Callable[[AsyncSession, Selection], AsyncIterator[str]]] = {
    Format.HLEDGER: hledger.write,
    Format.CSV: csv.write,
    Format.JSONL: jsonl.write,
}


@contextmanager
def opened(path: Path | None) -> Iterator[IO[bytes]]:
    """Open standard output, or a file that is there once it is whole."""
    if path is None:
        yield sys.stdout.buffer
        return
    with NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file:
        unfinished = Path(file.name)
        try:
            yield file
        except BaseException:
            unfinished.unlink()
            raise
    unfinished.replace(path)


async def write(
    session: AsyncSession, selection: Selection, format_: Format, file: IO[bytes]
) -> None:
    """Write the journal as UTF-8; `session` is of a snapshot.

    Raises:
        NoSuchKeeper: of whom lines are asked keeps no book.
    """
    if selection.keeper_id is not None:
        await _insist_on_books(session, selection.keeper_id)
    async for text in FORMATS[format_](session, selection):
        file.write(text.encode())


async def _insist_on_books(session: AsyncSession, keeper_id: UUID) -> None:
    query = "SELECT EXISTS (SELECT FROM ledgers WHERE keeper_id = :keeper)"
    if not await session.scalar(sa.text(query), {"keeper": keeper_id}):
        raise NoSuchKeeper(f"{keeper_id} keeps no books here.")


async def unsequenced(session: AsyncSession) -> int:
    """Count the entries that have no position yet, and so are in no file."""
    return await session.scalar(sa.text("SELECT count(*) FROM ledger_unsequenced")) or 0
