"""The table of jobs."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Identified


class JobState(StrEnum):
    """The life of a job. Each step names what takes it."""

    QUEUED = "queued"
    """It waits for its moment (`enqueue`), for the next attempt after a failure (`claims.fail`) or
    for another worker (`claims.give_back`); an operator brings it back (`dead_letters.retry`)."""
    RUNNING = "running"
    """A worker has it (`claims.claim`), and keeps it as long as it renews the lease."""
    DONE = "done"
    """Its work is in the database or was done outside (`claims.finish`)."""
    DEAD = "dead"
    """Every attempt failed, or none can help (`claims.fail`, `claims.claim`)."""


OPEN = text("state IN ('queued', 'running')")


class Job(Identified):
    """Work for later, written in the transaction that wants it.

    Two clocks: `run_at` is a moment of the installation's clock, which a demo may set;
    `held_until` is of the database machine's real time, so that a jump of that clock neither ends
    a lease nor skips a back-off.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("attempts BETWEEN 0 AND max_attempts", name="attempts_are_counted"),
        CheckConstraint("(state = 'running') = (lease IS NOT NULL)", name="who_runs_has_a_lease"),
        CheckConstraint(
            "(state IN ('done', 'dead')) = (finished_at IS NOT NULL)", name="the_end_has_a_moment"
        ),
        Index("ix_jobs_open", "run_at", "id", postgresql_where=OPEN),
        Index("ix_jobs_held", "held_until", postgresql_where=text("held_until IS NOT NULL")),
        Index("ix_jobs_dead", "id", postgresql_where=text("state = 'dead'")),
        Index("ix_jobs_finished", "finished_at", postgresql_where=text("finished_at IS NOT NULL")),
    )

    kind: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    """Ids and figures, never personal details."""
    unique_key: Mapped[str | None] = mapped_column(Text, unique=True)
    state: Mapped[JobState] = mapped_column(default=JobState.QUEUED)
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    """How often a worker began, counted beforehand: a job that kills its worker counts too."""
    max_attempts: Mapped[int]
    held_until: Mapped[datetime | None]
    """Until then nobody may take it: the lease of the worker, or the back-off after a failure."""
    lease: Mapped[UUID | None]
    """The claim of the worker that has it; a worker whose claim is another's can't finish it."""
    last_error: Mapped[str | None]
    """The class and first line of what went wrong, without addresses."""
    origin: Mapped[dict[str, Any]]
    """The request that wanted it (`request_id`, `trace_id`), for the logs."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None]
