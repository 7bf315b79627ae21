"""A log as files, made without a database: what is given to those who check."""

import json
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.transparency import entries, merkle, notes, tiles
from app.transparency.checkpoints import Checkpoint
from app.transparency.entries import Entry, EntryKind
from app.transparency.notes import Signer
from app.transparency.proofs import Proof

LOG = Signer("baat.example/log", Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
AUTHORITY = "0195b0a4-6a1c-7d3e-8f10-2b3c4d5e6f70"
FULFILMENT = "0195b0a4-0000-7000-8000-{:012}"
OTHER_AUTHORITY = "0195b0a4-6a1c-7d3e-8f10-2b3c4d5e6f71"


def ledger(position: int) -> bytes:
    return bytes(entries.ledger_entry(position, merkle.leaf_hash(b"%d" % position)))


def happened(event: str, number: int, **facts: object) -> bytes:
    """An event of the n-th fulfilment."""
    said = {
        "event": event,
        "fulfilmentId": FULFILMENT.format(number),
        "authorityId": AUTHORITY,
        **facts,
    }
    return bytes(Entry(EntryKind.FULFILMENT, "ab" * 32, said))


def approved(number: int, first: int, last: int, **facts: object) -> bytes:
    units = last - first + 1
    said: dict[str, object] = {
        "quantityUnits": units,
        "firstSerial": first,
        "lastSerial": last,
        "valueCents": units * 100,
    }
    return happened("approved", number, **(said | facts))


def revoked(number: int, units: int) -> bytes:
    return happened("revoked", number, quantityUnits=units, valueCents=units * 100)


def signed(published: Sequence[bytes], *signers: Signer) -> str:
    """The checkpoint over some entries."""
    root = merkle.root(map(merkle.leaf_hash, published))
    text = str(Checkpoint(LOG.name, len(published), root))
    return str(notes.signed(text, signers or [LOG]))


def write(folder: Path, published: Sequence[bytes]) -> None:
    """Publish a log in a folder."""
    hashes = list(map(merkle.leaf_hash, published))
    size = len(hashes)
    for tile in tiles.all_of(size):
        span = tiles.WIDTH ** (tile.level or 0)
        begin = tile.number * tiles.WIDTH * span
        ends = [begin + span * (at + 1) for at in range(tile.width)]
        put(folder, tile.path, b"".join(merkle.root(hashes[end - span : end]) for end in ends))
    for tile in tiles.bundles_of(size):
        begin = tile.number * tiles.WIDTH
        put(folder, tile.path, entries.bundle(list(published[begin : begin + tile.width])))
    put(folder, "checkpoint", signed(published).encode())


def put(folder: Path, path: str, content: bytes) -> None:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(content)


def proof(published: Sequence[bytes], index: int) -> Proof:
    """Prove one of some entries."""
    hashes = list(map(merkle.leaf_hash, published))
    ranges = merkle.inclusion(index, len(hashes))
    path = tuple(merkle.root(hashes[begin:end]) for begin, end in ranges)
    return Proof(index, path, signed(published), published[index])


def as_json(**members: object) -> str:
    return json.dumps(members)
