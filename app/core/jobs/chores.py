"""Chores: what every worker does again and again, too often for a row each time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Database, unavailable
from app.core.jobs import metrics
from app.core.jobs.attempts import while_database_is_away

logger = structlog.get_logger(__name__)


class Bell:
    """Calls all chores at once: what was to be done later is to be done now."""

    def __init__(self) -> None:
        self.next = asyncio.Event()

    def ring(self) -> None:
        """Call those who wait, and those who are at it once more."""
        self.next.set()
        self.next = asyncio.Event()


@dataclass(frozen=True, slots=True)
class Chore:
    """Something cheap to do every so many seconds, that bears being done by several at once.

    It may be stopped in the middle: what it does stands in transactions of its own.
    """

    name: str
    action: Callable[[Database], Awaitable[object]]
    every_seconds: float

    async def repeat(self, database: Database, bell: Bell) -> NoReturn:
        """Do it until cancelled, and each time at once when the bell rings.

        A failure is logged and counted, and the next turn tries again.
        """
        while True:
            # Heard from now on, also while it is being done.
            rung = bell.next
            try:
                with while_database_is_away("chore_waits_for_database"):
                    await self.action(database)
            except Exception:
                # It may fail in any way, and must take neither the jobs nor other chores with it.
                logger.exception("chore_failed", chore=self.name)
                metrics.FAILED_CHORES.labels(self.name).inc()
            with suppress(TimeoutError):
                await asyncio.wait_for(rung.wait(), self.every_seconds)


async def each_in_turn(
    database: Database,
    row_ids: Iterable[UUID],
    action: Callable[[AsyncSession, UUID], Awaitable[object]],
) -> None:
    """Do one thing to each row, in its own transaction; a failure keeps no other from its turn.

    Raises:
        ExceptionGroup: those that failed, once all had their turn.
    """
    failures = []
    for row_id in row_ids:
        try:
            async with database.work() as session:
                await action(session, row_id)
        except Exception as failure:
            if unavailable(failure) is not None:
                raise
            failures.append(failure)
    if failures:
        message = "some rows could not be done"
        raise ExceptionGroup(message, failures)
