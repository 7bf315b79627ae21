"""What those above publish in the log beside the books; `main` wires each source at start.

A source is told of by a trigger on a table of its own that only grows: it notes the row's id as an
arrival (`log_arrivals`), in the transaction that wrote it. What the leaf says of it is asked when
it is appended; so it may depend only on what never changes.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.wiring import NotWired
from app.transparency.entries import Entry, EntryKind, commitment_of


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that happened: what everybody may read of it, and what else it was."""

    subject_id: UUID
    facts: Mapping[str, Any]
    """No name, nothing personal, nothing that one party may not know of another."""
    content: Sequence[str]
    """What the leaf commits to, a line each, under a salt."""


State: TypeAlias = Callable[[AsyncSession, Sequence[UUID]], Awaitable[Sequence[Statement]]]
"""States what happened, for each of these ids; in any order."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where things happen that have leaves of their own."""

    name: str
    kind: EntryKind
    state: State


SOURCES: dict[str, Source] = {}


def wire(source: Source) -> None:
    """Let a source publish."""
    SOURCES[source.name] = source


def insist_on_wiring() -> None:
    """Refuse to start while nobody publishes: what arrives would wait for ever.

    Raises:
        NotWired: no source is wired.
    """
    if not SOURCES:
        raise NotWired("Nothing but the books is published: wire the sources in app/main.py.")


def content_of(statement: Statement, salt: bytes) -> str:
    """Write what a leaf commits to: its version, the salt, and the rest, a line each."""
    return "\n".join(
        ["baat log content 1", salt.hex(), str(statement.subject_id), *statement.content]
    )


def published(source: Source, statement: Statement, salt: bytes) -> Entry:
    """Write the entry of what happened."""
    commitment = commitment_of(content_of(statement, salt))
    return Entry(source.kind, commitment, dict(statement.facts))
