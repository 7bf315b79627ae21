"""Keeping a file, erasing it, and letting the store forget what nobody keeps."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events, jobs
from app.core.database import Database
from app.core.events import Actor
from app.core.files import store
from app.core.files.models import File, FileArrival
from app.core.files.taking import Received
from app.core.problems import NotFound, Unavailable

REMOVE = jobs.JobKind("files.remove-content", max_attempts=40, back_off_seconds=10.0)
"""About a day of attempts."""

ARRIVAL_PERIOD = timedelta(days=1)


async def keep(session: AsyncSession, received: Received, actor: Actor) -> File:
    """Make a file of a received content, in the transaction of whatever refers to it.

    Raises:
        Unavailable: the content waited for more than a day and is being removed.
    """
    # Whoever takes the arrival away decides about its content: this, or `forget_arrivals`.
    arrived = sa.delete(FileArrival).where(FileArrival.id == received.id)
    if await session.scalar(arrived.returning(FileArrival.id)) is None:
        raise Unavailable("The file waited too long and is gone. Send it again.")
    file = File(
        id=received.id,
        sha256=received.sha256,
        size_bytes=received.size_bytes,
        media_type=received.media_type,
        name=received.name,
        uploaded_by=str(actor),
    )
    session.add(file)
    await session.flush()
    return file


async def erase(session: AsyncSession, file_id: UUID, actor: Actor) -> File:
    """Take the content and the name of a file; its hash, size and date stay as proof.

    The content goes when the transaction is committed; erasing twice has the first one's effect.

    Raises:
        NotFound: there is no such file.
    """
    # What the caller may have read before is not what stands there once the lock is got.
    file = await session.get(File, file_id, with_for_update=True, populate_existing=True)
    if file is None:
        message = f"There is no file {file_id}."
        raise NotFound(message)
    if file.erased_at is None:
        file.name, file.erased_at = None, clock.now()
        events.record(session, "file.erased", file.id, actor)
        await jobs.enqueue(session, REMOVE, file_id=file.id)
        await session.flush()
    return file


async def forget_arrivals(session: AsyncSession, _retention_days: int) -> int:
    """Have contents removed that were received a day ago and kept by nobody; say how many."""
    before = clock.now() - ARRIVAL_PERIOD
    old = sa.delete(FileArrival).where(FileArrival.created_at < before)
    gone = (await session.scalars(old.returning(FileArrival.id))).all()
    for file_id in gone:
        await jobs.enqueue(session, REMOVE, file_id=file_id)
    return len(gone)


async def remove_content(database: Database, file_id: UUID) -> None:
    """Remove a content from the store, as often as it takes.

    Raises:
        GiveUp: a file still needs it, which no path leads to.
    """
    async with database.reading() as session:
        needed = sa.select(File.id).where(File.id == file_id, File.erased_at.is_(None))
        if await session.scalar(needed) is not None:
            message = f"The file {file_id} is kept: its content stays."
            raise jobs.GiveUp(message)
    await store.choose(database.settings).remove(file_id)
