"""A year of the books: what accountants' own programs find right stays the same for good."""

import io
import shutil
import subprocess
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
import pyxaf
from pyxaf.validate import validate

from app.core.database import Database
from app.ledger import chart, journal
from app.ledger.chart import Book
from app.ledger.exports import hledger, xaf, years
from app.ledger.exports.xaf import Administration, Party
from app.ledger.exports.years import BookYear
from app.ledger.positions import latest
from tests.make.books import a_draft
from tests.make.busy_books import BusyBooks, busy_books, sequence

HLEDGER = shutil.which("hledger")
OPERATOR = Party("Stichting <RIKX> & derdengelden", "NL", "69599068", None)
BEFORE, AFTER = datetime(2025, 12, 31, 22, 59, tzinfo=UTC), datetime(2026, 12, 31, 23, tzinfo=UTC)
"""The last minute of 2025, and the first of 2027, in Amsterdam."""


@pytest.fixture
async def books(database: Database) -> BusyBooks:
    """Books of three years."""
    async with database.work() as session:
        books = await busy_books(session, drafts=60, seed=11)
        await sequence(session)
    await _receive(database, books, BEFORE, AFTER)
    return books


async def _receive(database: Database, books: BusyBooks, *moments: datetime) -> None:
    """Let money come in for a buyer and a project, and tell it to whoever must pay for sending."""
    async with database.work() as session:
        for moment in moments:
            for account in (
                chart.REFUND_DUE.of(books.scheme_id, books.projects[0]),
                chart.DEPOSIT.of(books.scheme_id, books.projects[1]),
            ):
                draft = replace(a_draft(account, 12_345), occurred_at=moment)
                await journal.post(session, replace(draft, narration='A\u00a0"<narration>" & more'))
    async with database.work() as session:
        await sequence(session)


async def _year(database: Database, books: BusyBooks, year: int = 2026) -> BookYear:
    async with database.reading() as session:
        return BookYear(books.scheme_id, year, await latest(session))


async def _written(pieces: AsyncIterator[str]) -> str:
    return "".join([piece async for piece in pieces])


async def _xaf(database: Database, year: BookYear) -> str:
    async with database.snapshot() as session:
        parties = {(await _relation(database, year)): Party("B" * 80, "NL", "24265680", "NL1B01")}
        told = Administration(OPERATOR, parties, date(2027, 2, 1), "0.1.0")
        return await _written(xaf.write_year(session, year, told))


async def _relation(database: Database, year: BookYear) -> UUID:
    async with database.reading() as session:
        async for each in years.accounts(session, year):
            if each.kind is chart.REFUND_DUE:
                return each.owner_id
    raise AssertionError


async def test_an_accountant_finds_the_year_right(database: Database, books: BusyBooks) -> None:
    year = await _year(database, books)

    told = await _xaf(database, year)

    report = validate(io.BytesIO(told.encode()), xsd=True)
    assert [str(each) for each in report.findings if each.severity.name != "INFO"] == []
    with pyxaf.open(io.BytesIO(told.encode())) as file:
        assert (file.company.name, file.company.tax_registration_id) == (OPERATOR.name, "onbekend")
        moved: Counter[str] = Counter()
        for line in file.lines():
            assert line.signed_amount is not None
            moved[str(line.account_id)] += int(line.signed_amount * 100)
        had = {each.account_id: each for each in file.opening_balance("element").lines}
    async with database.reading() as session:
        known = [each async for each in years.accounts(session, year)]
    money = [each for each in known if each.kind.book is Book.MONEY]
    expected: Counter[str] = Counter()
    for each in money:
        expected[each.kind.code] += each.debit - each.credit
    assert +moved == +expected
    assert {"bank", "refund_due", "deposit"} == set(had)
    assert had["bank"].amount == Decimal("246.90")


@pytest.mark.skipif(HLEDGER is None, reason="hledger is not installed")
async def test_hledger_ends_the_year_with_what_the_books_have(
    database: Database, books: BusyBooks
) -> None:
    assert HLEDGER is not None
    year = await _year(database, books)
    async with database.snapshot() as session:
        told = await _written(hledger.write_year(session, year))
        known = [each async for each in years.accounts(session, year)]

    def run(*arguments: str) -> str:
        command = [HLEDGER, "-f", "-", *arguments]
        done = subprocess.run(command, input=told, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("check", "--strict")
    rows = run("balance", "--flat", "--no-total", "-O", "csv", "--layout=bare").splitlines()[1:]
    balances = {}
    for row in rows:
        name, unit, amount = (cell.strip('"') for cell in row.split(","))
        balances[name, unit] = int(Decimal(amount) * 10 ** (2 if unit != "RIKX" else 0))
    assert {key: cents for key, cents in balances.items() if cents} == {
        (hledger.account(each.kind, year.keeper_id, each.owner_id), each.kind.book.unit): debit
        for each in known
        if (debit := each.debit_after)
    }
    assert "2026-01-01 (opening) opening | Balances of 2025" in told


async def test_what_is_known_later_changes_nothing_of_it(
    database: Database, books: BusyBooks
) -> None:
    year = await _year(database, books)
    before = await _xaf(database, year)

    await _receive(database, books, BEFORE, datetime(2026, 5, 1, tzinfo=UTC))

    assert await _xaf(database, year) == before
    assert await _xaf(database, await _year(database, books)) != before


async def test_a_year_without_entries_is_known_as_one(database: Database, books: BusyBooks) -> None:
    async with database.reading() as session:
        found = [
            await years.has_entries(session, await _year(database, books, year))
            for year in (2024, 2025, 2026, 2027)
        ]
    assert found == [False, True, True, True]
