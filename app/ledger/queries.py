"""Questions about ledgers, accounts and entries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeAlias
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.paging import LARGEST_PAGE, Page, PageRequest, page
from app.ledger import balances
from app.ledger.chart import Account, Side
from app.ledger.models import (
    Ledger,
    LedgerAccount,
    LedgerEntry,
    LedgerHold,
    LedgerLine,
    LedgerPosition,
    LedgerReference,
    LedgerReversal,
)
from app.ledger.problems import NoSuchAccount


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account and what it has now."""

    number: int
    kind: str
    owner_id: UUID
    posted: int
    held: int

    @property
    def available(self) -> int:
        """What can still be taken or held."""
        return self.posted - self.held


@dataclass(frozen=True, slots=True)
class StatementRow:
    """What one entry did to an account, and what the account had after it."""

    id: UUID
    kind: str
    reference: str
    narration: str
    occurred_at: datetime
    recorded_at: datetime
    debit: int
    credit: int
    balance: int


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line, with the account that it stands on."""

    position: int
    side: Side
    amount: int
    about_id: UUID
    ledger_id: UUID
    keeper_id: UUID
    kind: str
    owner_id: UUID


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry with its lines, its place and what it has to do with a reversal."""

    id: UUID
    kind: str
    reference: str
    narration: str
    occurred_at: datetime
    recorded_at: datetime
    evidence: Sequence[str]
    reverses_id: UUID | None
    position: int | None
    reversed_by_id: UUID | None
    lines: Sequence[LineRow]


Keepers: TypeAlias = frozenset[UUID] | None
"""Whose books may be read; None: everybody's."""


async def ledgers(
    session: AsyncSession, paging: PageRequest, keepers: Keepers, keeper_id: UUID | None = None
) -> Page[Ledger]:
    """List ledgers: of one keeper, or of all that may be read."""
    query = sa.select(Ledger).where(_of(keepers, Ledger.keeper_id))
    if keeper_id is not None:
        query = query.where(Ledger.keeper_id == keeper_id)
    return await page(session, query, Ledger, paging)


class AccountsRequest(BaseModel):
    """Which accounts of a ledger the caller wants."""

    model_config = ConfigDict(alias_generator=to_camel)

    after: Annotated[
        int, Field(ge=0, le=2**63 - 1, description="The `next` of the page before.")
    ] = 0
    limit: Annotated[
        int, Field(ge=1, le=LARGEST_PAGE, description="How many items at the most.")
    ] = 50
    kind: Annotated[str | None, Field(max_length=40, description="Of this kind only.")] = None
    owner_id: Annotated[
        UUID | None, Field(description="Of this project, order, obligation or organisation only.")
    ] = None


async def accounts(
    session: AsyncSession, ledger: Ledger, request: AccountsRequest
) -> list[AccountRow]:
    """List a ledger's accounts and what each has now, by number; one more than the limit."""
    rows = await session.execute(
        sa.text(_ACCOUNTS),
        {
            "ledger": ledger.id,
            "after": request.after,
            "limit": request.limit + 1,
            "kind": request.kind,
            "owner": request.owner_id,
            "now": clock.now(),
        },
    )
    return [
        AccountRow(row.id, row.kind, row.owner_id, int(row.posted), int(row.held)) for row in rows
    ]


_ACCOUNTS = f"""
    {balances.NOW}, a.id, a.kind, a.owner_id
      FROM ledger_accounts a JOIN ledger_kinds k ON k.code = a.kind
     WHERE a.ledger_id = :ledger AND a.id > :after
       AND (CAST(:kind AS text) IS NULL OR a.kind = :kind)
       AND (CAST(:owner AS uuid) IS NULL OR a.owner_id = :owner)
     ORDER BY a.id LIMIT :limit
"""


async def statement(
    session: AsyncSession, account: Account, paging: PageRequest
) -> Page[StatementRow]:
    """List what happened to an account, the oldest first, with its balance after each entry.

    Raises:
        NoSuchAccount: nothing was ever posted to it.
    """
    number = await session.scalar(
        sa.select(LedgerAccount.id).where(
            LedgerAccount.ledger_id == account.ledger_id,
            LedgerAccount.kind == account.kind.code,
            LedgerAccount.owner_id == account.owner_id,
        )
    )
    if number is None:
        raise NoSuchAccount(account.kind.code, account.owner_id)
    rows = await session.execute(
        sa.text(_STATEMENT),
        {
            "account": number,
            "side": account.kind.side.value,
            "after": paging.after,
            "limit": paging.limit + 1,
        },
    )
    return Page([StatementRow(**row) for row in rows.mappings()], paging.limit)


