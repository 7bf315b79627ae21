"""The number of a certificate: nobody guesses it, and people can read it to each other."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: without I, L, O and U, which look like others or make words."""
_LENGTH, _GROUP = 20, 5
"""A hundred random bits."""
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})


def new_code() -> str:
    """Make a number: `7KQ2M-9XJ4T-P0R8V-WB3HD`."""
    return _grouped("".join(secrets.choice(ALPHABET) for _ in range(_LENGTH)))


def normalised(typed: str) -> str:
    """Write a number as it is kept, however somebody typed it."""
    return _grouped(typed.upper().translate(_MISREAD))


def _grouped(code: str) -> str:
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
