"""The leaf of an entry: what the public log commits to, in a form that anyone can make again.

A leaf is the SHA-256 of `content`: one field a line, text as JSON, moments in UTC with six
decimals. The salt (32 random bytes, kept apart) keeps outsiders from guessing the rest; where it
was erased, the leaf stays and nobody can tell any more what it was of. The sequencer makes the same
text in SQL (`migrations/books/sequencer.sql`).
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from app.ledger.chart import Side

VERSION = "baat ledger entry 1"


@dataclass(frozen=True, slots=True)
class LeafLine:
    """A line as a leaf names it."""

    side: Side
    amount: int
    keeper_id: UUID
    kind: str
    owner_id: UUID
    about_id: UUID

    def __str__(self) -> str:
        return (
            f"{self.side} {self.amount} {self.keeper_id} {self.kind} {self.owner_id}"
            f" {self.about_id}"
        )


@dataclass(frozen=True, slots=True)
class LeafEntry:
    """An entry as a leaf names it, its lines in order."""

    id: UUID
    kind: str
    reference: str
    occurred_at: datetime
    recorded_at: datetime
    reverses_id: UUID | None
    evidence: Sequence[str]
    narration: str
    lines: Sequence[LeafLine | str]
    """Or as they are written."""


def content(entry: LeafEntry, salt: bytes) -> str:
    """Write the text that is hashed."""
    fields = [
        VERSION,
        salt.hex(),
        str(entry.id),
        _json(entry.kind),
        _json(entry.reference),
        _moment(entry.occurred_at),
        _moment(entry.recorded_at),
        str(entry.reverses_id or "-"),
        _json(" ".join(entry.evidence)),
        _json(entry.narration),
        *map(str, entry.lines),
    ]
    return "\n".join(fields)


def leaf(entry: LeafEntry, salt: bytes) -> bytes:
    """Hash an entry: 32 bytes."""
    return hashlib.sha256(content(entry, salt).encode()).digest()


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
