"""Work that comes back: one job for each slot of time, whoever enqueues it first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.jobs.enqueueing import enqueue
from app.core.jobs.kinds import JobKind

_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
"""A Monday; slots are counted from here."""


@dataclass(frozen=True, slots=True)
class Periodic:
    """A kind of job, without arguments, to be done once in every slot of so long.

    Slots follow the installation's clock. A slot in which no worker lived, or over which a demo's
    clock jumped, is not made up for.
    """

    kind: JobKind
    every: timedelta

    def __post_init__(self) -> None:
        # A slot's job must outlive the slot: finished jobs are kept for a day at least.
        if not timedelta(0) < self.every <= timedelta(days=1):
            raise ValueError(f"{self.kind.name} must come back within a day.")

    def slot(self, at: datetime) -> datetime:
        """Say when the slot began that holds this moment."""
        return at - (at - _EPOCH) % self.every

    def unique_key(self, slot: datetime) -> str:
        """Name the job of one slot."""
        return f"{self.kind.name}/{slot.isoformat()}"


class Timetable:
    """What this worker has enqueued of the periodic jobs, and when the next slot begins."""

    def __init__(self, periodics: Iterable[Periodic]) -> None:
        self._periodics = tuple(periodics)
        self._enqueued: dict[Periodic, datetime] = {}

    def due(self) -> dict[Periodic, datetime]:
        """List what this worker has not enqueued yet in its present slot."""
        slots = {periodic: periodic.slot(clock.now()) for periodic in self._periodics}
        return {
            periodic: slot
            for periodic, slot in slots.items()
            if self._enqueued.get(periodic) != slot
        }

    async def enqueue(self, session: AsyncSession, due: dict[Periodic, datetime]) -> None:
        """Want the jobs of these slots, unless another worker did."""
        for periodic, slot in due.items():
            key = periodic.unique_key(slot)
            await enqueue(session, periodic.kind, run_at=slot, unique_key=key)

    def remember(self, due: dict[Periodic, datetime]) -> None:
        """Take these slots as served; called when their jobs are in the database."""
        self._enqueued |= due

    def seconds_to_next(self) -> float | None:
        """Say when the next slot begins."""
        now = clock.now()
        waits = [periodic.slot(now) + periodic.every - now for periodic in self._periodics]
        return min(waits).total_seconds() if waits else None
