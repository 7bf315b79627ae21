"""Creditor references (ISO 11649): what a payer copies, made so that copying errors show.

`RF71 3K7M 9QXD 2HVN`: `RF`, two check digits over all that follows (ISO 7064 mod 97-10), and twelve
characters of an alphabet that has no I, L, O and U. Sixty bits of a hash of the payment's id: a
collision among a million payments has a chance of one in two million, and the table refuses it.
"""

import hashlib
import re
from uuid import UUID

from stdnum import iso11649
from stdnum.exceptions import ValidationError as NumberError
from stdnum.iso7064 import mod_97_10

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BITS = 5
_LENGTH = 12
_FOUND = re.compile(rf"(?=(RF[0-9OIL]{{2}}[0-9A-Z]{{{_LENGTH}}}))")
_BETWEEN = re.compile(r"[\W_]+")
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


def creditor_reference(payment_id: UUID) -> str:
    """Make the reference of a payment, without spaces: always the same one."""
    number = int.from_bytes(hashlib.sha256(payment_id.bytes).digest()[:8])
    letters = "".join(
        _ALPHABET[number >> _BITS * place & (1 << _BITS) - 1] for place in range(_LENGTH)
    )
    return f"RF{mod_97_10.calc_check_digits(letters + 'RF')}{letters}"


def printed(reference: str) -> str:
    """Write a reference as people read and copy it: in groups of four; what is none stays."""
    return str(iso11649.format(reference)) if iso11649.is_valid(reference) else reference


def references_in(text: str) -> tuple[str, ...]:
    """Find our references in what somebody typed, each once and in order.

    Small letters, spaces, dots, dashes and line breaks anywhere are forgiven, and so are letters
    that look like digits. What fails its check digits is no reference.
    """
    together = _BETWEEN.sub("", text).upper()
    candidates = (f"RF{found[2:].translate(_MISREAD)}" for found in _FOUND.findall(together))
    return tuple(dict.fromkeys(found for found in candidates if _is_ours(found)))


def _is_ours(reference: str) -> bool:
    try:
        iso11649.validate(reference)
    except NumberError:
        return False
    return "U" not in reference[4:]
