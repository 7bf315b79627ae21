"""One attempt at one job: run the action, and write down how it ended."""

import asyncio
import re
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from structlog.contextvars import bound_contextvars

from app.core.database import Database, unavailable
from app.core.jobs import claims, metrics
from app.core.jobs.claims import Claim, ClaimLost, Failure
from app.core.jobs.kinds import GiveUp, Handler
from app.core.jobs.models import JobState

LONGEST_ERROR = 300
AGAIN_SECONDS = 1.0
"""After so long it is tried again to write down that an attempt failed."""

logger = structlog.get_logger(__name__)


async def attempt(database: Database, handler: Handler, claim: Claim) -> None:
    """Do a job once. Whatever its action raises is written down, never passed on."""
    began = time.perf_counter()
    if claim.attempts == 1:
        metrics.WAITED.labels(claim.kind).observe(claim.waited_seconds)
    with bound_contextvars(**_names(claim)):
        try:
            async with asyncio.timeout(handler.kind.timeout_seconds):
                await _run(database, handler, claim)
            outcome = "done"
        except ClaimLost:
            logger.warning("job_lost")
            outcome = "lost"
        except Exception as error:  # noqa: BLE001  A job may fail in any way; each is recorded.
            outcome = await _record(database, handler, claim, error)
    metrics.TOOK.labels(claim.kind).observe(time.perf_counter() - began)
    metrics.ATTEMPTS.labels(claim.kind, outcome).inc()


async def _run(database: Database, handler: Handler, claim: Claim) -> None:
    arguments = handler.read(claim.arguments)
    if handler.in_transaction:
        async with database.work() as session:
            await handler.action(session, **arguments)
            # Last, so that the row is locked for a moment only and the lease can be renewed.
            await session.flush()
            await claims.finish(session, claim)
        return
    await handler.action(database, **arguments)
    async with database.work() as session:
        await claims.finish(session, claim)


async def _record(database: Database, handler: Handler, claim: Claim, error: Exception) -> str:
    failure = Failure(
        error=described(error),
        longest_wait_seconds=handler.kind.longest_wait_seconds(claim.attempts),
        hopeless=isinstance(error, GiveUp),
    )
    state = await _written_down(database, claim, failure)
    if state is None:
        logger.warning("job_lost", error=failure.error)
        return "lost"
    log = logger.error if state is JobState.DEAD else logger.warning
    log("job_failed", error=failure.error, state=state, stack=_stack(error))
    return "dead" if state is JobState.DEAD else "failed"


async def _written_down(database: Database, claim: Claim, failure: Failure) -> JobState | None:
    """Let a job fail, as soon as the database takes it; none if it is another worker's by then.

    Whoever let go of it without would leave it to lie for a lease, and the next one to find out
    once more, until no attempt is left. The worker stops this when the lease is over.
    """
    state, is_written = None, False
    while not is_written:
        with while_database_is_away("failure_not_recorded"):
            async with database.work() as session:
                state = await claims.fail(session, claim, failure)
            is_written = True
        if not is_written:
            await asyncio.sleep(AGAIN_SECONDS)
    return state


@contextmanager
def while_database_is_away(consequence: str) -> Iterator[None]:
    """Leave a step undone while the database does not answer; leases and turns make up for it."""
    try:
        yield
    except Exception as error:
        if unavailable(error) is None:
            raise
        logger.warning(consequence, error=type(error).__name__)


def described(error: BaseException) -> str:
    """Say what went wrong in one line, without the addresses that may stand in it."""
    message = next(iter(str(error).splitlines()), "")
    line = f"{type(error).__name__}: {message}" if message else type(error).__name__
    return re.sub(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+", "(address)", line)[:LONGEST_ERROR]


def _stack(error: BaseException) -> str:
    # The frames alone: an exception's further lines may quote rows, and rows hold people.
    return "".join(traceback.format_tb(error.__traceback__))


def _names(claim: Claim) -> dict[str, str | int]:
    return {
        **claim.origin,
        "job_id": str(claim.id),
        "job_kind": claim.kind,
        "job_attempt": claim.attempts,
    }
