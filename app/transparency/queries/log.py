"""What is in the log: tiles as they are by now, checkpoints, leaves, keys."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.transparency import tiles
from app.transparency.merkle import HASH_BYTES, Range
from app.transparency.models import (
    LogCheckpoint,
    LogCosignature,
    LogKey,
    LogLeaf,
    LogTile,
    LogWitness,
)
from app.transparency.notes import LOG, WITNESS, Key
from app.transparency.tiles import WIDTH, Tile

Place = tuple[int, int]
"""Of a tile: its level and number."""


async def size(session: AsyncSession) -> int:
    """Count the leaves."""
    last = await session.scalar(sa.select(sa.func.max(LogLeaf.index)))
    return 0 if last is None else last + 1


async def tile_hashes(session: AsyncSession, places: Collection[Place]) -> dict[Place, bytes]:
    """Read tiles, each with as many hashes as there are of it by now."""
    rows = await session.execute(
        sa.select(LogTile.level, LogTile.number, LogTile.hashes).where(
            sa.tuple_(LogTile.level, LogTile.number).in_(list(places))
        )
    )
    found: dict[Place, bytes] = {(level, number): hashes for level, number, hashes in rows}
    for level, number in set(places) - found.keys():
        # At the right edge: not full yet, so it stands in no row of its own.
        found[level, number] = b"".join(await _at_edge(session, level, number))
    return found


async def _at_edge(session: AsyncSession, level: int, number: int) -> Sequence[bytes]:
    first, last = number * WIDTH, number * WIDTH + WIDTH - 1
    if level == 0:
        query = sa.select(LogLeaf.hash).where(LogLeaf.index.between(first, last))
        query = query.order_by(LogLeaf.index)
    else:
        below = LogTile.number.between(first, last)
        query = sa.select(LogTile.root).where(LogTile.level == level - 1, below)
        query = query.order_by(LogTile.number)
    return (await session.scalars(query)).all()


async def hashed(session: AsyncSession, ranges: Sequence[Range]) -> list[bytes]:
    """Hash ranges of leaves, from the tiles.

    Raises:
        LookupError: the log has not come so far.
    """
    found = await tile_hashes(session, tiles.needed(ranges))
    return [tiles.range_hash(each, reading(found)) for each in ranges]


def reading(found: Mapping[Place, bytes]) -> tiles.Read:
    """Read from tiles that were fetched."""
    return lambda level, number: found[level, number]


async def tile(session: AsyncSession, wanted: Tile) -> bytes | None:
    """Read a tile as wide as it is wanted; None while the log signed for fewer hashes."""
    signed = await latest_size(session)
    level = wanted.level or 0
    in_level = signed >> (tiles.HEIGHT * level)
    if wanted.number * WIDTH + wanted.width > in_level:
        return None
    if wanted.level is None:
        return await _bundle(session, wanted)
    place = (wanted.level, wanted.number)
    return (await tile_hashes(session, [place]))[place][: wanted.width * HASH_BYTES]


async def _bundle(session: AsyncSession, wanted: Tile) -> bytes:
    first = wanted.number * WIDTH
    query = sa.select(LogLeaf.entry).where(
        LogLeaf.index >= first, LogLeaf.index < first + wanted.width
    )
    entries = await session.scalars(query.order_by(LogLeaf.index))
    return b"".join(len(entry).to_bytes(2) + entry for entry in entries)


async def latest_size(session: AsyncSession) -> int:
    """Say for how many leaves the log signed last; 0 while it never did."""
    return await session.scalar(sa.select(sa.func.max(LogCheckpoint.size))) or 0


async def checkpoint(session: AsyncSession, of_size: int | None = None) -> LogCheckpoint | None:
    """Find the newest checkpoint, or the one of a size."""
    query = sa.select(LogCheckpoint).order_by(LogCheckpoint.size.desc()).limit(1)
    if of_size is not None:
        query = query.where(LogCheckpoint.size == of_size)
    found: LogCheckpoint | None = await session.scalar(query)
    return found


async def note(session: AsyncSession, found: LogCheckpoint) -> str:
    """Write a checkpoint with all that witnesses said of it."""
    query = sa.select(LogCosignature.line).where(LogCosignature.size == found.size)
    lines = await session.scalars(query.order_by(LogCosignature.id))
    return found.note + "".join(f"{line}\n" for line in lines)


async def leaf(session: AsyncSession, index: int) -> LogLeaf | None:
    """Find a leaf by its index."""
    return await session.get(LogLeaf, index)


async def leaf_of(session: AsyncSession, source: str, subject_id: UUID) -> LogLeaf | None:
    """Find the leaf of what happened; None while it waits."""
    query = sa.select(LogLeaf).where(LogLeaf.source == source, LogLeaf.subject_id == subject_id)
    found: LogLeaf | None = await session.scalar(query)
    return found


async def keys(session: AsyncSession) -> Sequence[LogKey]:
    """List the log's keys, the oldest first: those that retired too."""
    return (await session.scalars(sa.select(LogKey).order_by(LogKey.id))).all()


def signs_at(key: LogKey, moment: datetime) -> bool:
    """Tell whether the log signs with a key."""
    return key.sealed_key is not None and (key.retires_at is None or moment < key.retires_at)


def key_of(row: LogKey) -> Key:
    """Say what others check the signatures of a key with."""
    return Key(row.name, LOG, row.public_key)


async def witnesses(session: AsyncSession) -> Sequence[LogWitness]:
    """List the witnesses whose cosignatures are taken."""
    query = sa.select(LogWitness).where(LogWitness.ended_at.is_(None)).order_by(LogWitness.id)
    return (await session.scalars(query)).all()


def witness_key_of(row: LogWitness) -> Key:
    """Say what the cosignatures of a witness are checked with."""
    return Key(row.name, WITNESS, row.public_key)
