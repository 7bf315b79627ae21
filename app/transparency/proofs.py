"""Proofs that an entry is in the log, as C2SP's tlog-proof writes them: one text, checked offline.

The entry itself stands in its `extra` line: whoever has the file and the log's public key needs
nothing else.
"""

import base64
import binascii
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.transparency import checkpoints, merkle, notes
from app.transparency.checkpoints import Checkpoint
from app.transparency.merkle import HASH_BYTES, ProofRefused
from app.transparency.notes import Key, NoteRefused

HEADER = "c2sp.org/tlog-proof@v1"
MEDIA_TYPE = "text/plain; charset=utf-8"
MOST_HASHES = 63

_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Proof:
    """That an entry has an index in the tree of a checkpoint."""

    index: int
    path: tuple[bytes, ...]
    """From the leaf's sibling up to a child of the root."""
    checkpoint: str
    """The signed note, with all that witnesses added."""
    extra: bytes | None = None

    def __str__(self) -> str:
        """Write it."""
        extra = [] if self.extra is None else [f"extra {_coded(self.extra)}"]
        lines = [HEADER, *extra, f"index {self.index}", *map(_coded, self.path), ""]
        return "\n".join(lines) + "\n" + self.checkpoint


@dataclass(frozen=True, slots=True)
class Proven:
    """What a proof proved."""

    entry: bytes
    index: int
    checkpoint: Checkpoint
    log_keys: tuple[Key, ...]
    """Which keys of the log signed the checkpoint."""
    witnesses: tuple[tuple[Key, int], ...]
    """Which witnesses saw it, and when, in seconds since 1970."""


def is_proof(text: str) -> bool:
    """Tell whether a text claims to be a proof."""
    return text.startswith(HEADER)


def parse(text: str) -> Proof:
    """Read a proof.

    Raises:
        ProofRefused: it is none.
    """
    head, separator, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not separator or lines.pop(0) != HEADER:
        raise ProofRefused(f"A proof begins with {HEADER}, and a checkpoint follows.")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = _decoded(lines.pop(0).removeprefix("extra "))
    index = _INDEX.fullmatch(lines.pop(0)) if lines else None
    if index is None:
        raise ProofRefused("The proof does not say the index of its leaf.")
    path = tuple(map(_decoded, lines))
    if len(path) > MOST_HASHES or any(len(hashed) != HASH_BYTES for hashed in path):
        raise ProofRefused("The proof holds what is no path of hashes.")
    return Proof(int(index[1]), path, checkpoint, extra)


def check(proof: Proof, keys: Collection[Key], entry: bytes | None = None) -> Proven:
    """Prove an entry, by default the proof's own, with the keys of its log and of witnesses.

    Raises:
        ProofRefused: it is not proven.
    """
    entry = proof.extra if entry is None else entry
    if entry is None:
        raise ProofRefused("The proof does not hold the entry that it is of.")
    try:
        checkpoint = checkpoints.opened(proof.checkpoint, keys)
        note = notes.parse(proof.checkpoint)
        signers = note.signers(keys)
    except NoteRefused as refused:
        raise ProofRefused(str(refused)) from refused
    leaf = merkle.leaf_hash(entry)
    found = merkle.root_of_inclusion(leaf, proof.index, checkpoint.size, proof.path)
    if found != checkpoint.root:
        raise ProofRefused("The entry is not in the log: its path leads to another root.")
    return Proven(
        entry=entry,
        index=proof.index,
        checkpoint=checkpoint,
        log_keys=tuple(key for key in signers if key.kind == notes.LOG),
        witnesses=_witnesses(note.signatures, signers),
    )


def _witnesses(
    signatures: Sequence[notes.Signature], signers: Sequence[Key]
) -> tuple[tuple[Key, int], ...]:
    # The first of each is the one that was checked: what follows it anybody may have written.
    return tuple(
        (key, notes.seconds_of(next(each for each in signatures if each.is_by(key))))
        for key in signers
        if key.kind == notes.WITNESS
    )


def _coded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _decoded(coded: str) -> bytes:
    try:
        return base64.b64decode(coded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ProofRefused("The proof holds what is no base64.") from error
