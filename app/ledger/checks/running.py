"""Run the checks: all of them over all rows, or over what came since a position.

Everything happens in one snapshot (`Database.snapshot`), so that those who post meanwhile can't
look like a fault; entries are taken in ranges, so that memory stays the same however many there
are.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.ledger.checks import accounts, entries, holds, order, protection
from app.ledger.checks.scopes import WITHIN_IDS, WITHIN_POSITIONS
from app.ledger.positions import BLOCK

AT_ONCE = 10_000
"""How many entries a range has."""
FIRST_ID, LAST_ID = UUID(int=0), UUID(int=2**128 - 1)
FIRST_POSITION, LAST_POSITION = -(2**63), 2**63 - 1

Faults: TypeAlias = AsyncIterator[str]
"""Sentences: what, what is expected of it, and what was found."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is in the books."""

    entries: int
    lines: int
    accounts: int
    holds: int
    position: int

    def __str__(self) -> str:
        return (
            f"{_counted(self.entries, 'entry', 'entries')} with {_counted(self.lines, 'line')},"
            f" {_counted(self.accounts, 'account')}, {_counted(self.holds, 'hold')},"
            f" known up to position {self.position:,}"
        )

    @property
    def steps(self) -> int:
        """About how many steps `all_faults` takes."""
        ranges = self.entries // AT_ONCE + 1
        whole = len(accounts.WHOLE) + len(holds.WHOLE)
        return (len(entries.CHECKS) + 2) * ranges + whole + 6


def _counted(number: int, one: str, more: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else more or one + 's'}"


async def counts(session: AsyncSession) -> Counts:
    """Count the rows."""
    return Counts(*(await session.execute(sa.text(_COUNTS))).one())


_COUNTS = """
SELECT (SELECT count(*) FROM ledger_entries), (SELECT count(*) FROM ledger_lines),
       (SELECT count(*) FROM ledger_accounts), (SELECT count(*) FROM ledger_holds),
       (SELECT coalesce(max(position), 0) FROM ledger_positions)
"""


async def all_faults(session: AsyncSession, stepped: Callable[[], None]) -> Faults:
    """Check every row; `session` is of a snapshot, and `stepped` is told of progress."""
    for part in PARTS.values():
        async for step in part(session):
            async for fault in step:
                yield fault
            stepped()


async def faults_since(session: AsyncSession, position: int) -> Faults:
    """Check the entries known after a position, what they touched, and what is always cheap.

    Beyond what it sees: entries without any place, and references and reversals without an entry.
    """
    async for step in _steps_since(session, position):
        async for fault in step:
            yield fault


async def _protection(session: AsyncSession) -> AsyncIterator[Faults]:
    yield protection.faults(session)
    yield accounts.chart_faults(session)


async def _entries(session: AsyncSession) -> AsyncIterator[Faults]:
    async for first, last in _ranges(session, _IDS, (FIRST_ID, LAST_ID)):
        for check in entries.CHECKS:
            yield _found(session, WITHIN_IDS + check, first=first, last=last)


async def _order(session: AsyncSession) -> AsyncIterator[Faults]:
    async for first, last in _ranges(session, _POSITIONS, (FIRST_POSITION, LAST_POSITION)):
        yield _found(session, order.ORDER, first=first, last=last)
        yield order.leaf_faults(session, first, last)
    yield _found(session, order.QUEUE)
    yield _found(session, order.TOTALS, block=0, size=BLOCK)


async def _holds(session: AsyncSession) -> AsyncIterator[Faults]:
    for check in (*holds.WHOLE, holds.HOLDS):
        yield _found(session, check)


async def _accounts(session: AsyncSession) -> AsyncIterator[Faults]:
    for check in (*accounts.WHOLE, accounts.POSTED):
        yield _found(session, check)


Part: TypeAlias = Callable[[AsyncSession], AsyncIterator[Faults]]

PARTS: dict[str, Part] = {
    "protection": _protection,
    "entries": _entries,
    "order": _order,
    "holds": _holds,
    "accounts": _accounts,
}
"""The whole of it, in steps: everything in the books is looked at by one of these."""


async def part_faults(session: AsyncSession, part: str) -> Faults:
    """Check every row, for what belongs to one part."""
    async for step in PARTS[part](session):
        async for fault in step:
            yield fault


async def _steps_since(session: AsyncSession, position: int) -> AsyncIterator[Faults]:
    yield protection.faults(session)
    yield accounts.chart_faults(session)
    async for first, last in _ranges(session, _POSITIONS, (position + 1, LAST_POSITION)):
        for check in entries.CHECKS:
            yield _found(session, WITHIN_POSITIONS + check, first=first, last=last)
        yield _found(session, order.ORDER, first=first, last=last)
        yield order.leaf_faults(session, first, last)
    for check in (order.QUEUE, *accounts.WHOLE):
        yield _found(session, check)
    for check in (accounts.POSTED_SINCE, holds.HOLDS_SINCE):
        yield _found(session, check, since=position)
    yield _found(session, order.TOTALS, block=position // BLOCK, size=BLOCK)


async def _found(session: AsyncSession, check: str, **values: Any) -> Faults:  # noqa: ANN401  Of its range.
    # From the server bit by bit: there may be as many faults as rows.
    result = await session.stream_scalars(sa.text(check), values)
    async for fault in result:
        yield fault


_IDS = "SELECT id FROM ledger_entries WHERE id >= :first ORDER BY id OFFSET :size LIMIT 1"
_POSITIONS = (
    "SELECT position FROM ledger_positions WHERE position >= :first"
    " ORDER BY position OFFSET :size LIMIT 1"
)


async def _ranges(
    session: AsyncSession, query: str, bounds: tuple[Any, Any]
) -> AsyncIterator[tuple[Any, Any]]:
    """Cut from the first bound to the second into ranges of so many rows."""
    first, end = bounds
    while first != end:
        values = {"first": first, "size": AT_ONCE}
        last = await session.scalar(sa.text(query), values)
        yield first, end if last is None else last
        first = end if last is None else last
