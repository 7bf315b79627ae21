"""Proof of the tree: tiles, roots, and what was signed for."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.invariants import Faults
from app.transparency import checkpoints, merkle, notes, queries, tiles
from app.transparency.merkle import Frontier
from app.transparency.models import LogCheckpoint, LogCosignature, LogLeaf, LogTile, LogWitness
from app.transparency.notes import Key, NoteRefused
from app.transparency.tiles import WIDTH

AT_ONCE = 40 * WIDTH
"""How many leaves, or tiles, are read at once."""

TILES = """
WITH below AS (
    SELECT 0 AS level, "index" / 256 AS number, string_agg(hash, '' ORDER BY "index") AS hashes
      FROM log_leaves GROUP BY 2 HAVING count(*) = 256
     UNION ALL
    SELECT level + 1, number / 256, string_agg(root, '' ORDER BY number)
      FROM log_tiles GROUP BY 1, 2 HAVING count(*) = 256
)
SELECT format('tile %s of level %s: expected the hashes below it, found %s', number, level,
              CASE WHEN t.hashes IS NULL THEN 'no tile' WHEN b.hashes IS NULL THEN 'too few'
                   ELSE 'others' END)
  FROM below b FULL JOIN log_tiles t USING (level, number)
 WHERE b.hashes IS DISTINCT FROM t.hashes
 ORDER BY level, number
"""


async def root_faults(session: AsyncSession) -> Faults:
    """Compute the tree anew and compare it with all that was signed."""
    frontier, first = Frontier(), 0
    keys = [queries.key_of(row) for row in await queries.keys(session)]
    while hashes := await _hashes(session, first):
        last = first + AT_ONCE
        signed = {row.size: row for row in await _signed(session, first, last)}
        for leaf in hashes:
            frontier.add(leaf)
            if checkpoint := signed.pop(frontier.size, None):
                for fault in _signature_faults(checkpoint, frontier.root(), keys):
                    yield fault
        for size in signed:
            yield f"checkpoint of {size} leaves: expected so many, found {frontier.size}"
        first = last
    for row in await _signed(session, first, 2**62):
        yield f"checkpoint of {row.size} leaves: expected so many, found {frontier.size}"


async def _hashes(session: AsyncSession, first: int) -> Sequence[bytes]:
    query = sa.select(LogLeaf.hash).where(LogLeaf.index >= first, LogLeaf.index < first + AT_ONCE)
    return (await session.scalars(query.order_by(LogLeaf.index))).all()


async def _signed(session: AsyncSession, first: int, last: int) -> Sequence[LogCheckpoint]:
    query = sa.select(LogCheckpoint).where(LogCheckpoint.size > first, LogCheckpoint.size <= last)
    return (await session.scalars(query.order_by(LogCheckpoint.size))).all()


def _signature_faults(row: LogCheckpoint, root: bytes, keys: Sequence[Key]) -> list[str]:
    what = f"checkpoint of {row.size} leaves:"
    try:
        said = checkpoints.opened(row.note, keys)
    except NoteRefused as refused:
        return [f"{what} expected a signature of the log, found that {refused}"]
    if (said.size, said.root) != (row.size, row.root):
        return [f"{what} expected what stands in its note, found another"]
    if row.root != root:
        return [f"{what} expected the root of its leaves, found another"]
    return []


async def tile_faults(session: AsyncSession) -> Faults:
    """Compare every tile with what is below it, and its root with its hashes."""
    for fault in await session.scalars(sa.text(TILES)):
        yield fault
    for level in range(tiles.LEVELS):
        first = 0
        while rows := await _tiles(session, level, first):
            for row in rows:
                if merkle.root(tiles.cut(row.hashes)) != row.root:
                    yield (
                        f"tile {row.number} of level {level}: expected the root of its hashes,"
                        " found another"
                    )
            first = rows[-1].number + 1
        if first == 0:
            return


async def _tiles(session: AsyncSession, level: int, first: int) -> Sequence[LogTile]:
    query = sa.select(LogTile).where(LogTile.level == level, LogTile.number >= first)
    return (await session.scalars(query.order_by(LogTile.number).limit(WIDTH))).all()


async def cosignature_faults(session: AsyncSession) -> Faults:
    """Check what witnesses signed."""
    query = (
        sa.select(LogCosignature, LogCheckpoint.note, LogWitness)
        .join(LogCheckpoint, LogCheckpoint.size == LogCosignature.size)
        .join(LogWitness, LogWitness.id == LogCosignature.witness_id)
        .order_by(LogCosignature.id)
    )
    async for cosignature, note, witness in await session.stream(query):
        if not _is_valid(cosignature, note, queries.witness_key_of(witness)):
            yield (
                f"cosignature {cosignature.id}: expected that of {witness.name} under the"
                f" checkpoint of {cosignature.size} leaves, found another"
            )


def _is_valid(row: LogCosignature, note: str, key: Key) -> bool:
    try:
        [signature] = notes.parse_signatures(row.line)
        is_valid = notes.is_valid(key, notes.parse(note).text, signature)
        seconds = int(row.witnessed_at.timestamp())
        return signature.is_by(key) and is_valid and notes.seconds_of(signature) == seconds
    except NoteRefused:
        return False
