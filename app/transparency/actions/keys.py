"""The log's keys: made here, sealed, and changed without a break."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeAlias

import sqlalchemy as sa
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events, sealing
from app.core.database import settings_of
from app.core.events import Actor
from app.transparency import notes, queries
from app.transparency.models import LogKey, LogWitness
from app.transparency.notes import Key, Signer
from app.transparency.problems import NoLogKey, OwnWitness, WitnessUnknown

PURPOSE = "log key"
OVERLAP = timedelta(days=90)

Change: TypeAlias = Callable[[AsyncSession], Awaitable[None]]

logger = structlog.get_logger(__name__)


async def first(session: AsyncSession, actor: Actor) -> LogKey:
    """Make the log's first key, if it has none; the origin is fixed by it for ever."""
    await _lock(session)
    if known := await queries.keys(session):
        return known[-1]
    return await _make(session, _origin(session), actor)


async def rotate(session: AsyncSession, overlap: timedelta, actor: Actor) -> LogKey:
    """Make another key; those before sign beside it until the overlap is over.

    Whoever knows the old key sees both signatures, and may take the new one over.

    Raises:
        NoLogKey: there is none to follow.
    """
    await _lock(session)
    known = await queries.keys(session)
    if not known:
        raise NoLogKey
    until = clock.now() + overlap
    for key in known:
        if key.retires_at is None or key.retires_at > until:
            key.retires_at = until
    return await _make(session, known[0].name, actor)


async def signers(session: AsyncSession) -> list[Signer]:
    """Open the keys that the log signs with now; forget those that have retired.

    Raises:
        CannotOpen: they were sealed with another secret.
    """
    found = []
    for row in await queries.keys(session):
        if queries.signs_at(row, clock.now()) and row.sealed_key is not None:
            seed = sealing.unseal(session, PURPOSE, row.sealed_key)
            found.append(Signer(row.name, Ed25519PrivateKey.from_private_bytes(seed)))
        elif row.sealed_key is not None:
            row.sealed_key = None
            logger.info("log_key_retired", key=str(queries.key_of(row)))
    return found


async def add_witness(session: AsyncSession, key: Key, actor: Actor) -> LogWitness:
    """Take the cosignatures of a witness from now on.

    Raises:
        OwnWitness: it is the log itself.
    """
    await _lock(session)
    for own in await queries.keys(session):
        if key.name == own.name or key.public == own.public_key:
            raise OwnWitness
    for witness in await queries.witnesses(session):
        if queries.witness_key_of(witness) == key:
            return witness
    witness = LogWitness(name=key.name, public_key=key.public)
    session.add(witness)
    await session.flush()
    events.record(session, "log.witness-added", witness.id, actor, key=str(key))
    return witness


async def end_witness(session: AsyncSession, key: Key, actor: Actor) -> LogWitness:
    """Take no more cosignatures of a witness; those that were taken stay.

    Raises:
        WitnessUnknown: none were taken.
    """
    for witness in await queries.witnesses(session):
        if queries.witness_key_of(witness) == key:
            witness.ended_at = clock.now()
            events.record(session, "log.witness-ended", witness.id, actor, key=str(key))
            return witness
    raise WitnessUnknown(key.name)


async def _make(session: AsyncSession, origin: str, actor: Actor) -> LogKey:
    signer = Signer(origin, Ed25519PrivateKey.generate())
    seed = signer.private.private_bytes_raw()
    row = LogKey(
        name=origin,
        public_key=signer.key.public,
        sealed_key=sealing.seal(session, PURPOSE, seed),
    )
    session.add(row)
    await session.flush()
    events.record(session, "log.key-made", row.id, actor, key=str(signer.key))
    return row


def _origin(session: AsyncSession) -> str:
    """Name the log by its address, without the scheme."""
    origin = settings_of(session).public_url.partition("://")[2] + "/log"
    assert notes.is_name(origin), origin  # noqa: S101  The setting allows no other.
    return origin


async def _lock(session: AsyncSession) -> None:
    lock = sa.text("SELECT pg_advisory_xact_lock(hashtextextended('log keys', 0))")
    await session.execute(lock)
