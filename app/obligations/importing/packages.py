"""Packages of OCDS, item by item: however large the file is, one item is in memory.

A file is looked through once before anything is taken from it: what is cut off, is no package, or
would not fit into memory changes nothing.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import ijson
from ijson.common import ObjectBuilder

LISTS = {"releases": "release", "records": "record"}
"""The members of a package that hold what it is about."""

LARGEST_TOKEN_BYTES = 1_048_576
"""A text, or what stands between two of them: more is no contract."""
MOST_PARTS_OF_ITEM = 50_000
LARGEST_ITEM_CHARACTERS = 4_194_304
DEEPEST = 40

LONGEST_NUMBER_DIGITS = 4_000
"""Python reads no longer one, and the parser would stumble over that."""

_CHUNK_BYTES = 256 * 1024
_AS_DIGITS = bytes(ord("0") if chr(byte) in "0123456789" else 0 for byte in range(256))
_LONG_NUMBER = b"0" * LONGEST_NUMBER_DIGITS
_QUOTE = re.compile(rb'(?:^|[^\\])(?:\\\\)*"')
"""One that no backslash escapes."""
_BACKSLASHES = re.compile(rb"\\+$")

Events = Iterator[tuple[str, Any]]


class PackageRefusedError(ValueError):
    """A file is no package that can be read."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Item:
    """A release or a record, as it stands in its file."""

    number: int
    """Counts the items of the file, from 1."""
    kind: str
    value: object
    """JSON; null: it is larger than is read."""


def check(file: BinaryIO) -> int:
    """Look through a whole file; say how many items it has.

    Raises:
        PackageRefusedError: it is no JSON in UTF-8, no package, or has parts that are too large.
    """
    _insist_on_small_tokens(file)
    count, lists = 0, set[str]()
    for item in _walk(file, lists, _Passer):
        count = item.number
    if len(lists) != 1:
        names = " or ".join(LISTS)
        raise PackageRefusedError("not-a-package", f"The file has no {names}, or both.")
    return count


def _insist_on_small_tokens(file: BinaryIO) -> None:
    """Refuse what a parser would have to hold as a whole: it is looked at before one sees it."""
    file.seek(0)
    length, rest, before = 0, b"", b""
    while chunk := file.read(_CHUNK_BYTES):
        if _LONG_NUMBER in (before + chunk).translate(_AS_DIGITS):
            raise PackageRefusedError("not-json", "The file has a number that nobody can read.")
        before = chunk[-LONGEST_NUMBER_DIGITS:]
        chunk = rest + chunk
        trailing = _BACKSLASHES.search(chunk)
        # A backslash and what it escapes stay together.
        cut = len(chunk) - (len(trailing[0]) % 2 if trailing else 0)
        chunk, rest = chunk[:cut], chunk[cut:]
        # Where a quote is in it, what began before has ended: only its length counts on.
        length = len(chunk) if _QUOTE.search(chunk) else length + len(chunk)
        if length > LARGEST_TOKEN_BYTES:
            message = f"The file has a part of about {LARGEST_TOKEN_BYTES} bytes in one piece."
            raise PackageRefusedError("too-large", message)


def items(file: BinaryIO) -> Iterator[Item]:
    """Read the items of a file that was checked, one by one."""
    return _walk(file, set(), _Builder)


def _walk(file: BinaryIO, lists: set[str], build: "type[_Builder | _Passer]") -> Iterator[Item]:
    """Go through a file; `lists` gets the names of the lists that were met."""
    depth, kind, number, key = 0, "", 0, ""
    builder: _Builder | _Passer | None = None
    for event, value in _events(file):
        depth += _STEPS.get(event, 0)
        if depth > DEEPEST:
            raise PackageRefusedError("too-deep", f"The file is nested deeper than {DEEPEST}.")
        if builder is not None:
            builder.event(event, value)
            if depth == _INSIDE_LIST:
                number += 1
                yield Item(number, kind, builder.value())
                builder = None
        elif kind and depth == _INSIDE_LIST + 1 and event == "start_map":
            builder = build()
            builder.event(event, value)
        elif depth == 1:
            kind = ""
            key = value if event == "map_key" else key
        elif event == "start_array" and depth == _INSIDE_LIST and key in LISTS:
            kind = LISTS[key]
            lists.add(key)


_STEPS = {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}
_INSIDE_LIST = 2


class _Passer:
    """Passes over one item: it is only counted."""

    def event(self, _event: str, _value: object) -> None:
        """Take the next part."""

    def value(self) -> object:
        """Give nothing."""
        return None


class _Builder:
    """Builds one item, unless it is too large."""

    def __init__(self) -> None:
        self._builder = ObjectBuilder()
        self._parts = 0
        self._characters = 0

    def event(self, event: str, value: object) -> None:
        """Take the next part."""
        self._parts += 1
        self._characters += len(value) if isinstance(value, str) else 0
        if not self._is_too_large():
            self._builder.event(event, value)

    def value(self) -> object:
        """Give the whole; null if it is too large."""
        return None if self._is_too_large() else self._builder.value

    def _is_too_large(self) -> bool:
        return self._parts > MOST_PARTS_OF_ITEM or self._characters > LARGEST_ITEM_CHARACTERS


def _events(file: BinaryIO) -> Events:
    file.seek(0)
    if file.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
        file.seek(0)
    try:
        yield from ijson.basic_parse(file, buf_size=_CHUNK_BYTES)
    except ijson.IncompleteJSONError as error:
        message = "The JSON ends in the middle, or can't be read: was the file cut off?"
        raise PackageRefusedError("not-json", message) from error
    except (ijson.JSONError, ValueError, ArithmeticError) as error:
        message = "The file is no JSON in UTF-8."
        raise PackageRefusedError("not-json", message) from error
