"""Throttling: counters of attempts and requests, shared by every process of an installation.

A counter has a window of real time, by the database's own clock: a demo that sets the
installation's clock neither forgives nor extends anything. It is spent in one statement, so that
parallel callers never get more than the limit between them. Spend *aside* (`database.aside()`):
a spend holds its counter until the transaction ends, and must stay when the request is refused.

The table is UNLOGGED: a spend waits for no disk, and a crash of the database begins new windows.
"""

import hmac
import math
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, settings_of

NO_TIME = timedelta(0)


class ThrottleCounter(Base):
    """What one key has used in its present window."""

    __tablename__ = "throttle_counters"
    __table_args__ = (
        sa.CheckConstraint("used >= 0", name="used_is_counted"),
        sa.CheckConstraint("granted >= 0", name="granted_is_counted"),
        {"prefixes": ["UNLOGGED"]},
    )

    key: Mapped[str] = mapped_column(primary_key=True)
    """A keyed hash of the caller's key: an address or a mail address can't be guessed from it."""
    window_ends_at: Mapped[datetime]
    used: Mapped[int]
    granted: Mapped[int]
    """What the last spend received. PostgreSQL before 18 can't return a row's old values."""


class Spent(NamedTuple):
    """How a spend went."""

    allowed: bool
    remaining: int
    """What is left in the window."""
    retry_after_seconds: int
    """When the window ends: whole seconds, at least 1, whether or not this spend was allowed."""


class Lease(NamedTuple):
    """Some of a limit, taken beforehand; worthless after its window."""

    granted: int
    """How many, from 0 to what was asked for."""
    remaining: int
    """What is left in the window for others."""
    ends_in_seconds: float


async def spend(
    session: AsyncSession, key: str, *, limit: int, window: timedelta, cost: int = 1
) -> Spent:
    """Use `cost` of the `limit` that `key` has in each window, all of it or nothing.

    The window begins with the first spend. A refused spend changes neither count nor window.
    """
    lease = await _spend(session, key, limit=limit, window=window, least=cost, most=cost)
    return Spent(lease.granted == cost, lease.remaining, max(1, math.ceil(lease.ends_in_seconds)))


async def lease(
    session: AsyncSession, key: str, *, limit: int, window: timedelta, size: int
) -> Lease:
    """Take up to `size` of the limit, as much as is left, to count on by oneself."""
    return await _spend(session, key, limit=limit, window=window, least=1, most=size)


async def give_back(session: AsyncSession, key: str, cost: int = 1) -> None:
    """Take a spend back, if its window still runs: the attempt was no failure after all."""
    await session.execute(
        sa.update(ThrottleCounter)
        .where(
            ThrottleCounter.key == _stored(session, key),
            ThrottleCounter.window_ends_at > sa.func.clock_timestamp(),
        )
        .values(used=sa.func.greatest(ThrottleCounter.used - cost, 0))
    )


async def forget_expired(session: AsyncSession, _older_than_days: int = 0) -> int:
    """Remove the counters of windows that are over, however short ago; say how many.

    A rule of housekeeping, where it stands last: callers wait for a counter that is being removed.
    """
    # Skipping what is locked, it never waits for a caller that may be waiting for it.
    expired = (
        sa.select(ThrottleCounter.key)
        .where(ThrottleCounter.window_ends_at <= sa.func.clock_timestamp())
        .with_for_update(skip_locked=True)
    )
    query = sa.delete(ThrottleCounter).where(ThrottleCounter.key.in_(expired))
    gone = await session.scalars(query.returning(ThrottleCounter.key))
    return len(gone.all())


def _stored(session: AsyncSession, key: str) -> str:
    # A plain hash of an address is found by trying all addresses; the secret prevents that.
    secret = settings_of(session).secret.get_secret_value()
    return hmac.digest(f"baat throttle {secret}".encode(), key.encode(), "sha256").hex()


# The moment of the spend is read once, into the row to be inserted: the conditions below must
# agree with each other. Read before the row's lock is had, it may lie before a window that another
# caller opened meanwhile; then the spend counts in that window, which is strict enough.
_SPEND = sa.text("""
    INSERT INTO throttle_counters AS counter (key, window_ends_at, used, granted)
    SELECT CAST(:key AS text), clock_timestamp() + CAST(:window AS interval), fits, fits
      FROM (SELECT LEAST(CAST(:most AS bigint), CAST(:limit AS bigint)) AS room) AS rooms,
           LATERAL (SELECT CASE WHEN room >= CAST(:least AS bigint) THEN room ELSE 0 END AS fits)
                   AS answers
    ON CONFLICT (key) DO UPDATE
       SET window_ends_at = CASE WHEN counter.window_ends_at <= excluded.window_ends_at - :window
                                 THEN excluded.window_ends_at
                                 ELSE counter.window_ends_at END,
           used = CASE WHEN counter.window_ends_at <= excluded.window_ends_at - :window
                       THEN excluded.used
                       WHEN LEAST(:most, :limit - counter.used) >= :least
                       THEN counter.used + LEAST(:most, :limit - counter.used)
                       ELSE counter.used END,
           granted = CASE WHEN counter.window_ends_at <= excluded.window_ends_at - :window
                          THEN excluded.granted
                          WHEN LEAST(:most, :limit - counter.used) >= :least
                          THEN LEAST(:most, :limit - counter.used)
                          ELSE 0 END
    RETURNING granted, used, window_ends_at - clock_timestamp()
""")


async def _spend(session: AsyncSession, key: str, **terms: Any) -> Lease:  # noqa: ANN401  As SQL.
    answer = await session.execute(_SPEND, {"key": _stored(session, key), **terms})
    granted, used, left = answer.one()
    remaining = max(0, terms["limit"] - used)
    return Lease(granted, remaining, max(left, NO_TIME).total_seconds())
