"""Pseudonymous keys of candidates: how companies make them, and what is kept of them here.

Decision: the same person must be recognised at two employers and at two authorities, and nobody
here may know who it is. So a salt that only one company knew would not do, and a name or a number
must not come in.

1. The *key* is made where the person works and is known, from their name and date of birth, with
   scrypt and a salt that is the installation's own and public. Employer, secondment agency and
   contractor come to the same key; whoever hires through an agency asks the agency for the key and
   never for the person. Two installations come to different keys.
2. What is kept is the *mark*: 128 bits of an HMAC of the key, under a secret that stands in the
   installation's settings and not in its database. The key itself is not kept anywhere, and the
   mark is in no answer.

What that costs, honestly. Names and dates of birth can be guessed. Whoever has the database alone
can test no guess; who has the database and the secret can, with one scrypt a guess, and a company
that suspects a certain person learns from a refusal that this person's period is claimed, in its
own name and in the trail. So a mark is personal data (GDPR, recital 26) and is treated as such.
Two people of the same names who were born on the same day have one key: the authority has to
count one of them otherwise. Another spelling of a name gives another key: take it from the
identity document, which an employer has to keep a copy of. A citizen service number would be
exact, and the law leaves it to purposes of which this is none.
Without the installation's secret marks can't be made again, and what was placed before can't be
compared with what comes: keep it, as for everything that is sealed.
"""

import hashlib
import hmac
import unicodedata
from datetime import date

from app.core import sealing
from app.core.settings import Settings

VERSION = "baat-candidate-key-v1"
COST, BLOCK_SIZE, PARALLEL = 2**16, 8, 1
KEY_BYTES = 32
MARK_BYTES = 16
"""Short enough for one number, and two of a billion people are alike with a chance of 10⁻²¹."""


def salt(settings: Settings) -> bytes:
    """Give the installation's salt, which is public."""
    return sealing.derived(settings, "candidate salt")


def key(salt: bytes, family_name: str, given_names: str, born_on: date) -> bytes:
    """Make a candidate's key, as companies do: this is the reference for their own systems.

    The family name at birth with its prefix, all given names, as on the identity document.
    """
    names = (_letters(family_name), _letters(given_names))
    text = "\n".join((VERSION, *names, born_on.isoformat()))
    return hashlib.scrypt(
        text.encode(),
        salt=salt,
        n=COST,
        r=BLOCK_SIZE,
        p=PARALLEL,
        maxmem=2 * 128 * COST * BLOCK_SIZE,
        dklen=KEY_BYTES,
    )


def _letters(name: str) -> str:
    """Leave of a name its letters: no accents, capitals, spaces or signs."""
    parts = unicodedata.normalize("NFKD", name.casefold())
    return "".join(each for each in parts if each.isalpha())


def mark(settings: Settings, key: bytes) -> int:
    """Say what is kept of a key: nobody makes one of the other without the secret."""
    secret = sealing.derived(settings, "candidate mark")
    digest = hmac.digest(secret, key, "sha256")
    return int.from_bytes(digest[:MARK_BYTES])
