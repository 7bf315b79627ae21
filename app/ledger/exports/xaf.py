"""XAF 4.0 (the tax office's XML Auditfile Financieel) of a keeper's book of money in one year.

A ledger account of the file is a kind of account here: for whom it is kept says the line, with the
customer or supplier (organisations) or the project. All entries are in one journal, in the order in
which they became known, whatever day they are of. An opening line is what a kind of account had at
the beginning of the year; costs and revenues are among them, as nothing closes a year here.

What the format has no room for is cut off at its limit: no amount, and no reference, is ever.

Codes of RGS (the reference ledger) are given where one says exactly what an account is; a wrong one
would be worse than none. There are codes of VAT for those who pay it, and none on lines: the books
have amounts of VAT and no rates.
"""

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from xml.sax.saxutils import escape

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.ledger import chart, streaming
from app.ledger.chart import KINDS, Book, KeptPer, Kind, Side
from app.ledger.exports import years
from app.ledger.exports.amounts import decimal
from app.ledger.exports.years import AccountYear, BookYear

NAMESPACE = (
    "http://www.odb.belastingdienst.nl/Belastingdienst/BCPP/1.1/structures/XmlauditfileXAF_4.0"
)

OF_RESULT = {chart.PROVIDER_FEES, chart.OPERATOR_LOSS, chart.FEE_INCOME}
"""Costs and revenues of the operator (`P`); all else is of the balance (`B`)."""

