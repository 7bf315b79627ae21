"""Two checkpoints of a log: the larger one must go on from the smaller."""

import re

from app.transparency import merkle, tiles
from app.transparency.checkpoints import Checkpoint
from app.transparency.merkle import ProofRefused
from app.transparency.tiles import HEIGHT, WIDTH, Tile
from app.transparency.verifier.refusing import LogRefused
from app.transparency.verifier.sources import Source, tile_of


def insist_on_going_on(source: Source | None, one: Checkpoint, other: Checkpoint) -> None:
    """Insist that of two checkpoints the larger goes on from the smaller, by the log's own tiles.

    Where both are of the same size nobody needs the log: then they must say the same.

    Raises:
        LogRefused: they are of two histories, or the log does not show that they are of one.
    """
    if one.origin != other.origin:
        raise LogRefused("It is of another log than that of the known checkpoint.")
    old, new = sorted((one, other), key=lambda each: each.size)
    path: list[bytes] = []
    if old.size < new.size:
        if source is None:
            message = "Name the log, too: what lies between two checkpoints stands in neither."
            raise LogRefused(message)
        path = _path(source, old.size, new.size)
    try:
        merkle.insist_on_consistency((old.size, old.root), (new.size, new.root), path)
    except ProofRefused as refused:
        raise LogRefused(f"The log was changed since the known checkpoint: {refused}") from refused


def _path(source: Source, old: int, new: int) -> list[bytes]:
    ranges, size = merkle.consistency(old, new), max(new, _newest(source))
    read = {place: tile_of(source, _as_wide(*place, size)) for place in tiles.needed(ranges)}
    try:
        return [tiles.range_hash(each, lambda level, n: read[level, n]) for each in ranges]
    except LookupError as error:
        raise LogRefused(f"The log is not whole: {error}") from error


def _newest(source: Source) -> int:
    """Say how far the log has come: a folder has the tiles at its edge as wide as they are now.

    Nothing is believed by it: what is read is proven by the two roots, or refused.
    """
    lines = (source.read("checkpoint") or b"").split(b"\n", 2)
    return int(lines[1]) if len(lines) > 1 and _SIZE.fullmatch(lines[1]) else 0


_SIZE = re.compile(rb"[1-9][0-9]{0,17}")


def _as_wide(level: int, number: int, size: int) -> Tile:
    """Ask for a tile as wide as it is in the tree of some size."""
    return Tile(level, number, min(WIDTH, (size >> (HEIGHT * level)) - number * WIDTH))
