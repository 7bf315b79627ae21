"""hledger's journal format: a file that passes `hledger check --strict`.

Debit is positive and credit negative. An account is named `<keeper>:<book>:<kind>`, and its owner
where it is not the keeper's own. An entry that touches several keepers is one transaction: it
balances per commodity, and hledger's balance of each keeper is zero per commodity too.

A year's journal begins with one transaction of what each account had: with the journals of years
before it, leave that out. Its days are those where people read their clocks; of a selection they
are in UTC.

Where hledger would take a narration's characters for something else, it gets others (`;` becomes
`,` and `|` becomes `/`); the other formats are literal.
"""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date
from typing import Any
from urllib.parse import quote
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.ledger import chart, streaming
from app.ledger.chart import KINDS, Book, Kind, Side
from app.ledger.exports import years
from app.ledger.exports.amounts import decimal, moment
from app.ledger.exports.years import AccountYear, BookYear
from app.ledger.streaming import Selection

TYPES = {
    chart.BANK: "C",
    chart.PROVIDER_BALANCE: "C",
    chart.IN_TRANSIT: "C",
    chart.PROVIDER_FEES: "X",
    chart.OPERATOR_LOSS: "X",
    chart.FEE_INCOME: "R",
}
"""Cash, expenses and revenue; the rest by book and side."""


async def write(session: AsyncSession, selection: Selection) -> AsyncIterator[str]:
    """Write declarations, then one transaction per entry."""
    yield "".join(_commodities())
    async for row in await session.stream(selection.typed(_PAYEES), selection.bound()):
        yield f"payee {row.kind}\n"
    async for row in await session.stream(selection.typed(_ACCOUNTS), selection.bound()):
        yield _declaration(KINDS[row.kind], row.keeper_id, row.owner_id)
    async for row in streaming.rows(session, selection):
        yield "".join(_transaction(row, row.occurred_at.astimezone(UTC).date()))


async def write_year(session: AsyncSession, year: BookYear) -> AsyncIterator[str]:
    """Write the journal of a year, after what each account had before."""
    selection = year.selection()
    yield "".join(_commodities())
    async for each in years.accounts(session, year):
        yield _declaration(each.kind, year.keeper_id, each.owner_id)
    begun = False
    async for each in years.accounts(session, year):
        if each.debit_before:
            if not begun:
                yield f"\n{year.first} ({OPENING}) {OPENING} | Balances of {year.year - 1}\n"
                begun = True
            yield _opening(year, each)
    payees = {OPENING}
    async for row in streaming.rows(session, selection):
        payees.add(row.kind)
        yield "".join(_transaction(row, clock.day_of(row.occurred_at)))
    # Declared after they were met, which spares going through the year twice.
    yield "".join(f"\npayee {payee}" for payee in sorted(payees)) + "\n"


OPENING = "opening"
"""No kind of entries is called so: theirs are of two words."""


def _commodities() -> Iterator[str]:
    yield "decimal-mark .\n"
    for book in Book:
        # The point says where decimals begin, also where there are none.
        yield f"commodity {'1000.' + '0' * book.decimals} {book.unit}\n"


_IN_SELECTION = f"""
  FROM ledger_positions p
  JOIN ledger_entries e ON e.id = p.entry_id
  JOIN ledger_lines l ON l.entry_id = e.id
  JOIN ledger_accounts a ON a.id = l.account_id
  JOIN ledgers g ON g.id = a.ledger_id
 WHERE {streaming.WHERE}
"""
_PAYEES = f'SELECT DISTINCT e.kind COLLATE "C" AS kind {_IN_SELECTION} ORDER BY 1'
_ACCOUNTS = f"""
SELECT DISTINCT g.keeper_id, g.book COLLATE "C", a.kind, a.owner_id {_IN_SELECTION}
 ORDER BY 1, 2, 3, 4
"""


def _declaration(kind: Kind, keeper_id: UUID, owner_id: UUID) -> str:
    names = f"{kind.english} / {kind.dutch}".replace(",", "")
    named = account(kind, keeper_id, owner_id)
    return f"account {named}  ; type:{type_of(kind)}, name:{names}\n"


def account(kind: Kind, keeper_id: UUID, owner_id: UUID) -> str:
    """Name an account as hledger does: from the whole to the part."""
    name = f"{keeper_id}:{kind.book}:{kind.code}"
    return name if owner_id == keeper_id else f"{name}:{owner_id}"


def type_of(kind: Kind) -> str:
    """Say where hledger's balance sheet or income statement has such accounts."""
    if kind in TYPES:
        return TYPES[kind]
    if kind.side is Side.DEBIT:
        return "A"
    return "L" if kind.book is Book.MONEY else "E"


def _opening(year: BookYear, each: AccountYear) -> str:
    book = each.kind.book
    named = account(each.kind, year.keeper_id, each.owner_id)
    return f"    {named}  {decimal(each.debit_before, book)} {book.unit}\n"


def _transaction(row: sa.Row[Any], day: date) -> Iterator[str]:
    yield f"\n{day} ({row.position}) {row.kind} | {_described(row.narration)}\n"
    yield f"    ; id:{row.id}, kind:{row.kind}, position:{row.position}\n"
    yield f"    ; reference:{row.reference}\n"
    yield f"    ; occurred:{moment(row.occurred_at)}, recorded:{moment(row.recorded_at)}\n"
    if row.reverses_id:
        yield f"    ; reverses:{row.reverses_id}\n"
    for evidence in row.evidence:
        yield f"    ; evidence:{quote(evidence, safe=_PLAIN)}\n"
    columns = (row.keepers, row.kinds, row.owners, row.sides, row.amounts, row.abouts)
    for keeper, code, owner, side, amount, about in zip(*columns, strict=True):
        kind = KINDS[code]
        signed = decimal(amount if side == Side.DEBIT else -amount, kind.book)
        named = account(kind, keeper, owner)
        yield f"    {named}  {signed} {kind.book.unit}  ; about:{about}\n"


_PLAIN = "".join(sorted(set(map(chr, range(ord("!"), ord("~") + 1))) - set("%,")))
"""A comma would end the value of a tag."""


def _described(narration: str) -> str:
    # The control characters are for what did not come through the door.
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", narration.translate(_OTHERS))


_OTHERS = str.maketrans(";|", ",/")
