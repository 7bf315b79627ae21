"""Appending: what stands in the books, and what others publish, becomes leaves and tiles.

One at a time, beside the posting: nobody who posts waits for it.
"""

import os
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.transparency import hooks, merkle, queries, tiles
from app.transparency.hooks import Source
from app.transparency.models import LogArrival, LogLeaf, LogSalt, LogTile
from app.transparency.tiles import WIDTH

AT_ONCE = 5_000
"""How many leaves one transaction appends of each source."""
SALT_BYTES = 32
LOCK = "log"


class ArrivalUnexplained(Exception):  # noqa: N818  Read aloud it says what happened.
    """Something waits for its leaf, and its source does not know it."""


async def append(session: AsyncSession, most: int = AT_ONCE) -> int:
    """Append what waits for its leaf, and the tiles that it fills; say how many leaves.

    None where another worker is at it: the lock ends with the transaction.
    """
    if not await session.scalar(_TRY_LOCK, {"name": LOCK}):
        return 0
    added = await _entries_of_books(session, most)
    for source in hooks.SOURCES.values():
        added += await _statements(session, source, most)
    if added:
        await _fill_tiles(session)
    return added


_TRY_LOCK = sa.text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")


async def _entries_of_books(session: AsyncSession, most: int) -> int:
    values = {"most": most, "now": await queries.moment(session)}
    return len((await session.scalars(_FROM_POSITIONS, values)).all())


# The same text as `entries.ledger_entry`: of thousands at once, in the database.
_FROM_POSITIONS = sa.text("""
WITH come AS (
    SELECT coalesce((SELECT max(position) FROM log_leaves), 0) AS position,
           coalesce((SELECT max("index") FROM log_leaves), -1) AS last
), taken AS MATERIALIZED (
    SELECT come.last + row_number() OVER (ORDER BY p.position) AS "index", p.position, p.entry_id,
           convert_to(concat('{"commitment":"', encode(p.leaf, 'hex'),
                             '","kind":"ledger-entry","position":', p.position,
                             ',"version"\\:1}'), 'UTF8') AS entry
      FROM come CROSS JOIN LATERAL (
           SELECT position, entry_id, leaf FROM ledger_positions
            WHERE position > come.position ORDER BY position LIMIT :most
      ) p
)
INSERT INTO log_leaves ("index", source, subject_id, position, entry, hash, appended_at)
SELECT "index", 'ledger', entry_id, position, entry, sha256('\\x00'::bytea || entry), :now
  FROM taken ORDER BY "index"
RETURNING "index"
""").bindparams(
    sa.bindparam("most", type_=sa.BigInteger()),
    sa.bindparam("now", type_=sa.TIMESTAMP(timezone=True)),
)


async def _statements(session: AsyncSession, source: Source, most: int) -> int:
    arrived = await _take(session, source, most)
    if not arrived:
        return 0
    stated = {each.subject_id: each for each in await source.state(session, arrived)}
    if missing := [str(each) for each in arrived if each not in stated]:
        raise ArrivalUnexplained(f"{source.name} does not know {', '.join(missing[:5])}.")
    salts = {subject_id: os.urandom(SALT_BYTES) for subject_id in arrived}
    first, now = await queries.size(session), await queries.moment(session)
    leaves: list[dict[str, Any]] = []
    for index, subject_id in enumerate(arrived, first):
        entry = bytes(hooks.published(source, stated[subject_id], salts[subject_id]))
        leaves.append(
            {
                "index": index,
                "source": source.name,
                "subject_id": subject_id,
                "position": None,
                "entry": entry,
                "hash": merkle.leaf_hash(entry),
                "appended_at": now,
            }
        )
    await session.execute(
        sa.insert(LogSalt), [{"subject_id": id_, "salt": salt} for id_, salt in salts.items()]
    )
    # Not as one list of values: the database takes no more than 32,767 of them in a statement.
    await session.execute(sa.insert(LogLeaf), leaves)
    return len(leaves)


async def _take(session: AsyncSession, source: Source, most: int) -> Sequence[UUID]:
    """Take what arrived first; whoever commits later has a later turn."""
    first = (
        sa.select(LogArrival.arrival)
        .where(LogArrival.source == source.name)
        .order_by(LogArrival.arrival)
        .limit(most)
    )
    taken = await session.execute(
        sa.delete(LogArrival)
        .where(LogArrival.arrival.in_(first))
        .returning(LogArrival.arrival, LogArrival.subject_id)
    )
    return [row.subject_id for row in sorted(taken, key=lambda row: row.arrival)]


async def _fill_tiles(session: AsyncSession) -> None:
    """Write the tiles that are full now, level by level."""
    level, count = 0, await queries.size(session)
    while (full := count // WIDTH) > 0:
        last = await session.scalar(
            sa.select(sa.func.max(LogTile.number)).where(LogTile.level == level)
        )
        first = 0 if last is None else last + 1
        if first == full:
            return
        await _write_tiles(session, level, range(first, full))
        level, count = level + 1, full


async def _write_tiles(session: AsyncSession, level: int, numbers: range) -> None:
    rows: list[dict[str, Any]] = []
    for number in numbers:
        hashes = await queries.put_together(session, level, number)
        root = merkle.root(tiles.cut(hashes))
        rows.append({"level": level, "number": number, "hashes": hashes, "root": root})
    await session.execute(sa.insert(LogTile), rows)
