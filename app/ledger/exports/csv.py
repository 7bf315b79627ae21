"""CSV (RFC 4180): one row per line of an entry, amounts in euros or units."""

import csv
import io
from collections.abc import AsyncIterator, Iterator

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.sheets import harmless
from app.ledger import streaming
from app.ledger.exports.amounts import book_of, decimal, moment
from app.ledger.streaming import Known, Selection

HEADER = (
    *("position", "known_at", "entry_id", "kind", "reference", "narration", "occurred_at"),
    *("recorded_at", "reverses_id", "evidence", "line", "keeper_id", "book", "account"),
    *("owner_id", "about_id", "side", "amount", "unit"),
)


async def write(session: AsyncSession, selection: Selection) -> AsyncIterator[str]:
    """Write the journal, with a header."""
    yield _written([HEADER])
    async for known in streaming.entries(session, selection):
        yield _written(_rows(known))


def _written(rows: Iterator[tuple[object, ...]] | list[tuple[str, ...]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def _rows(known: Known) -> Iterator[tuple[object, ...]]:
    entry = known.entry
    for number, line in known.lines:
        book = book_of(line)
        yield (
            *(known.position, moment(known.known_at), entry.id, entry.kind, entry.reference),
            *(harmless(entry.narration), moment(entry.occurred_at), moment(entry.recorded_at)),
            *(entry.reverses_id, harmless(" ".join(entry.evidence)), number, line.keeper_id),
            *(book.value, line.kind, line.owner_id, line.about_id, line.side.value),
            *(decimal(line.amount, book), book.unit),
        )
