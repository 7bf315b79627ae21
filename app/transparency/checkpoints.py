"""Checkpoints: how many leaves the log has and their root, as C2SP's tlog-checkpoint writes it."""

import base64
import binascii
import re
from collections.abc import Collection
from dataclasses import dataclass

from app.transparency import notes
from app.transparency.merkle import HASH_BYTES
from app.transparency.notes import Key, NoteRefused

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the log was at a moment; the log promises that it only grows."""

    origin: str
    """Which log; it never changes."""
    size: int
    root: bytes

    def __str__(self) -> str:
        """Write the text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def parse(text: str) -> Checkpoint:
    """Read the text of a checkpoint; lines that others add below are passed over.

    Raises:
        NoteRefused: it is none.
    """
    lines = text.removesuffix("\n").split("\n")
    origin, size, coded = (*lines, "", "", "")[:3]
    try:
        root = base64.b64decode(coded, validate=True)
    except (binascii.Error, ValueError):
        root = b""
    if not origin or not _SIZE.fullmatch(size) or len(root) != HASH_BYTES or not all(lines):
        raise NoteRefused("A checkpoint says its origin, its size and its root, a line each.")
    return Checkpoint(origin, int(size), root)


def opened(written: str, keys: Collection[Key]) -> Checkpoint:
    """Read a signed checkpoint that one of the log's keys has signed.

    Raises:
        NoteRefused: it is none, or none of the keys signed it.
    """
    note = notes.parse(written)
    of_log = [key for key in keys if key.kind == notes.LOG]
    checkpoint = parse(note.text)
    if not any(key.name == checkpoint.origin for key in note.signers(of_log)):
        raise NoteRefused("None of the keys of the log has signed the checkpoint.")
    return checkpoint
