"""The hash tree: known vectors, and every proof against a tree that is built naively."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.transparency import merkle, tiles
from app.transparency.merkle import Frontier, ProofRefused

# The vectors that implementations of RFC 6962 share.
ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [merkle.leaf_hash(b"%d" % number) for number in range(70_000)]
MOST = 700
"""Leaves of a tree that is built naively: tiles of two levels, and a partial one."""


def naive(leaves: Sequence[bytes]) -> bytes:
    """The root, word for word as RFC 6962 defines it."""
    if len(leaves) < 2:
        return leaves[0] if leaves else merkle.EMPTY
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return merkle.node_hash(naive(leaves[:middle]), naive(leaves[middle:]))


def path(ranges: Sequence[merkle.Range]) -> list[bytes]:
    return [naive(LEAVES[begin:end]) for begin, end in ranges]


def read(size: int) -> tiles.Read:
    """The tiles of a tree, each hashed from the leaves."""

    def tile(level: int, number: int) -> bytes:
        span = tiles.WIDTH**level
        begin = number * tiles.WIDTH * span
        ends = range(begin + span, min(begin + tiles.WIDTH * span, size) + 1, span)
        return b"".join(merkle.root(LEAVES[end - span : end]) for end in ends)

    return tile


@pytest.mark.parametrize("size", range(9))
def test_the_known_trees(size: int) -> None:
    leaves = [merkle.leaf_hash(entry) for entry in ENTRIES[:size]]
    frontier = Frontier()
    for leaf in leaves:
        frontier.add(leaf)
    known = bytes.fromhex(ROOTS[size - 1]) if size else merkle.EMPTY

    assert merkle.root(leaves) == naive(leaves) == frontier.root() == known


def test_the_known_proofs() -> None:
    # Of RFC 6962, 2.1.3, by the ranges that its nodes stand for.
    assert merkle.inclusion(0, 7) == [(1, 2), (2, 4), (4, 7)]
    assert merkle.inclusion(3, 7) == [(2, 3), (0, 2), (4, 7)]
    assert merkle.inclusion(4, 7) == [(5, 6), (6, 7), (0, 4)]
    assert merkle.inclusion(6, 7) == [(4, 6), (0, 4)]
    assert merkle.consistency(3, 7) == [(2, 3), (3, 4), (0, 2), (4, 7)]
    assert merkle.consistency(4, 7) == [(4, 7)]
    assert merkle.consistency(6, 7) == [(4, 6), (6, 7), (0, 4)]


@given(st.data())
def test_every_leaf_is_proven_and_nothing_else_is(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, MOST))
    index = data.draw(st.integers(0, size - 1))
    ranges = merkle.inclusion(index, size)
    hashes = path(ranges)

    assert [tiles.range_hash(each, read(size)) for each in ranges] == hashes
    assert tiles.needed(ranges) <= {(t.level, t.number) for t in tiles.all_of(size)}
    root = naive(LEAVES[:size])
    assert merkle.root_of_inclusion(LEAVES[index], index, size, hashes) == root
    other = data.draw(st.integers(0, MOST).filter(lambda number: number != index))
    assert _leads(other, index, size, hashes) != root
    assert _leads(index, other, size, hashes) != root
    assert _leads(index, index, size, hashes[:-1]) != root or not hashes
    assert _leads(index, index, size, [*hashes, LEAVES[0]]) != root
    if hashes:
        at = data.draw(st.integers(0, len(hashes) - 1))
        assert _leads(index, index, size, [*hashes[:at], LEAVES[-1], *hashes[at + 1 :]]) != root


def _leads(leaf: int, index: int, size: int, hashes: list[bytes]) -> bytes | None:
    try:
        return merkle.root_of_inclusion(LEAVES[leaf], index, size, hashes)
    except ProofRefused:
        return None


@given(st.data())
def test_every_tree_is_the_beginning_of_those_after_it(data: st.DataObject) -> None:
    new = data.draw(st.integers(0, MOST))
    old = data.draw(st.integers(0, new))
    ranges = merkle.consistency(old, new)
    before, after = ((size, naive(LEAVES[:size])) for size in (old, new))
    hashes = [tiles.range_hash(each, read(new)) for each in ranges]

    assert hashes == path(ranges)
    merkle.insist_on_consistency(before, after, hashes)
    forked = (new, naive([LEAVES[-1], *LEAVES[1:new]]) if new else LEAVES[0])
    for wrong in (
        ((old, LEAVES[5]), after, hashes),
        (before, after, [*hashes, LEAVES[0]]),
        *(((before, forked, hashes),) if old else ()),
        *(((before, after, hashes[:-1]),) if hashes else ()),
    ):
        with pytest.raises(ProofRefused):
            merkle.insist_on_consistency(*wrong)


def test_a_tree_does_not_shrink() -> None:
    with pytest.raises(ProofRefused):
        merkle.insist_on_consistency((2, LEAVES[0]), (1, LEAVES[0]), [])


def test_seventy_thousand_leaves_are_the_tiles_of_the_specification() -> None:
    found = list(tiles.all_of(70_000))
    partial = {tile.level: tile.width for tile in found if tile.width < tiles.WIDTH}

    assert sum(tile.level == 0 and tile.width == tiles.WIDTH for tile in found) == 273
    assert sum(tile.level == 1 and tile.width == tiles.WIDTH for tile in found) == 1
    assert partial == {0: 112, 1: 17, 2: 1}
    assert tiles.range_hash((0, 70_000), read(70_000)) == merkle.root(LEAVES)
    assert [str(t.path) for t in tiles.all_of(256)] == ["tile/0/000", "tile/1/000.p/1"]
    widths = [tile.width for tile in tiles.bundles_of(70_000)]
    assert widths == [*[256] * 273, 112]


@given(st.sampled_from([None, 0, 1, 63]), st.integers(0, 10**12), st.integers(1, 256))
def test_a_tile_has_one_address(level: int | None, number: int, width: int) -> None:
    tile = tiles.Tile(level, number, width)

    assert tiles.parse(tile.path) == tile


def test_what_is_no_address_is_none() -> None:
    assert tiles.parse("tile/0/x001/x234/067") == tiles.Tile(0, 1_234_067)
    assert tiles.Tile(0, 1_234_067, 8).path == "tile/0/x001/x234/067.p/8"
    for wrong in (
        *("tile/00/001", "tile/64/001", "tile/0/1", "tile/0/x000/001", "tile/0/001.p/256"),
        *(
            "tile/0/001.p/0",
            "tile/0/001.p/08",
            "tile/0/001/002",
            "tile/entries/x001",
            "tile/-1/001",
        ),
        *("tile/0/001\n", "tile/0/001.p/", "tile/0/../001", "checkpoint"),
    ):
        assert tiles.parse(wrong) is None, wrong


def test_the_edge_of_a_growing_tree_is_enough_for_its_root() -> None:
    sizes = [1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 600, MOST]
    frontier = Frontier()
    for begin, end in pairwise([0, *sizes]):
        for leaf in LEAVES[begin:end]:
            frontier.add(leaf)
        assert frontier.root() == naive(LEAVES[:end])
