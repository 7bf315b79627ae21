"""The books: read over the interface by somebody who may, and printed as a bookkeeper reads."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from app.ledger.chart import KINDS, Account, Book, Side
from app.ledger.drafts import Draft, Line, printed
from app.story.wire import Visitor, without_ids

FEW = 10
"""A step seldom writes more entries: all of them are read only when there may be more."""


class Books:
    """What is entered while the story goes on."""

    def __init__(self) -> None:
        self.reader: Visitor | None = None
        """Who reads them; until there is one, nothing is entered."""
        self._seen: set[str] = set()

    def news(self) -> list[tuple[str, str]]:
        """Give the journal pages that are new, in the order in which they were entered.

        Each with its reference, which names the event.
        """
        if self.reader is None:
            return []
        new: list[dict[str, Any]] = []
        for limit in (FEW, 200):
            path = f"/v1/ledger-entries?limit={limit}"
            items = self.reader.get(path, told=False)["items"]
            new = [entry for entry in reversed(items) if entry["id"] not in self._seen]
            if len(new) < limit:
                # Nothing older is new.
                break
        self._seen |= {entry["id"] for entry in new}
        return [(without_ids(entry["reference"]), without_ids(page(entry))) for entry in new]

    def is_known(self) -> bool:
        """Tell whether the last entry has its place in the order in which the books are known."""
        if self.reader is None:
            return True
        items = self.reader.get("/v1/ledger-entries?limit=1", told=False)["items"]
        return all(entry["position"] for entry in items)


def page(entry: dict[str, Any]) -> str:
    """Print an entry that came over the wire as its draft was printed."""
    draft = Draft(
        kind=entry["kind"],
        reference=entry["reference"],
        narration=entry["narration"],
        occurred_at=datetime.fromisoformat(entry["occurredAt"]),
        lines=tuple(_line(line) for line in entry["lines"]),
    )
    return str(draft)


def _line(line: dict[str, Any]) -> Line:
    account = Account(KINDS[line["kind"]], UUID(line["keeperId"]), UUID(line["ownerId"]))
    return Line(account, Side(line["side"]), line["amount"], UUID(line["aboutId"]))


def trial_balance(found: dict[str, Any], book: Book) -> Iterator[str]:
    """Print a trial balance: what each kind of account has now, and that both sides are equal."""
    yield _columns("", "debit", "credit", "balance")
    for row in found["rows"]:
        kind = KINDS[row["kind"]]
        amounts = (row["debit"], row["credit"], row["closing"])
        yield _columns(kind.english, *(printed(amount, book) for amount in amounts))
    yield _columns(
        f"Together, in {book.unit}", printed(found["debit"], book), printed(found["credit"], book)
    )


def _columns(name: str, *figures: str) -> str:
    return f"{name:<40}" + "".join(f"{figure:>16}" for figure in figures)
