"""Chores: what every worker does again and again, too often for a row each time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NoReturn

import structlog

from app.core.database import Database
from app.core.jobs import metrics
from app.core.jobs.attempts import while_database_is_away

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Chore:
    """Something cheap to do every so many seconds, that bears being done by several at once.

    It may be stopped in the middle: what it does stands in transactions of its own.
    """

    name: str
    action: Callable[[Database], Awaitable[object]]
    every_seconds: float

    async def repeat(self, database: Database) -> NoReturn:
        """Do it until cancelled. A failure is logged and counted, and the next turn tries again."""
        while True:
            try:
                with while_database_is_away("chore_waits_for_database"):
                    await self.action(database)
            except Exception:
                # It may fail in any way, and must take neither the jobs nor other chores with it.
                logger.exception("chore_failed", chore=self.name)
                metrics.FAILED_CHORES.labels(self.name).inc()
            await asyncio.sleep(self.every_seconds)
