"""A whole log, read from its first leaf: the tree is computed anew and compared hash by hash."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from app.transparency import checkpoints, entries, merkle, notes, tiles
from app.transparency.checkpoints import Checkpoint
from app.transparency.entries import EntryRefused
from app.transparency.merkle import Frontier
from app.transparency.notes import Key, NoteRefused
from app.transparency.tiles import WIDTH, Tile
from app.transparency.verifier.counting import Counting
from app.transparency.verifier.refusing import LogRefused
from app.transparency.verifier.sources import Source, tile_of

Told = Callable[[int, int], None]
"""Is told how many leaves of how many were read."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a log proved to be."""

    checkpoint: Checkpoint
    signers: tuple[Key, ...]
    """Those of the given keys that signed: of the log, and of witnesses."""
    counting: Counting
    known: Checkpoint | None
    """The older checkpoint that it was found to go on from."""


def replay(
    source: Source, keys: Collection[Key], known: str | None = None, told: Told | None = None
) -> Replayed:
    """Read a log to its newest checkpoint, and insist that everything in it fits.

    `known` is a signed checkpoint that somebody kept from before: the log must go on from it.

    Raises:
        LogRefused: something does not; the log is not to be trusted, or not whole.
    """
    written = _text(source, "checkpoint")
    checkpoint = opened(written, keys)
    older = None if known is None else opened(known, keys)
    if older is not None and (older.origin, older.size > checkpoint.size) != (
        checkpoint.origin,
        False,
    ):
        raise LogRefused("The log has shrunk, or is another than that of the known checkpoint.")
    reading = Reading(source, checkpoint, older)
    for bundle in tiles.bundles_of(checkpoint.size):
        reading.take(bundle)
        if told is not None:
            told(reading.frontier.size, checkpoint.size)
    reading.end()
    signers = notes.parse(written).signers(keys)
    return Replayed(checkpoint, tuple(signers), reading.counting, older)


class Reading:
    """The leaves so far, and the right edge of every level of tiles."""

    def __init__(self, source: Source, checkpoint: Checkpoint, known: Checkpoint | None) -> None:
        self.frontier = Frontier()
        self.counting = Counting()
        self._source = source
        self._checkpoint = checkpoint
        self._known = known
        self._edges: list[list[bytes]] = []
        """Of the levels above the leaves: the hashes of the tile that is not full yet."""
        self._full: list[int] = []
        """Of these levels: how many tiles are full."""

    def take(self, bundle: Tile) -> None:
        """Read a bundle of entries, and the tile of their hashes."""
        try:
            found = entries.unbundle(tile_of(self._source, bundle))
        except EntryRefused as refused:
            raise LogRefused(f"{bundle.path}: {refused}") from refused
        if len(found) < bundle.width:
            raise LogRefused(f"{bundle.path} has too few entries.")
        hashes = []
        for entry in found[: bundle.width]:
            self.counting.count(self.frontier.size, entry)
            hashes.append(merkle.leaf_hash(entry))
            self.frontier.add(hashes[-1])
            self._insist_on_known()
        self._compare(Tile(0, bundle.number, bundle.width), hashes)
        if bundle.width == WIDTH:
            self._rise(merkle.root(hashes))

    def end(self) -> None:
        """Compare the tiles at the right edge, and the root."""
        for level, (edge, full) in enumerate(zip(self._edges, self._full, strict=True), 1):
            if edge:
                self._compare(Tile(level, full, len(edge)), edge)
        if self.frontier.root() != self._checkpoint.root:
            raise LogRefused("The leaves have another root than the one that was signed.")

    def _rise(self, root: bytes) -> None:
        for level in range(1, tiles.LEVELS):
            if level > len(self._edges):
                self._edges.append([])
                self._full.append(0)
            edge = self._edges[level - 1]
            edge.append(root)
            if len(edge) < WIDTH:
                return
            self._compare(Tile(level, self._full[level - 1]), edge)
            root = merkle.root(edge)
            self._full[level - 1] += 1
            edge.clear()

    def _compare(self, tile: Tile, hashes: list[bytes]) -> None:
        if tile_of(self._source, tile)[: tile.width * merkle.HASH_BYTES] != b"".join(hashes):
            raise LogRefused(f"{tile.path} is not that of the entries.")

    def _insist_on_known(self) -> None:
        known = self._known
        if known is None or self.frontier.size != known.size:
            return
        if self.frontier.root() != known.root:
            raise LogRefused("The log was changed: it does not go on from what is known.")


def _text(source: Source, path: str) -> str:
    content = source.read(path)
    if content is None:
        raise LogRefused("There is no checkpoint: the log has signed nothing, or is not there.")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise LogRefused("The checkpoint is no text.") from error


def opened(written: str, keys: Collection[Key]) -> Checkpoint:
    """Read a signed checkpoint.

    Raises:
        LogRefused: it is none, or not signed by the log.
    """
    try:
        return checkpoints.opened(written, keys)
    except NoteRefused as refused:
        raise LogRefused(str(refused)) from refused
