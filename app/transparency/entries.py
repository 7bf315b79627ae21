"""Entries of the log: what everybody may read of a leaf, as JSON, the same text for the same thing.

An entry says what can be added up without naming anybody, and *commits* to the rest: its commitment
is the SHA-256 of a content that begins with a salt. Who was given the content can show that it is
what stands in the log; where the salt was erased nobody can, and the log stays whole.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

VERSION = 1
MOST_BYTES = 65_535
"""Of an entry: its length stands before it in two bytes."""

_COMMITMENT = re.compile(r"[0-9a-f]{64}")


class EntryRefused(Exception):  # noqa: N818  Read aloud it says what happened.
    """It is no entry of such a log."""


class EntryKind(StrEnum):
    """What an entry of the log is about."""

    LEDGER = "ledger-entry"
    """An entry of the books: its position, and a commitment to all it says."""
    FULFILMENT = "fulfilment"
    """Something that happened to a fulfilment; what counts says how much, and which units."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry, as it was published."""

    kind: str
    commitment: str
    """Of its content, in hexadecimal."""
    facts: dict[str, Any]
    """What else it says, by member."""

    def __bytes__(self) -> bytes:
        """Write it: sorted members, nothing between them, ASCII."""
        members = {
            **self.facts,
            "kind": str(self.kind),
            "commitment": self.commitment,
            "version": VERSION,
        }
        return json.dumps(members, sort_keys=True, separators=(",", ":")).encode()

    def commits_to(self, content: str) -> bool:
        """Tell whether this is what it committed to."""
        return commitment_of(content) == self.commitment


def commitment_of(content: str) -> str:
    """Commit to a content, which begins with a salt."""
    return hashlib.sha256(content.encode()).hexdigest()


def ledger_entry(position: int, leaf: bytes) -> Entry:
    """Publish an entry of the books by its position and its leaf (`ledger.leaves`).

    Thousands at once are written in the database; this is what tests hold them against.
    """
    return Entry(EntryKind.LEDGER, leaf.hex(), {"position": position})


def parse(entry: bytes) -> Entry:
    """Read an entry.

    Raises:
        EntryRefused: it is none, or written otherwise than such entries are.
    """
    try:
        members = json.loads(entry)
    except (ValueError, RecursionError) as error:
        raise EntryRefused("The entry is no JSON.") from error
    if not isinstance(members, dict) or members.pop("version", None) != VERSION:
        raise EntryRefused(f"The entry is none of version {VERSION}.")
    kind, commitment = members.pop("kind", None), members.pop("commitment", None)
    if not isinstance(kind, str) or not _COMMITMENT.fullmatch(str(commitment)):
        raise EntryRefused("The entry does not say its kind and its commitment.")
    found = Entry(kind, commitment, members)
    if not _is_written(found, entry):
        raise EntryRefused("The entry is not written as it must be.")
    return found


def _is_written(entry: Entry, so: bytes) -> bool:
    try:
        return bytes(entry) == so
    except RecursionError:
        # What is nested deeply can be read at a depth at which it can't be written.
        return False


def bundle(entries: list[bytes]) -> bytes:
    """Write entries one after the other, each with its length before it (tlog-tiles).

    The database writes ours; here stands the format for who serves a log from elsewhere.
    """
    return b"".join(len(entry).to_bytes(2) + entry for entry in entries)


def unbundle(content: bytes) -> list[bytes]:
    """Part a bundle into its entries.

    Raises:
        EntryRefused: it ends in the middle of one.
    """
    found, at = [], 0
    while at < len(content):
        begin, end = at + 2, at + 2 + int.from_bytes(content[at : at + 2])
        if end > len(content):
            raise EntryRefused("The bundle ends in the middle of an entry.")
        found.append(content[begin:end])
        at = end
    return found


def uuid_of(entry: Entry, member: str) -> UUID:
    """Read an identifier that an entry names.

    Raises:
        EntryRefused: it names none.
    """
    try:
        return UUID(entry.facts[member])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EntryRefused(f"The entry has no {member}.") from error


def number_of(entry: Entry, member: str) -> int:
    """Read a whole number, from 0 on, that an entry says.

    Raises:
        EntryRefused: it says none.
    """
    number = entry.facts.get(member)
    if type(number) is not int or number < 0:
        raise EntryRefused(f"The entry has no {member}.")
    return number
