"""Secrets that callers hold: how they are made, and how the database recognises them.

Tokens carry 256 random bits, so a plain SHA-256 is enough to store them; people's passwords get
argon2id (OWASP Password Storage Cheat Sheet).
"""

import asyncio
import hashlib
import hmac
import secrets
import unicodedata
from pathlib import Path
from typing import BinaryIO

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.core.settings import Mode, Settings

SESSION_PREFIX = "baat_session_"
KEY_PREFIXES = {mode: f"baat_{mode}_" for mode in Mode}
ONE_TIME_PREFIX = "baat_once_"

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256
"""Longer ones only cost time."""

# Each hash takes memory and a core for tens of milliseconds: a crowd at the door must queue.
_HASHES_AT_ONCE = asyncio.Semaphore(4)


def new_token(prefix: str) -> str:
    """Make a secret that nobody guesses."""
    return prefix + secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).digest()


def account_key(settings: Settings, email: str) -> str:
    """Name an account in counters and in the trail, without its e-mail address."""
    return _keyed(settings, "account", email.lower())[:32]


def csrf_token(settings: Settings, session_token: str) -> str:
    """Make the second half of a cookie's credential: a page can send it, a stranger's can't."""
    return _keyed(settings, "csrf", session_token)


def _keyed(settings: Settings, purpose: str, text: str) -> str:
    key = settings.secret.get_secret_value().encode()
    return hmac.new(key, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()


async def hash_password(settings: Settings, password: str) -> str:
    """Hash a new password with argon2id."""
    async with _HASHES_AT_ONCE:
        return await asyncio.to_thread(_hasher(settings).hash, _normal(password))


async def matches(settings: Settings, password: str, stored: str | None) -> bool:
    """Compare a password with its hash; without one, take as long and say no."""
    hasher = _hasher(settings)
    async with _HASHES_AT_ONCE:
        if stored is None:
            await asyncio.to_thread(hasher.hash, _normal(password))
            return False
        return await asyncio.to_thread(hasher.verify, _normal(password), stored)


def _normal(password: str) -> str:
    # One keyboard writes é as one character and another as two (NIST SP 800-63B, 5.1.1.2).
    return unicodedata.normalize("NFKC", password)


def _hasher(settings: Settings) -> PasswordHash:
    return PasswordHash((Argon2Hasher(memory_cost=settings.password_memory_kib, parallelism=1),))


def is_breached(settings: Settings, password: str) -> bool:
    """Tell whether a password is known from a leak: the sorted list is searched, not read."""
    if password.lower() in _COMMON:
        return True
    if settings.breach_list is None:
        return False
    return _stands_in(settings.breach_list, sha1_of(password))


def sha1_of(password: str) -> bytes:
    """Hash a password as lists of leaks do; nothing of ours is stored this way."""
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()


def _stands_in(path: Path, wanted: bytes) -> bool:
    """Bisect a file of sorted lines, each beginning with a hash."""
    with path.open("rb") as lines:
        low, high = 0, lines.seek(0, 2)
        while low < high:
            middle = (low + high) // 2
            line = _first_line_from(lines, middle)
            if line[: len(wanted)].upper() == wanted:
                return True
            if not line or line.upper() > wanted:
                high = middle
            else:
                low = middle + 1
    return False


def _first_line_from(lines: BinaryIO, position: int) -> bytes:
    """Read the first line that begins at a position or after it."""
    if position == 0:
        lines.seek(0)
        return lines.readline()
    # From one byte before, so that a line beginning exactly there is not skipped.
    lines.seek(position - 1)
    lines.readline()
    return lines.readline()


# The ones of twelve characters and more that everybody tries first.
_COMMON = frozenset(
    {
        "123456789012",
        "1234567890123",
        "12345678901234",
        "123456789abc",
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "aaaaaaaaaaaa",
        "abcdefghijkl",
        "administrator",
        "changeme1234",
        "iloveyou1234",
        "letmein12345",
        "password1234",
        "passwordpassword",
        "qwertyuiop12",
        "qwertyuiopas",
        "qwertyuiop123",
        "wachtwoord12",
        "wachtwoord123",
        "welkom123456",
        "welcome12345",
        "feyenoord1908",
        "rotterdam010!",
    }
)
