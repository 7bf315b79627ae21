"""The journal entry by entry, in the order in which it became known, however long it is."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.ledger import positions
from app.ledger.chart import Side
from app.ledger.leaves import LeafEntry, LeafLine

AT_ONCE = 1000
"""How many entries are in memory."""


@dataclass(frozen=True, slots=True)
class Known:
    """An entry with its place."""

    position: int
    known_at: datetime
    leaf: bytes
    entry: LeafEntry
    lines: Sequence[tuple[int, LeafLine]]
    """Numbered: where only one keeper's were asked for, others are missing between."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What to read of the journal."""

    keeper_id: UUID | None = None
    """Only lines in ledgers of this keeper: entries balance in each ledger."""
    begins: datetime | None = None
    """Only what occurred then or later."""
    ends: datetime | None = None
    """Only what occurred before."""
    until: int | None = None
    """Only what was known at this position."""

    @classmethod
    def of_days(
        cls, first: datetime | None, last: datetime | None, *, keeper_id: UUID | None = None
    ) -> Self:
        """Select from midnight to midnight in UTC, both days included."""
        return cls(
            keeper_id=keeper_id,
            begins=first and first.replace(tzinfo=UTC),
            ends=last and last.replace(tzinfo=UTC) + timedelta(days=1),
        )

    def bound(self) -> dict[str, UUID | datetime | int | None]:
        """Give the values for `WHERE`."""
        return {
            "keeper": self.keeper_id,
            "begins": self.begins,
            "ends": self.ends,
            "until": self.until,
        }

    def typed(self, query: str) -> sa.TextClause:
        """Make a statement of text that contains `WHERE`."""
        return sa.text(query).bindparams(
            sa.bindparam("keeper", type_=sa.Uuid()),
            sa.bindparam("begins", type_=sa.TIMESTAMP(timezone=True)),
            sa.bindparam("ends", type_=sa.TIMESTAMP(timezone=True)),
            sa.bindparam("until", type_=sa.BigInteger()),
        )


EVERYTHING = Selection()

WHERE = """
       (:begins IS NULL OR e.occurred_at >= :begins)
   AND (:ends IS NULL OR e.occurred_at < :ends)
   AND (:keeper IS NULL OR g.keeper_id = :keeper)
   AND (:until IS NULL OR p.position <= :until)
"""
"""A condition on entries `e`, their positions `p` and ledgers `g` that holds for a selection."""

_ENTRIES = f"""
SELECT p.position, p.known_at, p.leaf, e.id, e.kind, e.reference, e.narration,
       e.occurred_at, e.recorded_at, e.reverses_id, e.evidence, l.*
  FROM ledger_positions p
  JOIN ledger_entries e ON e.id = p.entry_id
 CROSS JOIN LATERAL (
       SELECT coalesce(array_agg(l.position ORDER BY l.position), '{{}}') AS numbers,
              coalesce(array_agg(CAST(l.side AS text) ORDER BY l.position), '{{}}') AS sides,
              coalesce(array_agg(l.amount ORDER BY l.position), '{{}}') AS amounts,
              coalesce(array_agg(g.keeper_id ORDER BY l.position), '{{}}') AS keepers,
              coalesce(array_agg(a.kind ORDER BY l.position), '{{}}') AS kinds,
              coalesce(array_agg(a.owner_id ORDER BY l.position), '{{}}') AS owners,
              coalesce(array_agg(l.about_id ORDER BY l.position), '{{}}') AS abouts
         FROM ledger_lines l
         -- OFFSET keeps it a look-up: else every call would begin with reading all accounts.
         JOIN LATERAL (SELECT * FROM ledger_accounts WHERE id = l.account_id OFFSET 0) a ON true
         JOIN ledgers g ON g.id = a.ledger_id
        WHERE l.entry_id = e.id AND {WHERE}
       ) l
 WHERE p.position >= :first AND p.position < :last
 ORDER BY p.position
"""  # noqa: S608  Conditions of our own.


async def entries(session: AsyncSession, selection: Selection = EVERYTHING) -> AsyncIterator[Known]:
    """Read all that have a position; one without lines in the selection is left out."""
    async for row in rows(session, selection):
        yield _known(row)


async def rows(session: AsyncSession, selection: Selection) -> AsyncIterator[sa.Row[Any]]:
    """Read the same as rows with a list for each column of lines: of many, half of the work."""
    statement = selection.typed(_ENTRIES)
    come = await positions.latest(session)
    last = come if selection.until is None else min(selection.until, come)
    for first in range(1, last + 1, AT_ONCE):
        bounds = {"first": first, "last": first + AT_ONCE}
        for row in await session.execute(statement, {**bounds, **selection.bound()}):
            if row.numbers:
                yield row


def _known(row: Any) -> Known:  # noqa: ANN401  A row of `_ENTRIES`.
    columns = (row.sides, row.amounts, row.keepers, row.kinds, row.owners, row.abouts)
    lines = [LeafLine(Side(side), *rest) for side, *rest in zip(*columns, strict=True)]
    entry = LeafEntry(
        id=row.id,
        kind=row.kind,
        reference=row.reference,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        reverses_id=row.reverses_id,
        evidence=row.evidence,
        narration=row.narration,
        lines=lines,
    )
    numbered = list(zip(row.numbers, lines, strict=True))
    return Known(row.position, row.known_at, row.leaf, entry, numbered)
