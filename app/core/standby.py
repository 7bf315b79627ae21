"""A hot standby that answers GETs, unless it lags behind who asks, or is away, or was promoted.

A promoted one is passed over: who reads there while others still write to the old primary would
read a past that never was. Point `REPLICA_DATABASE_URL` at its own standby, once it has one.
"""

import re
import time

import sqlalchemy as sa
import structlog
from prometheus_client import Counter
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from app.core.problems import Unavailable

AWAY_SECONDS = 5.0
"""So long one that gave no answer is left alone; then one request tries again."""

READS = Counter(
    "baat_standby_reads", "GETs that a standby might answer, by what became of it.", ["outcome"]
)
"""`answered`; else the primary did: `behind` (the reader's own write), `promoted`, or `away`."""

logger = structlog.get_logger(__name__)


class Standby:
    """The way to it that one process has."""

    def __init__(self, engine: AsyncEngine, readers: async_sessionmaker[AsyncSession]) -> None:
        self.engine = engine
        self._readers = readers
        self._is_away = False
        self._left_alone_until = float("-inf")

    async def fresh(self, read_after: str | None) -> AsyncSession | None:
        """Open a READ ONLY session on it, if it answers and has come as far as who asks has."""
        position = read_after or "0/0"
        if not _POSITION.fullmatch(position):
            return None
        session, outcome = None, "away"
        if self._may_be_asked():
            session = self._readers()
            outcome = await self._asked(session, position)
        READS.labels(outcome).inc()
        if session is not None and outcome != "answered":
            await session.close()
            return None
        return session

    def _may_be_asked(self) -> bool:
        """Let one request after the other find out whether it is back, and not all of them."""
        now = time.monotonic()
        if now < self._left_alone_until:
            return False
        if self._is_away:
            self._left_alone_until = now + AWAY_SECONDS
        return True

    async def _asked(self, session: AsyncSession, position: str) -> str:
        try:
            outcome = str(await session.scalar(_OUTCOME, {"position": position}))
        except Unavailable:
            self._is_away = True
            self._left_alone_until = time.monotonic() + AWAY_SECONDS
            logger.warning("standby_passed_over", exc_info=True)
        except (exc.DBAPIError, exc.TimeoutError):
            logger.warning("standby_passed_over", exc_info=True)
        else:
            self._is_away, self._left_alone_until = False, float("-inf")
            return outcome
        return "away"


_POSITION = re.compile(r"[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}")

# As text: the driver's own idea of a position is a number.
_OUTCOME = sa.text("""
    SELECT CASE WHEN NOT pg_is_in_recovery() THEN 'promoted'
                WHEN pg_last_wal_replay_lsn() >= CAST(CAST(:position AS text) AS pg_lsn)
                THEN 'answered' ELSE 'behind' END
""")
