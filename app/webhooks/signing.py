"""Signatures of webhooks, after the Standard Webhooks specification 1.0. Pure.

Each endpoint has a secret of its own (HMAC-SHA256, `v1`, `whsec_…`), which its receiver keeps too,
and a key of its own (Ed25519, `v1a`, `whpk_…`), whose private half nobody but we ever has. A
webhook carries both signatures, and those of the secret and key before while they last.
"""

import hashlib
import hmac
import os
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SECRET_BYTES = 32
OF_SECRET, OF_PUBLIC_KEY = "whsec_", "whpk_"
"""What begins the text of each."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What an endpoint's webhooks are signed with."""

    secret: bytes
    private_key: bytes

    @classmethod
    def new(cls) -> Self:
        """Draw both at random."""
        return cls(os.urandom(SECRET_BYTES), Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def public_key(self) -> bytes:
        """What everybody may check the key's signatures with."""
        key = Ed25519PrivateKey.from_private_bytes(self.private_key)
        return key.public_key().public_bytes_raw()

    def sign(self, content: bytes) -> tuple[str, str]:
        """Sign with both."""
        key = Ed25519PrivateKey.from_private_bytes(self.private_key)
        digest = hmac.new(self.secret, content, hashlib.sha256).digest()
        return f"v1,{_base64(digest)}", f"v1a,{_base64(key.sign(content))}"

    def __bytes__(self) -> bytes:
        """Write both, to be sealed."""
        return self.secret + self.private_key

    @classmethod
    def read(cls, both: bytes) -> Self:
        """Read what was sealed."""
        return cls(both[:SECRET_BYTES], both[SECRET_BYTES:])


def headers(message_id: UUID, sent_at: int, body: bytes, pairs: Iterable[Pair]) -> dict[str, str]:
    """Write the headers of a webhook that is sent now (seconds since 1970)."""
    content = f"{message_id}.{sent_at}.".encode() + body
    return {
        "webhook-id": str(message_id),
        "webhook-timestamp": str(sent_at),
        "webhook-signature": " ".join(each for pair in pairs for each in pair.sign(content)),
    }


def secret_text(secret: bytes) -> str:
    """Write a secret as receivers are given it."""
    return OF_SECRET + _base64(secret)


def public_text(public_key: bytes) -> str:
    """Write a public key as everybody is given it."""
    return OF_PUBLIC_KEY + _base64(public_key)


def _base64(content: bytes) -> str:
    return b64encode(content).decode()
