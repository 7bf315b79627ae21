"""Delivering: what is due is sent, fairly for each endpoint, until nothing is.

Taken, sent and written down are three steps, and no transaction is open while something is sent.
Who dies between the second and the third leaves a lease behind: when it lapses somebody else sends
the webhook again, under the same id.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, sealing
from app.core.database import Database, unavailable
from app.core.ids import new_id
from app.webhooks import destinations, queries, sending, signing
from app.webhooks.actions import outcomes
from app.webhooks.actions.endpoints import SEALED_FOR
from app.webhooks.destinations import Destination, NotADestination
from app.webhooks.models import WebhookPair
from app.webhooks.sending import Outcome
from app.webhooks.signing import Pair

PLACES = 32
"""How many webhooks one worker sends at a time."""
PER_ENDPOINT = 4
"""How many of those to one endpoint; to one that fails, one: it may well let us wait each time."""
LEASE_SECONDS = 60.0
LOOK_AGAIN_SECONDS = 0.25
RECORDING = 2
"""How many write down how it went at a time, and so take a connection from others."""

logger = structlog.get_logger(__name__)

Post: TypeAlias = Callable[[Destination, Mapping[str, str], bytes], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Claim:
    """A webhook that this worker sends, until its lease lapses."""

    id: UUID
    lease: UUID
    endpoint_id: UUID
    url: str
    message_id: UUID
    body: bytes
    pairs: tuple[Pair, ...]


async def deliver_due(database: Database, post: Post = sending.post) -> None:
    """Send what is due until nothing is.

    Raises:
        ExceptionGroup: some could not even be tried; all others had their turn.
    """
    running: set[asyncio.Task[None]] = set()
    failures: list[BaseException] = []
    recording = asyncio.Semaphore(RECORDING)
    try:
        while True:
            async with database.work() as session:
                claims = await claim(session, PLACES - len(running))
            running |= {
                asyncio.create_task(_deliver(database, each, post, recording)) for each in claims
            }
            if not running:
                break
            done, running = await asyncio.wait(
                running, timeout=LOOK_AGAIN_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            failures += _failures(done)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    if failures:
        message = "some webhooks could not be tried"
        raise BaseExceptionGroup(message, failures)


def _failures(done: set[asyncio.Task[None]]) -> list[BaseException]:
    found = [error for task in done if (error := task.exception()) is not None]
    for error in found:
        if isinstance(error, Exception) and unavailable(error) is not None:
            raise error  # Nobody can be helped while the database is away.
    return found


async def _deliver(
    database: Database, claim: Claim, post: Post, recording: asyncio.Semaphore
) -> None:
    sent_at = clock.now()
    outcome = await _sent(database, claim, post)
    async with recording, database.work() as session:
        await outcomes.record(session, claim.id, claim.lease, sent_at, outcome)


async def _sent(database: Database, claim: Claim, post: Post) -> Outcome:
    if not claim.pairs:
        return Outcome(error="The secret can't be opened any more: change it.")
    # Receivers refuse what is old by their own clock: a demo's tells them nothing.
    headers = signing.headers(claim.message_id, int(time.time()), claim.body, claim.pairs)
    try:
        allow_here = database.settings.webhooks_to_loopback
        destination = destinations.read(claim.url, allow_here=allow_here)
    except NotADestination as error:
        return Outcome(error=str(error))
    return await post(destination, headers, claim.body)


async def claim(session: AsyncSession, free: int) -> list[Claim]:
    """Take webhooks that are due: of each endpoint some, those that waited longest first."""
    if free <= 0:
        return []
    lease = new_id()
    rows = (
        await session.execute(
            _CLAIM,
            {
                "now": clock.now(),
                "lease": lease,
                "lease_seconds": LEASE_SECONDS,
                "free": free,
                "per_endpoint": PER_ENDPOINT,
            },
        )
    ).all()
    pairs = await _pairs(session, {row.endpoint_id for row in rows})
    bodies = await queries.messages.bodies(
        session, {row.message_id: (row.type, row.created_at) for row in rows}
    )
    return [
        Claim(
            id=row.id,
            lease=lease,
            endpoint_id=row.endpoint_id,
            url=row.url,
            message_id=row.message_id,
            body=bodies[row.message_id],
            pairs=pairs[row.endpoint_id],
        )
        for row in rows
    ]


# An endpoint's own places are counted first, whoever has taken them: one with thousands waiting
# takes no more than its share, and whoever has the fewest comes first. So where many receivers let
# us wait, what is free next goes to those who don't.
_CLAIM = sa.text("""
WITH due AS (
    SELECT d.id
      FROM (SELECT e.id, e.failing_since,
                   (SELECT count(*) FROM webhook_deliveries h
                     WHERE h.endpoint_id = e.id
                       AND h.held_until > clock_timestamp()) AS held
              FROM webhook_endpoints e
             WHERE e.state = 'enabled'
               AND EXISTS (SELECT FROM webhook_deliveries w
                            WHERE w.endpoint_id = e.id AND w.state = 'waiting'
                              AND w.due_at <= :now)
             ORDER BY held, random()) e
     CROSS JOIN LATERAL (
           SELECT d.id FROM webhook_deliveries d
            WHERE d.endpoint_id = e.id AND d.state = 'waiting' AND d.due_at <= :now
              AND (d.held_until IS NULL OR d.held_until <= clock_timestamp())
            ORDER BY d.due_at, d.id
            LIMIT greatest(0, CASE WHEN e.failing_since IS NULL THEN :per_endpoint ELSE 1 END
                              - e.held)
              FOR UPDATE SKIP LOCKED) d
     LIMIT :free
)
UPDATE webhook_deliveries d
   SET lease = :lease,
       held_until = clock_timestamp() + make_interval(secs => :lease_seconds)
  FROM due, webhook_endpoints e
 WHERE d.id = due.id AND e.id = d.endpoint_id
RETURNING d.id, d.endpoint_id, d.message_id, d.type, d.created_at, e.url
""").bindparams(
    sa.bindparam("now", type_=sa.TIMESTAMP(timezone=True)),
    sa.bindparam("lease", type_=sa.Uuid()),
    sa.bindparam("lease_seconds", type_=sa.Double()),
    sa.bindparam("free", type_=sa.BigInteger()),
    sa.bindparam("per_endpoint", type_=sa.BigInteger()),
)


async def _pairs(session: AsyncSession, endpoint_ids: set[UUID]) -> Mapping[UUID, tuple[Pair, ...]]:
    """Open what endpoints sign with, the newest first; what can't be opened keeps no other back."""
    query = sa.select(WebhookPair).where(
        WebhookPair.endpoint_id.in_(endpoint_ids),
        sa.func.coalesce(WebhookPair.ends_at > clock.now(), sa.true()),
    )
    found: dict[UUID, tuple[Pair, ...]] = dict.fromkeys(endpoint_ids, ())
    for row in await session.scalars(query.order_by(WebhookPair.id.desc())):
        try:
            pair = Pair.read(sealing.unseal(session, SEALED_FOR, row.sealed))
        except sealing.CannotOpen:
            logger.error("webhook_secret_lost", endpoint_id=str(row.endpoint_id))  # noqa: TRY400  The stack says no more.
            continue
        found[row.endpoint_id] = (*found[row.endpoint_id], pair)
    return found
