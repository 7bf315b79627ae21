"""Tiles: the tree in rows of 256 hashes, as C2SP's tlog-tiles cuts and names it.

A tile of level 0 holds the hashes of leaves; one of a higher level the roots of full tiles of the
level below. Anything that is to be proven is found in a few of them.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from app.transparency.merkle import EMPTY, HASH_BYTES, Range, above, root

HEIGHT = 8
WIDTH = 1 << HEIGHT
LEVELS = 64
"""Of a tree with as many leaves as there can be, and more."""

Read: TypeAlias = Callable[[int, int], bytes]
"""Gives the hashes of a tile, by its level and number: as many as there are of it."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile, or a bundle of entries, by its address."""

    level: int | None
    """None: the entries themselves."""
    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The address of it below the log's own: `tile/0/x001/x234/067.p/12`."""
        groups = [f"{self.number % 1000:03}"]
        rest = self.number // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03}")
            rest //= 1000
        level = "entries" if self.level is None else str(self.level)
        part = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{'/'.join(groups)}{part}"


_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<number>(?:x[0-9]{3}/){0,5}[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


def parse(path: str) -> Tile | None:
    """Read an address; None where there can't be a tile."""
    if not (found := _PATH.fullmatch(path)):
        return None
    level = None if found["level"] == "entries" else int(found["level"])
    tile = Tile(level, int(re.sub(r"[x/]", "", found["number"])), int(found["width"] or WIDTH))
    # One tile, one address: no zeroes before, no width that is full.
    return tile if tile.path == path and (level or 0) < LEVELS else None


def all_of(size: int) -> Iterator[Tile]:
    """List the tiles that a tree of some size has, level by level; entries not included.

    So many does a mirror fetch; here the tests, which hold each against what was served.
    """
    level, count = 0, size
    while count:
        full, rest = divmod(count, WIDTH)
        yield from (Tile(level, number) for number in range(full))
        if rest:
            yield Tile(level, full, rest)
        level, count = level + 1, full


def bundles_of(size: int) -> Iterator[Tile]:
    """List the bundles of entries of a tree of some size."""
    full, rest = divmod(size, WIDTH)
    yield from (Tile(None, number) for number in range(full))
    if rest:
        yield Tile(None, full, rest)


def cut(hashes: bytes) -> list[bytes]:
    """Part a tile into its hashes."""
    return [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]


def needed(ranges: Iterable[Range]) -> set[tuple[int, int]]:
    """Say which tiles hold what is hashed into these ranges, by level and number."""
    places = (_place(begin, height) for each in ranges for begin, height in _perfect(*each))
    return {(level, index >> HEIGHT) for level, index, _ in places}


def range_hash(leaves: Range, read: Read) -> bytes:
    """Hash a range of leaves, which the tree itself knows.

    Raises:
        LookupError: the tiles do not hold it.
    """
    subtrees = [_subtree(begin, height, read) for begin, height in _perfect(*leaves)]
    return above(subtrees) if subtrees else EMPTY


def _perfect(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Part a range of the tree into perfect subtrees: where each begins, and how high it is."""
    while begin < end:
        height = (end - begin).bit_length() - 1
        yield begin, height
        begin += 1 << height


def _place(begin: int, height: int) -> tuple[int, int, int]:
    """Say where a perfect subtree stands: in which level, from which hash on, and how many."""
    level, rest = divmod(height, HEIGHT)
    return level, begin >> (HEIGHT * level), 1 << rest


def _subtree(begin: int, height: int, read: Read) -> bytes:
    level, index, count = _place(begin, height)
    number, offset = divmod(index, WIDTH)
    hashes = read(level, number)[offset * HASH_BYTES : (offset + count) * HASH_BYTES]
    if len(hashes) < count * HASH_BYTES:
        raise LookupError(f"There is no tile {Tile(level, number, offset + count).path}.")
    return root(cut(hashes))
