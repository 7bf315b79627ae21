"""Certificates: what was approved, for whoever was given its number to verify.

- *stated*: what was approved, as it was then; hashed, so that it can be told from a forgery.
- *state*: whether it still counts, which is read from the fulfilment each time.
- *address*: where everybody may verify it; it is printed, also as a QR code, and stays.

Decision: a certificate is a row, written in the transaction of the approval, and its number is
random: it outlives secrets and names that change, and its address says nothing about it. What is
printed can grow old, so that it says of which day it is and where to look; the address itself says
a revocation from the moment that it is entered. Unless the buyer agreed to be named, everybody
reads the units, the value, the authority and the state; the digest, which no one can guess the
names from, proves the rest to whoever was given it.
"""

from app.fulfilments.certificates.document import (
    CertificateState,
    CertificateView,
    Stated,
    address,
    canonical,
    digest,
    shown,
    state_of,
)

__all__ = [
    "CertificateState",
    "CertificateView",
    "Stated",
    "address",
    "canonical",
    "digest",
    "shown",
    "state_of",
]
