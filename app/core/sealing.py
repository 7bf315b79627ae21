"""Sealing: what the database keeps and nobody may read there (mail, secrets of one-time codes).

A sealed value opens only with the installation's secret and for the purpose it was sealed for.
Layout: one byte for the format, twelve of nonce, then AES-256-GCM with its tag. The key is derived
from `BAAT_SECRET` with HKDF (RFC 5869), one for each purpose.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import settings_of
from app.core.settings import Settings

FORMAT = b"\x01"
NONCE_BYTES = 12
KEY_BYTES = 32


class CannotOpen(Exception):  # noqa: N818  Read aloud it says what happened.
    """The value was changed, sealed for another purpose, or sealed with another secret."""


def seal(session: AsyncSession, purpose: str, content: bytes) -> bytes:
    """Seal some content for one purpose, with the secret of the session's installation."""
    nonce = os.urandom(NONCE_BYTES)
    cipher = _cipher(settings_of(session), purpose)
    return FORMAT + nonce + cipher.encrypt(nonce, content, FORMAT)


def unseal(session: AsyncSession, purpose: str, sealed: bytes) -> bytes:
    """Open what was sealed for this purpose.

    Raises:
        CannotOpen: it can't be opened, and the reason is nobody's business.
    """
    nonce, rest = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    if sealed[:1] != FORMAT or len(nonce) < NONCE_BYTES:
        raise CannotOpen("The value has an unknown format.")
    try:
        return _cipher(settings_of(session), purpose).decrypt(nonce, rest, FORMAT)
    except InvalidTag as error:
        raise CannotOpen("The value can't be opened with this secret.") from error


def derived(settings: Settings, label: str) -> bytes:
    """Derive a key for one purpose from the installation's secret: always the same one."""
    secret = settings.secret.get_secret_value().encode()
    return HKDF(SHA256(), length=KEY_BYTES, salt=None, info=f"baat {label}".encode()).derive(secret)


def _cipher(settings: Settings, purpose: str) -> AESGCM:
    return AESGCM(derived(settings, f"sealing {purpose}"))
