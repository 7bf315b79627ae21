"""Erasing salts: a leaf stays proven as before, and nobody can tie a content to it any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import events
from app.core.events import Actor
from app.core.problems import NotFound
from app.transparency.models import LogLeaf, LogSalt


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Which leaves commit now to what nobody can show."""

    indexes: Sequence[int]
    """Of those whose salt was erased now; the others had none any more."""


async def forget(
    session: AsyncSession, subject_ids: Sequence[UUID], reason: str, actor: Actor
) -> Forgotten:
    """Erase the salts of entries of the books, or of what else has leaves; each is an event.

    Raises:
        NotFound: one of them has no leaf (yet).
    """
    query = sa.select(LogLeaf).where(LogLeaf.subject_id.in_(subject_ids)).order_by(LogLeaf.index)
    leaves = (await session.scalars(query)).all()
    if unknown := set(subject_ids) - {leaf.subject_id for leaf in leaves}:
        message = f"The log has no leaf of {', '.join(sorted(map(str, unknown)))} (yet)."
        raise NotFound(message)
    forgotten = [leaf for leaf in leaves if await _erase_salt(session, leaf)]
    for leaf in forgotten:
        events.record(
            session,
            "log.salt-erased",
            leaf.subject_id,
            actor,
            leaf=leaf.index,
            source=leaf.source,
            reason=reason,
        )
    return Forgotten([leaf.index for leaf in forgotten])


async def _erase_salt(session: AsyncSession, leaf: LogLeaf) -> bool:
    if leaf.position is not None:
        # The books' own tables only the owner's functions write.
        return bool(await session.scalar(sa.select(sa.func.ledger_forget(leaf.subject_id))))
    gone = sa.delete(LogSalt).where(LogSalt.subject_id == leaf.subject_id)
    return await session.scalar(gone.returning(LogSalt.subject_id)) is not None
