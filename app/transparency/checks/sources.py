"""Proof that the leaves say what those above say now, and that the log can sign.

What happened is stated anew from its rows: whoever changed one of them is found out, as what was
published of it can't be changed.
"""

from collections.abc import Sequence
from typing import TypeAlias
from uuid import UUID

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import sealing
from app.core.invariants import Faults
from app.transparency import entries, hooks, queries
from app.transparency.actions.keys import PURPOSE
from app.transparency.entries import Entry, EntryRefused
from app.transparency.hooks import Source, Statement
from app.transparency.models import LogArrival, LogKey, LogLeaf, LogSalt

AT_ONCE = 1_000

Leaf: TypeAlias = "sa.Row[int, UUID, bytes, bytes]"


async def statement_faults(session: AsyncSession) -> Faults:
    """State anew what has a leaf beside the books, and compare."""
    for name in await session.scalars(sa.select(LogLeaf.source).distinct()):
        if name != "ledger" and name not in hooks.SOURCES:
            yield f"leaves of {name}: expected somebody who publishes that, found nobody"
    for source in hooks.SOURCES.values():
        first = 0
        while rows := await _leaves(session, source, first):
            stated = await _stated(session, source, [row.subject_id for row in rows])
            for row in rows:
                if fault := _compared(source, row, stated):
                    yield fault
            first = rows[-1].place + 1


async def _leaves(session: AsyncSession, source: Source, first: int) -> Sequence[Leaf]:
    query = (
        sa.select(LogLeaf.index.label("place"), LogLeaf.subject_id, LogLeaf.entry, LogSalt.salt)
        .outerjoin(LogSalt, LogSalt.subject_id == LogLeaf.subject_id)
        .where(LogLeaf.source == source.name, LogLeaf.index >= first)
    )
    return (await session.execute(query.order_by(LogLeaf.index).limit(AT_ONCE))).all()


async def _stated(
    session: AsyncSession, source: Source, subject_ids: Sequence[UUID]
) -> dict[UUID, Statement]:
    return {each.subject_id: each for each in await source.state(session, subject_ids)}


def _compared(source: Source, leaf: Leaf, stated: dict[UUID, Statement]) -> str | None:
    statement = stated.get(leaf.subject_id)
    named = f"leaf {leaf.place}: expected what {source.name} say of {leaf.subject_id}"
    if statement is None:
        return f"{named}, found that they know nothing of it"
    if leaf.salt is not None:
        wanted = bytes(hooks.published(source, statement, leaf.salt))
    else:
        try:
            # Without its salt nobody can tell what it committed to: the rest is compared.
            commitment = entries.parse(leaf.entry).commitment
        except EntryRefused:
            return f"{named}, found no entry"
        wanted = bytes(Entry(source.kind, commitment, dict(statement.facts)))
    return None if wanted == leaf.entry else f"{named}, found another"


async def arrival_faults(session: AsyncSession) -> Faults:
    """Look for what waits for its leaf and can't have one: nothing is appended any more."""
    waiting: dict[str, list[UUID]] = {}
    for row in await session.execute(sa.select(LogArrival.source, LogArrival.subject_id)):
        waiting.setdefault(row.source, []).append(row.subject_id)
    for name, subject_ids in waiting.items():
        source = hooks.SOURCES.get(name)
        stated = {} if source is None else await _stated(session, source, subject_ids)
        for subject_id in subject_ids:
            if subject_id not in stated:
                yield f"arrival of {subject_id}: expected that {name} know it, found that none do"


async def key_faults(session: AsyncSession) -> Faults:
    """Open the keys that the log signs with, and compare them with what others check with."""
    for row in await queries.keys(session):
        if row.sealed_key is not None and not _is_pair(session, row, row.sealed_key):
            yield f"log key {row.id}: expected the private half of its public key, found another"


def _is_pair(session: AsyncSession, row: LogKey, sealed: bytes) -> bool:
    try:
        seed = sealing.unseal(session, PURPOSE, sealed)
    except sealing.CannotOpen:
        return False
    private = Ed25519PrivateKey.from_private_bytes(seed)
    return private.public_key().public_bytes_raw() == row.public_key
