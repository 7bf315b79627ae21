"""Which keys somebody trusts."""

from collections.abc import Iterable
from pathlib import Path

from app.transparency import notes
from app.transparency.notes import Key, KeyRefused
from app.transparency.verifier.refusing import LogRefused


def read_keys(given: Iterable[str]) -> list[Key]:
    """Read verifier keys as they are, or files that hold one a line.

    Raises:
        LogRefused: something is neither.
    """
    return [key for each in given for key in _read(each)]


def _read(given: str) -> list[Key]:
    if "+" in given:
        return [_parsed(given)]
    try:
        lines = Path(given).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise LogRefused(f"{given} is neither a verifier key nor a file with some.") from error
    found = [_parsed(line) for line in map(str.strip, lines) if line and line[0] != "#"]
    if not found:
        raise LogRefused(f"{given} holds no verifier key.")
    return found


def _parsed(written: str) -> Key:
    try:
        return notes.parse_key(written.strip())
    except KeyRefused as refused:
        raise LogRefused(str(refused)) from refused
