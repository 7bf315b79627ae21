"""Count attempts on an account, in the database, so that all processes share the count."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import throttle
from app.core.problems import TooManyRequests
from app.organisations import credentials
from app.organisations.callers import Visitor

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
ELSEWHERE = 10
"""An account allows so many times more attempts from all networks together than from one, so
that a stranger's guessing hardly shuts its owner out."""
LETTERS_PER_ADDRESS = 5
LETTERS_PER_NETWORK = 50


class Attempt:
    """One try; it counts as a failure unless it is said to have succeeded."""

    def __init__(self) -> None:
        self.succeeded = False

    def succeed(self) -> None:
        """The password or code was right."""
        self.succeeded = True


async def one_at_a_time(session: AsyncSession, user_id: UUID) -> None:
    """Let a user prove a password or a code in one request at a time, until it has ended.

    Hashing takes long and this request holds a connection meanwhile: one user must not hold
    all of them.

    Raises:
        TooManyRequests: another request of the same user is at it.
    """
    number = int.from_bytes(credentials.digest(f"one at a time\0{user_id}")[:8], signed=True)
    if not await session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(number))):
        message = "Another change of your account's security is under way. Wait for its answer."
        raise TooManyRequests(message, retry_after_seconds=1)


@asynccontextmanager
async def counted(visitor: Visitor, email: str) -> AsyncIterator[Attempt]:
    """Count an attempt before it is made, and give it back when it succeeds.

    Raises:
        TooManyRequests: there were too many failures.
    """
    limits = _limits(visitor, email)
    async with visitor.database.aside() as aside:
        for key, limit in limits.items():
            await _spend(aside, key, limit, QUARTER)
    attempt = Attempt()
    try:
        yield attempt
    finally:
        if attempt.succeeded:
            async with visitor.database.aside() as aside:
                for key in limits:
                    await throttle.give_back(aside, key)


def _limits(visitor: Visitor, email: str) -> dict[str, int]:
    account = credentials.account_key(visitor.settings, email)
    here = visitor.settings.sign_in_attempts
    return {
        f"attempts {account} {visitor.network}": here,
        f"attempts {account}": here * ELSEWHERE,
        f"attempts {visitor.network}": visitor.settings.sign_in_attempts_per_network,
    }


async def count_letter(visitor: Visitor, email: str) -> None:
    """Count a mail that a stranger asks for, so that nobody floods a mailbox through us.

    Raises:
        TooManyRequests: this address or network had enough for now.
    """
    account = credentials.account_key(visitor.settings, email)
    async with visitor.database.aside() as aside:
        # A stranger can use up what an address gets from one network, not its owner's own.
        await _spend(aside, f"letters {account} {visitor.network}", LETTERS_PER_ADDRESS, HOUR)
        await _spend(aside, f"letters {account}", LETTERS_PER_ADDRESS * ELSEWHERE, HOUR)
        await _spend(aside, f"letters {visitor.network}", LETTERS_PER_NETWORK, HOUR)


async def _spend(aside: AsyncSession, key: str, limit: int, window: timedelta) -> None:
    spent = await throttle.spend(aside, key, limit=limit, window=window)
    if not spent.allowed:
        message = "There were too many attempts. Wait, then try again."
        raise TooManyRequests(message, retry_after_seconds=spent.retry_after_seconds)
