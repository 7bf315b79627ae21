"""Numbers of registers: how they are written, and whose register is a country's own."""

import re

PARTY_SCHEME = r"^[A-Z]{2}-[A-Z0-9_]{1,20}$|^XI-[A-Z0-9_]{1,20}$"
"""A code of org-id.guide, such as `NL-KVK`."""

KVK = "NL-KVK"

TRADE_REGISTERS = {
    KVK: "NL",
    "BE-BCE_KBO": "BE",
    "DE-CR": "DE",
    "FR-RCS": "FR",
    "GB-COH": "GB",
    "LU-RCS": "LU",
}
"""The country whose organisations a register knows by the number that they register with here."""

_KVK_DIGITS = 8
_FEWEST_KVK_DIGITS = 7


def normalised(scheme: str, identifier: str) -> str:
    """Write a number the way that it is compared.

    A spreadsheet takes the leading zero off a KvK number: it is put back.

    Raises:
        ValueError: it can't be a number of that register.
    """
    bare = re.sub(r"[\s.]", "", identifier).upper()
    if scheme == KVK:
        if not re.fullmatch(rf"[0-9]{{{_FEWEST_KVK_DIGITS},{_KVK_DIGITS}}}", bare):
            message = "a KvK number has 8 digits"
            raise ValueError(message)
        return bare.zfill(_KVK_DIGITS)
    if not bare:
        message = "the number is empty"
        raise ValueError(message)
    return bare
