"""What happened to the accounts of an obligation, line by line: the rows behind its balance."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, PageRequest
from app.ledger.models import LedgerAccount, LedgerEntry, LedgerLine
from app.obligations.models import Obligation
from app.obligations.queries.standings import Clock, among, signed


class ObligationAccount(StrEnum):
    """The accounts of an obligation (`ledger.chart`)."""

    IMPOSED = "imposed"
    SURPLUS = "surplus"
    OWED = "owed"
    PROVISIONAL = "provisional"
    FULFILLED = "fulfilled"
    WAIVED = "waived"
    SANCTIONED = "sanctioned"


@dataclass(frozen=True, slots=True)
class Move:
    """What one line did to an account of an obligation, and what it is about."""

    id: UUID
    """Of its entry."""
    kind: str
    reference: str
    narration: str
    about_id: UUID
    occurred_at: datetime
    recorded_at: datetime
    cents: int


async def of_account(
    session: AsyncSession,
    obligation: Obligation,
    account: ObligationAccount,
    clock: Clock,
    paging: PageRequest,
) -> Page[Move]:
    """List what happened to an account of an obligation by a clock, oldest first.

    An entry that has several lines on the account is one move.
    """
    query = (
        sa.select(
            LedgerLine.entry_id.label("id"),
            sa.func.min(sa.cast(LedgerLine.about_id, sa.Text)).label("about_id"),
            sa.func.sum(signed()).cast(sa.BigInteger).label("cents"),
        )
        .select_from(LedgerAccount)
        .join(LedgerLine, LedgerLine.account_id == LedgerAccount.id)
        .where(LedgerAccount.owner_id == obligation.id, LedgerAccount.kind == account.value)
        .group_by(LedgerLine.entry_id)
        .order_by(LedgerLine.entry_id)
        .limit(paging.limit + 1)
    )
    if paging.after is not None:
        query = query.where(LedgerLine.entry_id > paging.after)
    found = among(query, clock).subquery()
    entries = (
        sa.select(
            found.c.id,
            LedgerEntry.kind,
            LedgerEntry.reference,
            LedgerEntry.narration,
            found.c.about_id,
            LedgerEntry.occurred_at,
            LedgerEntry.recorded_at,
            found.c.cents,
        )
        .join(LedgerEntry, LedgerEntry.id == found.c.id)
        .order_by(found.c.id)
    )
    rows = await session.execute(entries)
    return Page(
        [
            Move(
                id=row.id,
                kind=row.kind,
                reference=row.reference,
                narration=row.narration,
                about_id=UUID(row.about_id),
                occurred_at=row.occurred_at,
                recorded_at=row.recorded_at,
                cents=row.cents,
            )
            for row in rows
        ],
        paging.limit,
    )