RGS = {
    chart.BANK: "BLimBanRba",
    chart.IN_TRANSIT: "BLimKruSto",
    chart.VAT_FEE: "BSchBepBtw",
}
JOURNAL = "BOOK"
UNKNOWN = "onbekend"
"""Of a number that the format insists on, where nobody gave one."""


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation as the file names it."""

    name: str
    country: str
    """ISO 3166-1 alpha-2."""
    register_number: str
    vat_id: str | None


@dataclass(frozen=True, slots=True)
class Administration:
    """Whose books a file is of, and what it calls others."""

    company: Party
    parties: Mapping[UUID, Party]
    """Organisations by their id; one that is missing has no name in the file."""
    made_on: date
    software_version: str


@dataclass(slots=True)
class Totals:
    """What a file adds up to."""

    kinds: dict[Kind, int] = field(default_factory=dict)
    """What each kind of account had before, debit less credit."""
    relations: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    """What the accounts of each organisation had before and after, debit less credit."""
    lines: int = 0
    debit: int = 0
    credit: int = 0


async def add_up(session: AsyncSession, year: BookYear) -> Totals:
    """Add up the book of money of a year."""
    found = Totals(kinds=defaultdict(int))
    async for each in years.accounts(session, year):
        if each.kind.book is Book.MONEY:
            _add(found, each)
    return found


def _add(found: Totals, each: AccountYear) -> None:
    found.kinds[each.kind] += each.debit_before
    found.lines += each.lines
    found.debit += each.debit
    found.credit += each.credit
    if each.kind.kept_per is KeptPer.ORGANISATION:
        before, after = found.relations.get(each.owner_id, (0, 0))
        found.relations[each.owner_id] = (before + each.debit_before, after + each.debit_after)


async def write_year(
    session: AsyncSession, year: BookYear, administration: Administration
) -> AsyncIterator[str]:
    """Write the file, one entry after the other."""
    totals = await add_up(session, year)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<auditfile xmlns="{NAMESPACE}">\n'
    yield "".join(_header(year, administration))
    yield "<company>\n"
    yield "".join(_company(administration.company))
    for piece in _relations(totals, administration.parties):
        yield piece
    yield "".join(_accounts(totals))
    yield "".join(_periods(year))
    yield "".join(_opening(totals))
    yield "".join(_journal(totals))
    async for row in streaming.rows(session, year.selection()):
        yield "".join(_transaction(row))
    yield "</journal>\n</transactions>\n</company>\n</auditfile>\n"


def _header(year: BookYear, administration: Administration) -> Iterator[str]:
    yield "<header>"
    yield _element("fiscalYear", str(year.year))
    yield _element("startDate", str(year.first))
    yield _element("endDate", str(year.last))
    yield _element("curCode", Book.MONEY.unit)
    yield _element("dateCreated", str(administration.made_on))
    yield _element("softwareDesc", "Baat")
    yield _element("softwareVersion", administration.software_version, 20)
    yield "</header>\n"


def _company(company: Party) -> Iterator[str]:
    yield _element("Commercenr", company.register_number, 100)
    yield _element("companyName", company.name, 255)
    yield _element("taxRegistrationCountry", company.country)
    yield _element("taxRegIdent", company.vat_id or UNKNOWN, 30)
    yield "\n"


def _relations(totals: Totals, parties: Mapping[UUID, Party]) -> Iterator[str]:
    if not totals.relations:
        return
    yield "<customersSuppliers>\n"
    for organisation_id, (before, after) in sorted(totals.relations.items()):
        yield "".join(_relation(organisation_id, before, after, parties.get(organisation_id)))
    yield "</customersSuppliers>\n"


def _relation(organisation_id: UUID, before: int, after: int, party: Party | None) -> Iterator[str]:
    yield "<customerSupplier>"
    yield _element("custSupID", organisation_id.hex)
    if party is not None:
        yield _element("custSupName", party.name, 50)
        yield _element("commerceNr", party.register_number, 100)
        yield _element("taxRegistrationCountry", party.country)
        if party.vat_id:
            yield _element("taxRegIdent", party.vat_id, 30)
    # One and the same may buy in one project and sell another.
    yield _element("custSupTp", "B")
    for name, balance in (("op", before), ("cl", after)):
        yield _element(f"{name}BalDesc", _euros(balance))
        yield _element(f"{name}BalTp", _sign(balance))
    yield "</customerSupplier>\n"


def _accounts(totals: Totals) -> Iterator[str]:
    if not totals.kinds:
        return
    yield "<generalLedger>\n"
    for kind in totals.kinds:
        yield "<ledgerAccount>"
        yield _element("accID", kind.code)
        yield _element("accDesc", kind.dutch, 255)
        yield _element("accTp", "P" if kind in OF_RESULT else "B")
        if kind in RGS:
            yield _element("RGScode", RGS[kind])
        yield "</ledgerAccount>\n"
    yield "</generalLedger>\n"
    yield from _vat(kind for kind in totals.kinds if kind in {chart.VAT_FEE, chart.VAT_SALE})


def _vat(kinds: Iterable[Kind]) -> Iterator[str]:
    codes = "".join(
        f"<vatCode>{_element('vatID', kind.code)}{_element('vatDesc', kind.dutch, 100)}"
        f"{_element('vatToPayAccID', kind.code)}</vatCode>\n"
        for kind in kinds
    )
    if codes:
        yield f"<vatCodes>\n{codes}</vatCodes>\n"


def _periods(year: BookYear) -> Iterator[str]:
    yield "<periods>\n"
    for month in range(1, 13):
        first = date(year.year, month, 1)
        following = date(year.year + month // 12, month % 12 + 1, 1)
        yield "<period>"
        yield _element("periodNumber", str(month))
        yield _element("startDatePeriod", str(first))
        yield _element("endDatePeriod", str(following - timedelta(days=1)))
        yield "</period>\n"
    yield "</periods>\n"


def _opening(totals: Totals) -> Iterator[str]:
    had = {kind: before for kind, before in totals.kinds.items() if before}
    yield "<openingBalance>"
    yield _element("linesCount", str(len(had)))
    yield _element("totalDebit", _euros(sum(each for each in had.values() if each > 0)))
    yield _element("totalCredit", _euros(sum(each for each in had.values() if each < 0)))
    for number, (kind, before) in enumerate(had.items(), 1):
        yield "\n<obLine>"
        yield _element("nr", str(number))
        yield _element("accID", kind.code)
        yield _element("amnt", _euros(before))
        yield _element("amntTp", _sign(before))
        yield "</obLine>"
    yield "\n</openingBalance>\n"


def _journal(totals: Totals) -> Iterator[str]:
    yield "<transactions>"
    yield _element("linesCount", str(totals.lines))
    yield _element("totalDebit", _euros(totals.debit))
    yield _element("totalCredit", _euros(totals.credit))
    yield "\n<journal>"
    yield _element("jrnID", JOURNAL)
    yield _element("desc", "Alle boekingen, in de volgorde waarin ze bekend werden")
    yield _element("jrnTp", "M")
    yield "\n"


def _transaction(row: sa.Row[Any]) -> Iterator[str]:
    columns = (row.numbers, row.sides, row.amounts, row.kinds, row.owners, row.abouts)
    lines = [line for line in zip(*columns, strict=True) if line[3] in _PARTS]
    if not lines:
        return
    day = clock.day_of(row.occurred_at)
    yield f"<transaction><nr>{row.position}</nr>{_element('desc', row.narration)}"
    yield f"<periodNumber>{day.month}</periodNumber><trDt>{day}</trDt>"
    yield f"{_element('Source', row.kind, 999)}\n"
    # One and the same on every line: the look-up of an auditor begins with either.
    reference = f"{_element('docRef', row.reference, 255)}<effDate>{day}</effDate>"
    for number, side, amount, kind, owner, about in lines:
        account, whose, written = _PARTS[kind]
        yield (
            f"<trLine><nr>{number}</nr>{account}{reference}<desc>{about}</desc>"
            f"<amnt>{amount // 100}.{amount % 100:02}</amnt><amntTp>{_SIGNS[side]}</amntTp>"
            f"{whose and f'<{whose}>{written(owner)}</{whose}>'}</trLine>\n"
        )
    yield "</transaction>\n"


_SIGNS = {Side.DEBIT.value: "D", Side.CREDIT.value: "C"}
_WHOSE: dict[KeptPer, tuple[str, Callable[[UUID], str]]] = {
    KeptPer.ORGANISATION: ("custSupID", lambda owner: owner.hex),
    KeptPer.PROJECT: ("project", str),
}
_PARTS = {
    code: (f"<accID>{code}</accID>", *_WHOSE.get(kind.kept_per, ("", str)))
    for code, kind in KINDS.items()
    if kind.book is Book.MONEY
}
"""Of a line, by the kind of its account: the account, and which member says for whom it is kept."""


def _euros(cents: int) -> str:
    return decimal(abs(cents), Book.MONEY)


def _sign(debit: int) -> str:
    return "C" if debit < 0 else "D"


_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML may hold; the door lets none of it in."""


def _element(name: str, text: str, longest: int | None = None) -> str:
    said = " ".join(_UNFIT.sub(" ", text).split())
    return f"<{name}>{escape(said[:longest].rstrip())}</{name}>"
