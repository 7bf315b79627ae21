"""Who has which job: the statements that move a job from state to state.

A claim is a job's id with a lease of its own. Every later step insists on that lease, so that a
worker that was slow, and whose job another one took over, changes nothing any more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import settings_of
from app.core.ids import new_id
from app.core.jobs.enqueueing import CHANNEL
from app.core.jobs.models import JobState


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that a worker has, until its lease runs out."""

    id: UUID
    lease: UUID
    kind: str
    state: JobState
    """Running; or dead, if its last attempt silently killed its worker."""
    arguments: dict[str, Any]
    attempts: int
    origin: dict[str, str]
    waited_seconds: float


class ClaimLost(Exception):  # noqa: N818  Read aloud it says what happened.
    """Another worker took the job over; nothing of this attempt may stay."""


_CLAIM = sa.text("""
    WITH due AS (
        SELECT id, attempts < max_attempts AS again FROM jobs
         WHERE state IN ('queued', 'running')
           AND kind = ANY(:kinds)
           AND run_at <= :now
           AND (held_until IS NULL OR held_until <= clock_timestamp())
         ORDER BY run_at, id
         LIMIT :free
           FOR UPDATE SKIP LOCKED
    )
    UPDATE jobs
       SET state = CASE WHEN again THEN 'running' ELSE 'dead' END,
           lease = CASE WHEN again THEN CAST(:lease AS uuid) END,
           held_until = CASE WHEN again
               THEN clock_timestamp() + make_interval(secs => :lease_seconds) END,
           attempts = CASE WHEN again THEN attempts + 1 ELSE attempts END,
           finished_at = CASE WHEN again THEN NULL ELSE CAST(:now AS timestamptz) END,
           last_error = CASE WHEN again THEN last_error
               ELSE 'WorkerLost: the worker of the last attempt fell silent' END
      FROM due
     WHERE jobs.id = due.id
    RETURNING jobs.id, kind, state, arguments, attempts, origin,
              CAST(EXTRACT(EPOCH FROM CAST(:now AS timestamptz) - run_at) AS double precision)
                  AS waited_seconds
""")


async def claim(session: AsyncSession, kinds: Sequence[str], free: int) -> list[Claim]:
    """Take up to `free` jobs that are due and that nobody holds, oldest first."""
    if free <= 0 or not kinds:
        return []
    lease = new_id()
    rows = await session.execute(
        _CLAIM,
        {
            "kinds": list(kinds),
            "now": clock.now(),
            "free": free,
            "lease": lease,
            "lease_seconds": settings_of(session).job_lease_seconds,
        },
    )
    found = [
        Claim(**{**row, "lease": lease, "state": JobState(row["state"])}) for row in rows.mappings()
    ]
    return sorted(found, key=lambda claim: claim.waited_seconds, reverse=True)


_RENEW = sa.text("""
    UPDATE jobs SET held_until = clock_timestamp() + make_interval(secs => :lease_seconds)
     WHERE id = ANY(:ids) AND lease = ANY(:leases)
    RETURNING id
""")


async def renew(session: AsyncSession, held: Iterable[Claim]) -> set[UUID]:
    """Keep jobs for another lease; say which of them are still ours."""
    seconds = settings_of(session).job_lease_seconds
    rows = await session.scalars(_RENEW, {**_these(held), "lease_seconds": seconds})
    return set(rows)


_FINISH = sa.text("""
    UPDATE jobs SET state = 'done', finished_at = :now, lease = NULL, held_until = NULL
     WHERE id = :id AND lease = :lease
    RETURNING id
""")


async def finish(session: AsyncSession, claim: Claim) -> None:
    """Mark a job as done, in the transaction that holds its effect.

    Raises:
        ClaimLost: it is another worker's by now; the caller must roll back.
    """
    values = {"id": claim.id, "lease": claim.lease, "now": clock.now()}
    if await session.scalar(_FINISH, values) is None:
        raise ClaimLost


_FAIL = sa.text("""
    WITH begun AS (
        SELECT id, attempts < max_attempts AND NOT :hopeless AS again
          FROM jobs WHERE id = :id AND lease = :lease FOR UPDATE
    )
    UPDATE jobs
       SET state = CASE WHEN again THEN 'queued' ELSE 'dead' END,
           lease = NULL,
           held_until = CASE WHEN again
               THEN clock_timestamp() + random() * make_interval(secs => :longest_wait) END,
           finished_at = CASE WHEN again THEN NULL ELSE CAST(:now AS timestamptz) END,
           last_error = :error
      FROM begun
     WHERE jobs.id = begun.id
    RETURNING state
""")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt failed, and what follows from it."""

    error: str
    longest_wait_seconds: float
    hopeless: bool = False
    """No further attempt can help."""


async def fail(session: AsyncSession, claim: Claim, failure: Failure) -> JobState | None:
    """Let a job wait for its next attempt, or be dead if there is none; none if it isn't ours."""
    state = await session.scalar(
        _FAIL,
        {
            "id": claim.id,
            "lease": claim.lease,
            "now": clock.now(),
            "error": failure.error,
            "hopeless": failure.hopeless,
            "longest_wait": failure.longest_wait_seconds,
        },
    )
    return JobState(state) if state else None


_GIVE_BACK = sa.text("""
    WITH free AS (
        UPDATE jobs
           SET state = 'queued', lease = NULL, held_until = NULL, attempts = attempts - 1
         WHERE id = ANY(:ids) AND lease = ANY(:leases)
        RETURNING id
    )
    SELECT id, pg_notify(:channel, '') FROM free
""")


async def give_back(session: AsyncSession, held: Iterable[Claim]) -> int:
    """Let other workers have these jobs at once; an interrupted attempt does not count."""
    rows = await session.scalars(_GIVE_BACK, {**_these(held), "channel": CHANNEL})
    return len(rows.all())


_NEXT = sa.text("""
    SELECT CAST(EXTRACT(EPOCH FROM LEAST(
        (SELECT min(run_at) FROM jobs
          WHERE state IN ('queued', 'running') AND run_at > CAST(:now AS timestamptz))
            - CAST(:now AS timestamptz),
        (SELECT min(held_until) FROM jobs WHERE held_until > clock_timestamp())
            - clock_timestamp()
    )) AS double precision)
""")


async def seconds_to_next(session: AsyncSession) -> float | None:
    """Say when the next job may become due; none if nothing is waiting."""
    seconds: float | None = await session.scalar(_NEXT, {"now": clock.now()})
    return seconds


_DEPTH = sa.text("""
    SELECT state, count(*) FROM jobs WHERE state IN ('queued', 'running') GROUP BY state
    UNION ALL
    SELECT 'dead', count(*) FROM jobs WHERE state = 'dead'
""")


async def depth(session: AsyncSession) -> dict[JobState, int]:
    """Count the jobs that are not done."""
    rows = await session.execute(_DEPTH)
    found = {JobState(state): int(count) for state, count in rows}
    return {state: found.get(state, 0) for state in JobState if state is not JobState.DONE}


def _these(held: Iterable[Claim]) -> dict[str, list[UUID]]:
    # A lease is one worker's own: ids and leases that don't belong together never meet.
    claims = list(held)
    return {"ids": [claim.id for claim in claims], "leases": [claim.lease for claim in claims]}
