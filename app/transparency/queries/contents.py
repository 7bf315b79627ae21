"""What a leaf commits to, for those who may read all of it."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.ledger import leaves
from app.ledger.leaves import LeafEntry, LeafLine
from app.ledger.models import Ledger, LedgerAccount, LedgerEntry, LedgerLine, LedgerSalt
from app.transparency import hooks
from app.transparency.models import LogSalt


async def of_ledger_entry(
    session: AsyncSession, entry_id: UUID, keepers: frozenset[UUID] | None
) -> str | None:
    """Write what the leaf of an entry of the books commits to.

    None where its salt was erased, or where it has lines in books that the reader (of these
    keepers; None: of all) may not read: who knows some lines could guess the rest with the salt.
    """
    entry = await session.get(LedgerEntry, entry_id)
    salt = await session.scalar(sa.select(LedgerSalt.salt).where(LedgerSalt.entry_id == entry_id))
    if entry is None or salt is None:
        return None
    lines = (await session.execute(_LINES, {"entry_id": entry_id})).all()
    if keepers is not None and not {line.keeper_id for line in lines} <= keepers:
        return None
    content = LeafEntry(
        id=entry.id,
        kind=entry.kind,
        reference=entry.reference,
        occurred_at=entry.occurred_at,
        recorded_at=entry.recorded_at,
        reverses_id=entry.reverses_id,
        evidence=entry.evidence,
        narration=entry.narration,
        lines=[LeafLine(*line) for line in lines],
    )
    return leaves.content(content, salt)


async def is_forgotten(session: AsyncSession, entry_id: UUID) -> bool:
    """Tell whether the salt of an entry of the books was erased, which has its leaf."""
    has_salt = sa.select(sa.exists().where(LedgerSalt.entry_id == entry_id))
    return not await session.scalar(has_salt)


async def of_statement(session: AsyncSession, source: str, subject_id: UUID) -> str | None:
    """Write what the leaf of something else commits to; None where its salt was erased."""
    salt = await session.scalar(sa.select(LogSalt.salt).where(LogSalt.subject_id == subject_id))
    if salt is None:
        return None
    [statement] = await hooks.SOURCES[source].state(session, [subject_id])
    return hooks.content_of(statement, salt)


_LINES = (
    sa.select(
        LedgerLine.side,
        LedgerLine.amount,
        Ledger.keeper_id,
        LedgerAccount.kind,
        LedgerAccount.owner_id,
        LedgerLine.about_id,
    )
    .join(LedgerAccount, LedgerAccount.id == LedgerLine.account_id)
    .join(Ledger, Ledger.id == LedgerLine.ledger_id)
    .where(LedgerLine.entry_id == sa.bindparam("entry_id", type_=sa.Uuid()))
    .order_by(LedgerLine.position)
)
