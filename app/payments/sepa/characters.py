"""The characters that every bank of the SEPA takes (EPC217-08)."""

import re

from anyascii import anyascii

LONGEST_NAME = 70
LONGEST_REMITTANCE = 140
_CURRENCIES = str.maketrans({"€": "EUR ", "&": "+", "_": "-", "@": "(at)", '"': "'", ";": ","})
_REFUSED = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]+")
_SPACES = re.compile(r" +")
_SLASHES = re.compile(r"/{2,}")


def plain(text: str, longest: int) -> str:
    """Write a text in the characters of the SEPA, as near as they come, and cut it.

    `Café "Zoë" & Søn` becomes `Cafe 'Zoe' + Son`. A slash at either end, or two together, would
    mean something to a bank: they go.
    """
    letters = anyascii(text.translate(_CURRENCIES)).translate(_CURRENCIES)
    kept = _SPACES.sub(" ", _REFUSED.sub(" ", letters))
    return _SLASHES.sub("/", kept).strip(" /")[:longest].rstrip(" /")
