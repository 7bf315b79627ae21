"""The trial balance: what each kind of account had and moved, as known at a position."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.wire import Moment
from app.ledger import positions
from app.ledger.chart import KINDS, Kind, Side
from app.ledger.models import Ledger


@dataclass(frozen=True, slots=True)
class TrialRow:
    """A kind of account in a trial balance; amounts of both sides, whole."""

    kind: Kind
    opening: int
    """On the normal side, before the period."""
    debit: int
    credit: int

    @property
    def closing(self) -> int:
        """On the normal side, after the period."""
        moved = self.debit - self.credit
        return self.opening + (moved if self.kind.side is Side.DEBIT else -moved)


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """What every kind of account had and moved in a period, as known at a position."""

    position: int
    rows: Sequence[TrialRow]

    @property
    def debit(self) -> int:
        """All that was debited; as much as was credited."""
        return sum(row.debit for row in self.rows)

    @property
    def credit(self) -> int:
        """All that was credited."""
        return sum(row.credit for row in self.rows)


class TrialBalanceRequest(BaseModel):
    """What to add up, and as known when."""

    model_config = ConfigDict(alias_generator=to_camel)

    begins_at: Annotated[
        Moment | None, Field(description="From what happened at this moment on.")
    ] = None
    ends_at: Annotated[Moment | None, Field(description="To what happened before this moment.")] = (
        None
    )
    position: Annotated[
        int | None, Field(ge=0, le=2**63 - 1, description="As known at this position.")
    ] = None
    known_at: Annotated[
        Moment | None, Field(description="As known at this moment; `position` goes before it.")
    ] = None


async def add_up(
    session: AsyncSession, ledger: Ledger, request: TrialBalanceRequest
) -> TrialBalance:
    """Add a ledger up by kind of account, for what happened from `begins_at` to before `ends_at`.

    Without a period it is the totals since the beginning, and quick whatever the size of the books.

    Raises:
        NotKnownYet: the books have not come to this position.
    """
    position = await _position(session, request)
    whole = request.begins_at is None and request.ends_at is None
    values: dict[str, object] = {"ledger": ledger.id, "position": position}
    if whole:
        block = position // positions.BLOCK
        values |= {"block": block, "begin": block * positions.BLOCK}
    else:
        values |= {"begins": request.begins_at, "ends": request.ends_at}
    found = await session.execute(sa.text(_TOTALS if whole else _PERIOD), values)
    by_kind = {row.kind: row for row in found}
    rows = [
        TrialRow(kind, *_amounts(kind, by_kind[code]))
        for code, kind in KINDS.items()
        if code in by_kind
    ]
    return TrialBalance(position, rows)


async def _position(session: AsyncSession, request: TrialBalanceRequest) -> int:
    if request.position is not None:
        return await positions.insist(session, request.position)
    if request.known_at is not None:
        return await positions.known_at(session, request.known_at)
    return await positions.latest(session)


def _amounts(kind: Kind, row: sa.Row[Any]) -> tuple[int, int, int]:
    opening = int(row.opening)
    return opening if kind.side is Side.DEBIT else -opening, int(row.debit), int(row.credit)


_TOTALS = """
    SELECT kind, 0 AS opening, sum(debit) AS debit, sum(credit) AS credit FROM (
        (SELECT DISTINCT ON (kind) kind, debit, credit FROM ledger_totals
          WHERE ledger_id = :ledger AND block < :block
          ORDER BY kind, block DESC)
        UNION ALL
        SELECT a.kind, CASE WHEN l.side = 'debit' THEN l.amount ELSE 0 END,
               CASE WHEN l.side = 'credit' THEN l.amount ELSE 0 END
          FROM ledger_positions p
          JOIN ledger_lines l ON l.entry_id = p.entry_id AND l.ledger_id = :ledger
          JOIN ledger_accounts a ON a.id = l.account_id
         WHERE p.position > :begin AND p.position <= :position
    ) moved GROUP BY kind
"""

_PERIOD = """
    SELECT a.kind,
           coalesce(sum(s.signed) FILTER (WHERE e.occurred_at < CAST(:begins AS timestamptz)), 0)
               AS opening,
           coalesce(sum(s.signed) FILTER (WHERE s.signed > 0 AND
               (CAST(:begins AS timestamptz) IS NULL OR e.occurred_at >= :begins)), 0) AS debit,
           coalesce(-sum(s.signed) FILTER (WHERE s.signed < 0 AND
               (CAST(:begins AS timestamptz) IS NULL OR e.occurred_at >= :begins)), 0) AS credit
      FROM ledger_accounts a
      JOIN ledger_lines l ON l.account_id = a.id
      JOIN ledger_entries e ON e.id = l.entry_id
      JOIN ledger_positions p ON p.entry_id = l.entry_id AND p.position <= :position
     CROSS JOIN LATERAL (
           SELECT CASE WHEN l.side = 'debit' THEN l.amount ELSE -l.amount END AS signed) s
     WHERE a.ledger_id = :ledger
       AND (CAST(:ends AS timestamptz) IS NULL OR e.occurred_at < :ends)
     GROUP BY a.kind
"""
