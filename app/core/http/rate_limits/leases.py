"""Limits that all processes share: each leases some of a caller's writes and counts those itself.

Between them they never allow more than the limit. What a process leased and did not use is lost
until the window ends, so that a caller spread over several processes may get a little less.
"""

import asyncio
import math
from dataclasses import dataclass, field
from datetime import timedelta

import asyncpg
import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.core import throttle
from app.core.database import Database
from app.core.http.rate_limits.buckets import WINDOW_SECONDS, Buckets, Clock, Recent, Standing
from app.core.problems import Unavailable

logger = structlog.get_logger(__name__)

LEASES_PER_WINDOW = 20
WAIT_SECONDS = 2.0
"""A request waits no longer than this to be counted."""
PAUSE_SECONDS = 5.0
"""A database that did not answer is left alone for so long."""

_NO_ANSWER = (SQLAlchemyError, asyncpg.PostgresError, Unavailable, OSError, TimeoutError)


@dataclass(slots=True)
class Stock:
    """What one caller may still do in this window, as this process knows it."""

    leased: int = 0
    """For this process alone."""
    shared: int = 0
    """What was left for everybody when this process last asked."""
    ends_at: float = -math.inf
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    def take(self, now: float) -> bool:
        """Use one, if any is leased."""
        if self.leased == 0 or now >= self.ends_at:
            return False
        self.leased -= 1
        return True

    def is_exhausted(self, now: float) -> bool:
        """Know, without asking, that nothing is left in this window."""
        return self.leased == self.shared == 0 and now < self.ends_at

    def standing(self, now: float, *, allowed: bool) -> Standing:
        """Say where the caller stands."""
        reset_seconds = max(1, math.ceil(self.ends_at - now))
        return Standing(allowed, self.leased + self.shared, reset_seconds)


class Leases:
    """One limit, shared through the database."""

    def __init__(self, name: str, limit: int, clock: Clock) -> None:
        self.limit = limit
        self._name = name
        self._size = max(1, limit // LEASES_PER_WINDOW)
        self._clock = clock
        self._stocks: Recent[Stock] = Recent(WINDOW_SECONDS, clock)
        self._without_database = Buckets(limit, clock)
        self._paused_until = -math.inf

    async def take(self, database: Database, key: str) -> Standing:
        """Use one of what a caller may do; without the database this process counts alone."""
        stock = self._stocks.put(key, self._stocks.get(key) or Stock())
        now = self._clock()
        if stock.take(now):
            return stock.standing(now, allowed=True)
        async with stock.asking:
            return await self._take_or_ask(database, key, stock)

    async def _take_or_ask(self, database: Database, key: str, stock: Stock) -> Standing:
        now = self._clock()  # Another request may have asked meanwhile, and not only for itself.
        if stock.take(now):
            return stock.standing(now, allowed=True)
        if stock.is_exhausted(now):
            return stock.standing(now, allowed=False)
        if not await self._ask(database, key, stock, now):
            return self._without_database.take(key)
        return stock.standing(now, allowed=stock.take(now))

    async def _ask(self, database: Database, key: str, stock: Stock, now: float) -> bool:
        """Lease some more; say whether the database answered."""
        if now < self._paused_until:
            return False
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                lease = await self._lease(database, key)
        except _NO_ANSWER as error:
            self._paused_until = now + PAUSE_SECONDS
            logger.warning(
                "counting_without_database", limit=self._name, reason=type(error).__name__
            )
            return False
        stock.leased, stock.shared = lease.granted, lease.remaining
        # Counted from before the question, so that the lease never outlives the window.
        stock.ends_at = now + lease.ends_in_seconds
        return True

    async def _lease(self, database: Database, key: str) -> throttle.Lease:
        async with database.aside() as session:
            return await throttle.lease(
                session,
                f"{self._name}/{key}",
                limit=self.limit,
                window=timedelta(seconds=WINDOW_SECONDS),
                size=self._size,
            )
