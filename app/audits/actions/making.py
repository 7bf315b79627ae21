"""Make an audit pack: file after file into an archive on disk, and that into the store."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, Any, TypeAlias
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits import queries
from app.audits.actions import packs, signing
from app.audits.models import AuditPack, AuditPackState
from app.audits.packs import cutting, manifest, members
from app.audits.packs.archive import Archive
from app.audits.packs.asking import Asked
from app.audits.problems import PackDiffers
from app.core import clock, events, files
from app.core.database import Database, locked
from app.core.events import Actor
from app.core.files import Received
from app.core.files.kinds import ZIP

KEPT_FOR = timedelta(days=30)
EVERY_SECONDS = 0.5
MAKER = Actor.system("audits")

DIFFERS = (
    "It became another than it was when it was made first: by another version of the software, or"
    " since something of a person was erased. Ask for a new one, and tell the operator if neither"
    " is so."
)

Told: TypeAlias = Callable[[int, int], Awaitable[None]]
"""Is told how many files of how many are done."""

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Made:
    """What a file became."""

    sha256: bytes
    size_bytes: int


async def write(database: Database, asked: Asked, file: IO[bytes], told: Told) -> Made:
    """Write a pack into a file that can be read.

    Raises:
        Unavailable: somebody writes what belongs to it for very long.
    """
    await cutting.settled(database)
    with Archive(file) as archive:
        async with database.snapshot() as session:
            totals = await _fill(session, asked, archive, told)
        content = manifest.written(asked, archive.entries, totals)
        async with database.work() as session:
            note = await signing.sign(session, content)
        await archive.add(manifest.MANIFEST, _one(content))
        await archive.add(manifest.SUMS, _one(manifest.sums(archive.entries)))
        await archive.add(manifest.NOTE, _one(note.encode()))
    return Made(*await asyncio.to_thread(files.measured, file))


async def _fill(
    session: AsyncSession, asked: Asked, archive: Archive, told: Told
) -> dict[str, Any]:
    total = await members.count(session, asked)
    await told(0, total)
    async for member in members.all_of(session, asked):
        await archive.add(member.path, member.pieces)
        # A certificate is several files.
        await told(min(len(archive.entries), total), total)
    return await members.totals(session, asked)


async def _one(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def make(database: Database, pack_id: UUID) -> None:
    """Make a pack that was asked for: a job, which begins anew where it was cut off."""
    async with database.work() as session:
        pack = await locked(session, AuditPack, pack_id)
        if pack.state not in {AuditPackState.WAITING, AuditPackState.WORKING}:
            return
        pack.state = AuditPackState.WORKING
        await session.flush()
        asked = packs.asked(await queries.packs.with_facts(session, pack_id))

    with files.working_file(database.settings) as file:
        made = await write(database, asked, file, _telling(database, pack_id))
        if pack.sha256 not in {None, made.sha256}:
            await _fail(database, pack_id)
            return
        received = await files.place(database, file, f"{asked.stem}.zip", ZIP)
    await _end(database, pack_id, made, received)


def _telling(database: Database, pack_id: UUID) -> Told:
    """Write down how far a pack is, for those who watch; no more often than they look."""
    told_at = -EVERY_SECONDS

    async def tell(done: int, total: int) -> None:
        nonlocal told_at
        if done < total and time.monotonic() < told_at + EVERY_SECONDS:
            return
        told_at = time.monotonic()
        async with database.work() as session:
            pack = await locked(session, AuditPack, pack_id)
            pack.done_files, pack.total_files = done, total

    return tell


async def write_out(
    database: Database, actor: Actor, pack_id: UUID, file: IO[bytes], told: Told
) -> Made:
    """Write a pack into somebody's own file: it is not kept here, and can be made again.

    Raises:
        PackDiffers: it became another than when it was made first.
    """
    async with database.reading() as session:
        pack = await queries.packs.with_facts(session, pack_id)
    made = await write(database, packs.asked(pack), file, told)
    if pack.sha256 not in {None, made.sha256}:
        raise PackDiffers(DIFFERS)
    async with database.work() as session:
        pack = await locked(session, AuditPack, pack_id)
        pack.state, pack.ended_at = AuditPackState.EXPIRED, clock.now()
        pack.sha256, pack.size_bytes = made.sha256, made.size_bytes
        events.record(session, "audit-pack.made", pack_id, actor, sha256=made.sha256.hex())
    return made


async def _fail(database: Database, pack_id: UUID) -> None:
    async with database.work() as session:
        pack = await locked(session, AuditPack, pack_id)
        pack.state, pack.failure, pack.ended_at = AuditPackState.FAILED, DIFFERS, clock.now()
        events.record(session, "audit-pack.failed", pack_id, MAKER)
    logger.error("audit_pack_differs", pack_id=str(pack_id))


async def _end(database: Database, pack_id: UUID, made: Made, received: Received) -> None:
    async with database.work() as session:
        pack = await locked(session, AuditPack, pack_id)
        if pack.state is not AuditPackState.WORKING:
            # Another worker was quicker; what this one laid down is forgotten in a day.
            return
        kept = await files.keep(session, received, MAKER)
        pack.state, pack.file_id = AuditPackState.READY, kept.id
        pack.sha256, pack.size_bytes = made.sha256, made.size_bytes
        pack.ended_at = clock.now()
        pack.expires_at = pack.ended_at + KEPT_FOR
        events.record(session, "audit-pack.made", pack_id, MAKER, sha256=made.sha256.hex())
    logger.info("audit_pack_made", pack_id=str(pack_id), size_bytes=made.size_bytes)
