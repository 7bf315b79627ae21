"""The worker: takes jobs that are due, does several at a time, and keeps its leases alive."""

import asyncio
import time
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Any, Self

import structlog

from app.core.database import Database
from app.core.jobs import claims, metrics
from app.core.jobs.attempts import attempt, while_database_is_away
from app.core.jobs.chores import Bell, Chore
from app.core.jobs.claims import Claim
from app.core.jobs.kinds import Handler, by_name
from app.core.jobs.models import JobState
from app.core.jobs.periodic import Periodic, Timetable

GRACE_SECONDS = 8.0
"""How long running jobs may go on when the worker stops; Docker kills after ten."""

logger = structlog.get_logger(__name__)


@dataclass(slots=True, eq=False)
class _Run:
    claim: Claim
    task: asyncio.Task[None]
    held_until: float
    """By the monotonic clock of this machine."""


class Worker:
    """Does jobs until it is told to stop; `async with` runs it beside something else."""

    def __init__(
        self,
        database: Database,
        handlers: Iterable[Handler],
        periodics: Iterable[Periodic] = (),
        *,
        chores: Iterable[Chore] = (),
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        self._database = database
        self._settings = database.settings
        self._handlers = by_name(handlers)
        self._inside = [name for name, one in self._handlers.items() if one.in_transaction]
        self._outside = [name for name, one in self._handlers.items() if not one.in_transaction]
        self._timetable = Timetable(periodics)
        self._chores = tuple(chores)
        self._bell = Bell()
        self._grace_seconds = grace_seconds
        self._runs: set[_Run] = set()
        self._wake = asyncio.Event()
        self._stopping = False
        self._turned_at = float("-inf")
        self._task: asyncio.Task[None] | None = None

    @property
    def alive(self) -> bool:
        """Tell whether it still comes around to look for work."""
        # A turn waits for a connection and for its statements before it fails.
        patience = 2 * self._settings.job_poll_seconds + self._settings.database_wait_seconds
        patience += self._settings.statement_timeout_seconds
        return time.monotonic() - self._turned_at < patience

    def wake(self) -> None:
        """Look for work now: something was enqueued."""
        self._wake.set()

    def hurry(self) -> None:
        """Look for work and do every chore now: the clock of a demo moved."""
        self._wake.set()
        self._bell.ring()

    def stop(self) -> None:
        """Take no more jobs; `run` ends when the running ones have, or are given back."""
        self._stopping = True
        self._wake.set()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self.run(), name="worker")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        if self._task is not None:
            await self._task

    async def run(self) -> None:
        """Work until `stop`.

        A database that does not answer is waited for; any other fault of the worker itself ends
        it, `alive` becomes false, and whoever supervises the process starts it anew.
        """
        logger.info("worker_started", kinds=sorted(self._handlers))
        try:
            async with asyncio.TaskGroup() as group:
                beside = [
                    group.create_task(work) for work in (self._keep_leases(), *self._repeating())
                ]
                while not self._stopping:
                    self._turned_at = time.monotonic()
                    self._wake.clear()
                    await self._sleep(await self._turn(group))
                await self._wind_down()
                for task in beside:
                    task.cancel()
        except Exception:
            logger.critical("worker_died", exc_info=True)
            raise
        finally:
            self._turned_at = float("-inf")
        logger.info("worker_stopped")

    async def _sleep(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)

    async def _turn(self, group: asyncio.TaskGroup) -> float:
        """Take what there is, and say after how many seconds to look again."""
        pause = self._settings.job_poll_seconds
        with while_database_is_away("worker_waits_for_database"):
            await self._enqueue_periodic()
            free = self._settings.worker_concurrency - len(self._runs)
            if free and await self._claim(group, free) < free:
                pause = min(pause, await self._seconds_to_next())
        return pause

    async def _enqueue_periodic(self) -> None:
        if due := self._timetable.due():
            async with self._database.work() as session:
                await self._timetable.enqueue(session, due)
            self._timetable.remember(due)

    async def _claim(self, group: asyncio.TaskGroup, free: int) -> int:
        asked_at = time.monotonic()
        async with self._database.work() as session:
            found = await claims.claim(session, self._outside, min(free, self._free_outside()))
            found += await claims.claim(session, self._inside, free - len(found))
        for claim in found:
            if claim.state is JobState.DEAD:
                metrics.ATTEMPTS.labels(claim.kind, "dead").inc()
                logger.error("job_killed_its_worker", job_id=str(claim.id), job_kind=claim.kind)
                continue
            handler = self._handlers[claim.kind]
            task = group.create_task(attempt(self._database, handler, claim), name=claim.kind)
            run = _Run(claim, task, asked_at + self._settings.job_lease_seconds)
            self._runs.add(run)
            task.add_done_callback(partial(self._ended, run))
        return len(found)

    def _free_outside(self) -> int:
        """Say how many more jobs may wait for others: one place in four stays for our own work."""
        places = self._settings.worker_concurrency
        waiting = sum(not self._handlers[run.claim.kind].in_transaction for run in self._runs)
        return max(1, places - max(1, places // 4)) - waiting

    def _ended(self, run: _Run, _task: asyncio.Task[None]) -> None:
        self._runs.remove(run)
        self._wake.set()

    async def _seconds_to_next(self) -> float:
        async with self._database.reading() as session:
            due = await claims.seconds_to_next(session)
        waits = (due, self._timetable.seconds_to_next())
        return min((wait for wait in waits if wait is not None), default=float("inf"))

    def _repeating(self) -> Iterable[Coroutine[Any, Any, None]]:
        return (chore.repeat(self._database, self._bell) for chore in self._chores)

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(self._settings.job_lease_seconds / 3)
            with while_database_is_away("leases_not_renewed"):
                await self._renew()
            self._drop_lapsed()

    async def _renew(self) -> None:
        asked_at = time.monotonic()
        held = list(self._runs)
        # The side writer's connections: those of the work itself may all be taken.
        async with self._database.aside() as session:
            ours = await claims.renew(session, [run.claim for run in held]) if held else set()
            depth = await claims.depth(session)
        for state, count in depth.items():
            metrics.OPEN.labels(state).set(count)
        for run in held:
            kept = asked_at + self._settings.job_lease_seconds
            run.held_until = kept if run.claim.id in ours else float("-inf")

    def _drop_lapsed(self) -> None:
        """Stop what another worker may take, or has taken, before it has two effects."""
        for run in self._runs:
            if run.held_until < time.monotonic():
                logger.warning("job_lost", job_id=str(run.claim.id), job_kind=run.claim.kind)
                run.task.cancel()

    async def _wind_down(self) -> None:
        if tasks := [run.task for run in self._runs]:
            await asyncio.wait(tasks, timeout=self._grace_seconds)
        unfinished = list(self._runs)
        for run in unfinished:
            run.task.cancel()
        if unfinished:
            await asyncio.wait([run.task for run in unfinished])
            await self._give_back([run.claim for run in unfinished])

    async def _give_back(self, unfinished: list[Claim]) -> None:
        with while_database_is_away("jobs_not_given_back"):
            async with self._database.work() as session:
                count = await claims.give_back(session, unfinished)
            logger.warning("jobs_given_back", count=count)
