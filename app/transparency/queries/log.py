"""What is in the log: tiles as they are by now, checkpoints, leaves, keys."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.transparency import tiles
from app.transparency.merkle import HASH_BYTES, Range
from app.transparency.models import (
    LogCheckpoint,
    LogCosignature,
    LogKey,
    LogLeaf,
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


async def moment(session: AsyncSession) -> datetime:
    """Say when the log goes on: now, and never before what is in it already.

    A machine's clock can be set back; what stands in an order keeps it.
    """
    appended = sa.select(LogLeaf.appended_at).order_by(LogLeaf.index.desc()).limit(1)
    signed = sa.select(LogCheckpoint.signed_at).order_by(LogCheckpoint.size.desc()).limit(1)
    last = sa.select(sa.func.greatest(appended.scalar_subquery(), signed.scalar_subquery()))
    return max(clock.now(), await session.scalar(last) or clock.now())


async def tile_hashes(
    session: AsyncSession, places: Collection[Place], of_size: int
) -> dict[Place, bytes]:
    """Read tiles of the tree of some size, in one round trip; those at its edge as they are."""
    full = [place for place in places if _is_full(place, of_size)]
    edge = [place for place in places if place not in full]
    values = {
        "levels": [level for level, _ in full],
        "numbers": [number for _, number in full],
        "edge_levels": [level for level, _ in edge if level],
        "edge_numbers": [number for level, number in edge if level],
        "of_leaves": [number for level, number in edge if not level],
    }
    rows = await session.execute(_TILES, values)
    return {(level, number): hashes or b"" for level, number, hashes in rows}


def _is_full(place: Place, of_size: int) -> bool:
    level, number = place
    return number < of_size >> (tiles.HEIGHT * (level + 1))


_NUMBERS = sa.ARRAY(sa.BigInteger())
# What is not full (yet) stands in no row of its own: it is put together from what is below it.
_TILES = sa.text("""
SELECT t.level, t.number, t.hashes
  FROM unnest(:levels, :numbers) AS w(level, number)
  JOIN log_tiles t ON t.level = w.level AND t.number = w.number
 UNION ALL
SELECT w.level, w.number, (
       SELECT string_agg(t.root, '' ORDER BY t.number) FROM log_tiles t
        WHERE t.level = w.level - 1 AND t.number BETWEEN w.number * 256 AND w.number * 256 + 255)
  FROM unnest(:edge_levels, :edge_numbers) AS w(level, number)
 UNION ALL
SELECT 0, w.number, (
       SELECT string_agg(l.hash, '' ORDER BY l."index") FROM log_leaves l
        WHERE l."index" BETWEEN w.number * 256 AND w.number * 256 + 255)
  FROM unnest(:of_leaves) AS w(number)
""").bindparams(
    *(
        sa.bindparam(name, type_=_NUMBERS)
        for name in ("levels", "numbers", "edge_levels", "edge_numbers", "of_leaves")
    )
)


async def put_together(session: AsyncSession, level: int, number: int) -> bytes:
    """Read a tile from what is below it: it is full now, and stands in no row yet."""
    return (await tile_hashes(session, [(level, number)], 0))[level, number]


async def hashed(session: AsyncSession, ranges: Sequence[Range]) -> list[bytes]:
    """Hash ranges of leaves, from the tiles.

    Raises:
        LookupError: the log has not come so far.
    """
    size = max((end for _, end in ranges), default=0)
    found = await tile_hashes(session, tiles.needed(ranges), size)
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
    return (await tile_hashes(session, [place], signed))[place][: wanted.width * HASH_BYTES]


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


async def first_size_over(session: AsyncSession, index: int) -> int | None:
    """Say when the log first signed for a leaf, by its size then."""
    query = sa.select(sa.func.min(LogCheckpoint.size)).where(LogCheckpoint.size > index)
    return await session.scalar(query)


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
