"""A keeper's books of one year, as known at a position: what each account had and moved.

A year begins at midnight where people read their clocks. Nothing closes it: what an account had at
its end it has at the beginning of the next, costs and revenues too.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.ledger.chart import KINDS, Kind, Side
from app.ledger.streaming import Selection


@dataclass(frozen=True, slots=True)
class BookYear:
    """Whose books, of which year, and as known at which position."""

    keeper_id: UUID
    year: int
    until: int

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, 1, 1)

    @property
    def last(self) -> date:
        """The last day."""
        return date(self.year, 12, 31)

    @property
    def begins(self) -> datetime:
        """When it begins."""
        return clock.midnight(self.first)

    @property
    def ends(self) -> datetime:
        """When the next one begins."""
        return clock.midnight(date(self.year + 1, 1, 1))

    def selection(self) -> Selection:
        """Select what occurred in it."""
        return Selection(self.keeper_id, self.begins, self.ends, self.until)


@dataclass(frozen=True, slots=True)
class AccountYear:
    """What one account had before a year, and what moved in it."""

    kind: Kind
    owner_id: UUID
    debit_before: int
    """Of all before, debit less credit."""
    debit: int
    credit: int
    lines: int
    """Of the year."""

    @property
    def opening(self) -> int:
        """On the normal side."""
        return self.debit_before if self.kind.side is Side.DEBIT else -self.debit_before

    @property
    def debit_after(self) -> int:
        """At the end of the year, debit less credit."""
        return self.debit_before + self.debit - self.credit

    @property
    def closing(self) -> int:
        """On the normal side."""
        return self.debit_after if self.kind.side is Side.DEBIT else -self.debit_after


async def accounts(session: AsyncSession, year: BookYear) -> AsyncIterator[AccountYear]:
    """Read every account that something happened to by the end of a year, in order of the chart."""
    values = {
        "keeper": year.keeper_id,
        "begins": year.begins,
        "ends": year.ends,
        "until": year.until,
        "codes": list(KINDS),
    }
    async for row in await session.stream(_ACCOUNTS, values):
        yield AccountYear(
            kind=KINDS[row.kind],
            owner_id=row.owner_id,
            debit_before=int(row.before),
            debit=int(row.debit),
            credit=int(row.credit),
            lines=row.lines,
        )


async def has_entries(session: AsyncSession, year: BookYear) -> bool:
    """Tell whether anything at all happened in a year, in books of its keeper."""
    values = {
        "keeper": year.keeper_id,
        "begins": year.begins,
        "ends": year.ends,
        "until": year.until,
    }
    return bool(await session.scalar(_HAS_ENTRIES, values))


_BOUNDS = (
    sa.bindparam("keeper", type_=sa.Uuid()),
    sa.bindparam("begins", type_=sa.TIMESTAMP(timezone=True)),
    sa.bindparam("ends", type_=sa.TIMESTAMP(timezone=True)),
    sa.bindparam("until", type_=sa.BigInteger()),
)

_ACCOUNTS = sa.text("""
    SELECT a.kind, a.owner_id,
           coalesce(sum(s.signed) FILTER (WHERE e.occurred_at < :begins), 0) AS before,
           coalesce(sum(s.signed) FILTER (WHERE s.signed > 0 AND e.occurred_at >= :begins), 0)
               AS debit,
           coalesce(-sum(s.signed) FILTER (WHERE s.signed < 0 AND e.occurred_at >= :begins), 0)
               AS credit,
           count(*) FILTER (WHERE e.occurred_at >= :begins) AS lines
      FROM ledgers g
      JOIN ledger_accounts a ON a.ledger_id = g.id
      JOIN ledger_lines l ON l.account_id = a.id
      JOIN ledger_entries e ON e.id = l.entry_id AND e.occurred_at < :ends
      JOIN ledger_positions p ON p.entry_id = l.entry_id AND p.position <= :until
     CROSS JOIN LATERAL (
           SELECT CASE WHEN l.side = 'debit' THEN l.amount ELSE -l.amount END AS signed) s
     WHERE g.keeper_id = :keeper
     GROUP BY a.kind, a.owner_id
     ORDER BY array_position(CAST(:codes AS text[]), a.kind), a.owner_id
""").bindparams(*_BOUNDS, sa.bindparam("codes", type_=sa.ARRAY(sa.Text())))

_HAS_ENTRIES = sa.text("""
    SELECT EXISTS (
        SELECT FROM ledger_entries e
          JOIN ledger_positions p ON p.entry_id = e.id AND p.position <= :until
          JOIN ledger_lines l ON l.entry_id = e.id
          JOIN ledgers g ON g.id = l.ledger_id AND g.keeper_id = :keeper
         WHERE e.occurred_at >= :begins AND e.occurred_at < :ends)
""").bindparams(*_BOUNDS)
