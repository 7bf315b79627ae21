"""Populations to draw samples of, as the books say them, and the samples that were drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.models import AuditSample, AuditSampleItem, Population
from app.audits.sampling import Item
from app.core.paging import Page, PageRequest, page
from app.ledger import chart
from app.ledger.chart import Book, Kind, Side, ledger_id
from app.ledger.models import LedgerAccount, LedgerEntry, LedgerLine, LedgerPosition

_CREDITED = (
    *(chart.DEPOSIT, chart.START_PART, chart.RESULT_PART),
    *(chart.FEE_INCOME, chart.VAT_FEE, chart.VAT_SALE),
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose books, and which part of them."""

    keeper_id: UUID
    population: Population
    begins_at: datetime
    ends_at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the books say what a population consists of, and how much each is."""

    thing: sa.orm.InstrumentedAttribute[UUID]
    kinds: Sequence[Kind]
    entry_kind: str | None = None


_SOURCES = {
    Population.OBLIGATIONS: _Source(LedgerAccount.owner_id, (chart.IMPOSED,)),
    Population.FULFILMENTS: _Source(LedgerLine.about_id, (chart.FULFILLED,)),
    Population.ORDERS: _Source(LedgerLine.about_id, _CREDITED, "order.paid"),
    Population.PAYOUTS: _Source(LedgerLine.about_id, (chart.PAYABLE,), "payout.approved"),
}


async def population(
    session: AsyncSession, scope: Scope, book: Book, paging: PageRequest | None = None
) -> list[Item]:
    """Read a population, or a page of it and one, in the order of its ids.

    What adds up to nothing is not in it.
    """
    thing = LedgerLine.entry_id
    signed: sa.SQLColumnExpression[int] = (
        sa.case((LedgerLine.side == LedgerAccount.side, 1), else_=-1) * LedgerLine.amount
    )
    conditions: list[sa.ColumnElement[bool]] = [
        LedgerLine.ledger_id == ledger_id(scope.keeper_id, book),
        LedgerPosition.position <= scope.position,
        LedgerEntry.occurred_at >= scope.begins_at,
        LedgerEntry.occurred_at < scope.ends_at,
    ]
    if source := _SOURCES.get(scope.population):
        thing = source.thing
        conditions.append(LedgerAccount.kind.in_([kind.code for kind in source.kinds]))
        if source.entry_kind is not None:
            conditions.append(LedgerEntry.kind == source.entry_kind)
    else:
        signed = LedgerLine.amount
        conditions.append(LedgerLine.side == Side.DEBIT)
    cents = sa.func.sum(signed).cast(sa.BigInteger)
    query = (
        sa.select(thing.label("id"), cents.label("cents"))
        .select_from(LedgerLine)
        .join(LedgerAccount, LedgerAccount.id == LedgerLine.account_id)
        .join(LedgerEntry, LedgerEntry.id == LedgerLine.entry_id)
        .join(LedgerPosition, LedgerPosition.entry_id == LedgerLine.entry_id)
        .where(*conditions)
        .group_by(thing)
        .having(sa.func.sum(signed) > 0)
        .order_by(thing)
    )
    if paging is not None:
        query = query.limit(paging.limit + 1)
        if paging.after is not None:
            query = query.where(thing > paging.after)
    return [Item(row.id, row.cents) for row in await session.execute(query)]


async def listed(
    session: AsyncSession, organisation_id: UUID, paging: PageRequest
) -> Page[AuditSample]:
    """List the samples that were drawn of an organisation's books, newest first."""
    query = sa.select(AuditSample).where(AuditSample.organisation_id == organisation_id)
    return await page(session, query, AuditSample, paging, newest_first=True)


async def items(
    session: AsyncSession, sample_id: UUID, paging: PageRequest
) -> Page[AuditSampleItem]:
    """List the rows of a sample, in the order of the population."""
    query = sa.select(AuditSampleItem).where(AuditSampleItem.sample_id == sample_id)
    return await page(session, query, AuditSampleItem, paging)


async def count_items(session: AsyncSession, sample_id: UUID) -> int:
    """Count the rows of a sample."""
    query = sa.select(sa.func.count()).select_from(AuditSampleItem)
    return await session.scalar(query.where(AuditSampleItem.sample_id == sample_id)) or 0


async def keeps(session: AsyncSession, sample_id: UUID) -> Sequence[AuditSampleItem]:
    """Read all rows of a sample, in the order of the population."""
    query = sa.select(AuditSampleItem).where(AuditSampleItem.sample_id == sample_id)
    return (await session.scalars(query.order_by(AuditSampleItem.id))).all()
