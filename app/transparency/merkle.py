"""The hash tree of RFC 6962, section 2.1 (SHA-256), and what is proven with it.

Which hashes a proof holds is said as *ranges* of leaves, from the first up to the one after the
last: who has the hashes looks them up (`tiles.py`). Checking a proof follows RFC 9162, 2.1.3.2 and
2.1.4.2: it needs no tree.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import TypeAlias

Range: TypeAlias = tuple[int, int]

HASH_BYTES = 32
EMPTY = hashlib.sha256().digest()
"""The root of a tree without leaves."""


class ProofRefused(Exception):  # noqa: N818  Read aloud it says what happened.
    """The hashes do not prove what they are said to prove."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry into a leaf."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two neighbours into the node above them."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(hashes: Iterable[bytes]) -> bytes:
    """Find the root above leaves (or above perfect subtrees of one size)."""
    row = list(hashes)
    if not row:
        return EMPTY
    while len(row) > 1:
        odd = row[-1:] if len(row) % 2 else []
        row = [*map(node_hash, row[::2], row[1::2]), *odd]
    return row[0]


def above(subtrees: Sequence[bytes]) -> bytes:
    """Find the root above perfect subtrees of falling size: those of the bits of a tree's size."""
    *rest, joined = subtrees
    for hashed in reversed(rest):
        joined = node_hash(hashed, joined)
    return joined


class Frontier:
    """A tree that grows leaf by leaf and keeps no more than its right edge."""

    def __init__(self) -> None:
        self.size = 0
        self._subtrees: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Add the hash of the next leaf."""
        size = self.size
        while size & 1:
            leaf = node_hash(self._subtrees.pop(), leaf)
            size >>= 1
        self._subtrees.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """Say the root as it is by now."""
        return above(self._subtrees) if self._subtrees else EMPTY


def inclusion(index: int, size: int) -> list[Range]:
    """Say of what the hashes are that prove a leaf in a tree, from the leaf's sibling upwards."""
    ranges, (begin, end) = [], (0, size)
    while end - begin > 1:
        middle = begin + _left_part(end - begin)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((begin, middle))
            begin = middle
    return ranges[::-1]


def consistency(old: int, new: int) -> list[Range]:
    """Say of what the hashes are that prove an old tree to be the beginning of a new one."""
    if old == 0:
        return []
    ranges, (begin, end) = [], (0, new)
    while end != old:
        middle = begin + _left_part(end - begin)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((begin, middle))
            begin = middle
    if begin > 0:
        ranges.append((begin, end))
    return ranges[::-1]


def _left_part(length: int) -> int:
    """Find the largest power of two below a length."""
    return int(1 << (length - 1).bit_length() - 1)


def root_of_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Follow a path from the hash of a leaf to the root that it leads to.

    Raises:
        ProofRefused: the path is not one of a leaf at that index in a tree of that size.
    """
    if not 0 <= index < size:
        raise ProofRefused(f"A tree of {size} leaves has none with the index {index}.")
    place, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise ProofRefused("The path is longer than the tree is high.")
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            place, last = _rise(place, last)
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise ProofRefused("The path ends below the root.")
    return found


def insist_on_consistency(
    old: tuple[int, bytes], new: tuple[int, bytes], path: Sequence[bytes]
) -> None:
    """Insist that a tree, by its size and root, is the beginning of another.

    Raises:
        ProofRefused: that is not proven.
    """
    (old_size, old_root), (new_size, new_root) = old, new
    if old_size > new_size:
        raise ProofRefused(f"A tree of {old_size} leaves is not the beginning of {new_size}.")
    if old_size in {0, new_size}:
        if path or (old_size == new_size and old_root != new_root) or _is_not_empty(old):
            raise ProofRefused("The roots differ, or there is nothing to prove.")
        return
    hashes = list(path) if old_size & (old_size - 1) else [old_root, *path]
    if not hashes or _roots_of_consistency(old_size, new_size, hashes) != (old_root, new_root):
        raise ProofRefused("The older tree is not the beginning of the newer one.")


def _is_not_empty(tree: tuple[int, bytes]) -> bool:
    size, said = tree
    return size == 0 and said != EMPTY


def _roots_of_consistency(old: int, new: int, hashes: Sequence[bytes]) -> tuple[bytes, bytes]:
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first, *rest = hashes
    old_root = new_root = first
    for hashed in rest:
        if last == 0:
            raise ProofRefused("The proof is longer than the tree is high.")
        if place & 1 or place == last:
            old_root, new_root = node_hash(hashed, old_root), node_hash(hashed, new_root)
            place, last = _rise(place, last)
        else:
            new_root = node_hash(new_root, hashed)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise ProofRefused("The proof ends below the root.")
    return old_root, new_root


def _rise(place: int, last: int) -> tuple[int, int]:
    """Pass over the levels at which the right edge has no sibling."""
    while place and not place & 1:
        place, last = place >> 1, last >> 1
    return place, last