# What stands before the page is summed from the index alone.
_STATEMENT = """
    WITH moves AS (
        SELECT l.entry_id,
               sum(CASE WHEN l.side = 'debit' THEN l.amount ELSE 0 END) AS debit,
               sum(CASE WHEN l.side = 'credit' THEN l.amount ELSE 0 END) AS credit
          FROM ledger_lines l
         WHERE l.account_id = :account
           AND (CAST(:after AS uuid) IS NULL OR l.entry_id > :after)
         GROUP BY l.entry_id ORDER BY l.entry_id LIMIT :limit
    ), opening AS (
        SELECT coalesce(sum(CASE WHEN l.side = CAST(:side AS ledger_side) THEN l.amount
                                 ELSE -l.amount END), 0) AS balance
          FROM ledger_lines l
         WHERE l.account_id = :account AND l.entry_id <= :after
    )
    SELECT e.id, e.kind, e.reference, e.narration, e.occurred_at, e.recorded_at,
           CAST(m.debit AS bigint) AS debit, CAST(m.credit AS bigint) AS credit,
           CAST(o.balance + sum(CASE WHEN CAST(:side AS text) = 'debit' THEN m.debit - m.credit
                                     ELSE m.credit - m.debit END)
                OVER (ORDER BY e.id) AS bigint) AS balance
      FROM moves m JOIN ledger_entries e ON e.id = m.entry_id CROSS JOIN opening o
     ORDER BY e.id
"""


def _of(keepers: Keepers, column: sa.orm.Mapped[UUID]) -> sa.ColumnElement[bool]:
    return sa.true() if keepers is None else column.in_(keepers)


async def entry(session: AsyncSession, entry_id: UUID, keepers: Keepers) -> EntryRow | None:
    """Find an entry, with the lines that may be read; none if there are none."""
    found = await session.get(LedgerEntry, entry_id)
    rows = await with_lines(session, [found] if found else [], keepers)
    return rows[0] if rows and rows[0].lines else None


async def entries(
    session: AsyncSession, paging: PageRequest, keepers: Keepers, story: str | None = None
) -> Page[EntryRow]:
    """List entries, the newest first; or a story: all under one reference prefix, as it happened.

    `order/7` is the prefix of `order/7/paid` and of `order/7` itself, not of `order/77`. Of each
    there are the lines that may be read: every ledger balances by itself.
    """
    query = sa.select(LedgerEntry)
    if keepers is not None:
        line = sa.select(LedgerLine.entry_id).join(Ledger, Ledger.id == LedgerLine.ledger_id)
        readable = line.where(LedgerLine.entry_id == LedgerEntry.id, _of(keepers, Ledger.keeper_id))
        query = query.where(readable.exists())
    if story is not None:
        told = sa.select(LedgerReference.id).where(_tells(story))
        query = query.where(LedgerEntry.id.in_(told))
    found = await page(session, query, LedgerEntry, paging, newest_first=story is None)
    rows = Page(await with_lines(session, found.items, keepers), paging.limit)
    rows.next = found.next
    return rows


async def holds(
    session: AsyncSession, paging: PageRequest, keepers: Keepers, story: str | None = None
) -> Page[LedgerHold]:
    """List holds, the newest first; or those of a story, as they were made."""
    query = sa.select(LedgerHold)
    if keepers is not None:
        account = sa.select(LedgerAccount.id).join(Ledger, Ledger.id == LedgerAccount.ledger_id)
        readable = account.where(_of(keepers, Ledger.keeper_id))
        query = query.where(LedgerHold.account_id.in_(readable))
    if story is not None:
        told = sa.select(LedgerReference.id).where(_tells(story))
        query = query.where(LedgerHold.id.in_(told))
    return await page(session, query, LedgerHold, paging, newest_first=story is None)


def _tells(story: str) -> sa.ColumnElement[bool]:
    # The column is sorted by bytes, and "0" is the byte after "/".
    reference = LedgerReference.reference
    return sa.or_(reference == story, sa.and_(reference >= f"{story}/", reference < f"{story}0"))


async def with_lines(
    session: AsyncSession, found: Sequence[LedgerEntry], keepers: Keepers
) -> list[EntryRow]:
    """Read the lines of entries, their places, and what reversed them."""
    ids = [row.id for row in found]
    lines: defaultdict[UUID, list[LineRow]] = defaultdict(list)
    query = (
        sa.select(LedgerLine, LedgerAccount, Ledger.keeper_id)
        .join(LedgerAccount, LedgerAccount.id == LedgerLine.account_id)
        .join(Ledger, Ledger.id == LedgerLine.ledger_id)
        .where(LedgerLine.entry_id.in_(ids), _of(keepers, Ledger.keeper_id))
        .order_by(LedgerLine.entry_id, LedgerLine.position)
    )
    for line, account, keeper_id in await session.execute(query):
        lines[line.entry_id].append(
            LineRow(
                position=line.position,
                side=line.side,
                amount=line.amount,
                about_id=line.about_id,
                ledger_id=line.ledger_id,
                keeper_id=keeper_id,
                kind=account.kind,
                owner_id=account.owner_id,
            )
        )
    places = await session.execute(
        sa.select(LedgerPosition.entry_id, LedgerPosition.position).where(
            LedgerPosition.entry_id.in_(ids)
        )
    )
    positions = {row.entry_id: row.position for row in places}
    mirrored = await session.execute(
        sa.select(LedgerReversal.reverses_id, LedgerReversal.entry_id).where(
            LedgerReversal.reverses_id.in_(ids)
        )
    )
    reversed_by = {row.reverses_id: row.entry_id for row in mirrored}
    return [
        EntryRow(
            id=row.id,
            kind=row.kind,
            reference=row.reference,
            narration=row.narration,
            occurred_at=row.occurred_at,
            recorded_at=row.recorded_at,
            evidence=row.evidence,
            reverses_id=row.reverses_id,
            position=positions.get(row.id),
            reversed_by_id=reversed_by.get(row.id),
            lines=lines[row.id],
        )
        for row in found
    ]
