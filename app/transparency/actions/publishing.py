"""Publishing: a checkpoint over what was appended, and the chore that does both."""

import sqlalchemy as sa
import structlog
from prometheus_client import Gauge
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Database
from app.core.events import Actor
from app.transparency import notes, queries
from app.transparency.actions import appending, keys
from app.transparency.checkpoints import Checkpoint
from app.transparency.models import LogCheckpoint

SIZE = Gauge("baat_log_signed_size", "For how many leaves the public log has signed.")

LOG = Actor.system("log")

logger = structlog.get_logger(__name__)


class LogForked(Exception):  # noqa: N818  Read aloud it says what happened.
    """The tree does not begin with what was signed before: nothing more is signed."""


async def seal(database: Database) -> None:
    """Append all that waits, then sign for it.

    In transactions of their own: what is signed is committed, whenever the process ends.
    """
    added = appending.AT_ONCE
    while added >= appending.AT_ONCE:
        async with database.work() as session:
            added = await appending.append(session)
    async with database.work() as session:
        await publish(session)


async def publish(session: AsyncSession) -> LogCheckpoint | None:
    """Sign for all leaves, if there are more than before; the first time, make the log's key.

    Raises:
        LogForked: somebody changed what was signed before.
    """
    before = await queries.checkpoint(session)
    signed = 0 if before is None else before.size
    if await queries.size(session) == signed:
        return None
    await session.execute(_LOCK, {"name": appending.LOCK})
    before = await queries.checkpoint(session)
    signed, size = 0 if before is None else before.size, await queries.size(session)
    if size == signed:
        return None
    try:
        old_root, root = await queries.hashed(session, [(0, signed), (0, size)])
    except LookupError as error:
        message = f"Some of {max(signed, size)} leaves are gone."
        raise LogForked(message) from error
    if before is not None and old_root != before.root:
        message = f"The first {signed} leaves are not what was signed for them."
        raise LogForked(message)
    return await _sign(session, size, root)


_LOCK = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


async def _sign(session: AsyncSession, size: int, root: bytes) -> LogCheckpoint:
    await keys.first(session, LOG)
    signers = await keys.signers(session)
    text = str(Checkpoint(signers[-1].name, size, root))
    checkpoint = LogCheckpoint(
        size=size,
        root=root,
        note=str(notes.signed(text, signers)),
        signed_at=await queries.moment(session),
    )
    session.add(checkpoint)
    await session.flush()
    SIZE.set(size)
    logger.info("log_signed", size=size)
    return checkpoint
