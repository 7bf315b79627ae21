"""The proof of the books: right ones pass, and whatever is changed is named, and nothing else."""

import asyncio
import re

import pytest
from sqlalchemy.engine import make_url

from app.core.database import Database
from app.core.ids import new_id
from app.ledger import chart, checks, journal
from app.ledger.checks import protection, running
from tests.ledger.checks.corruptions import CORRUPTIONS
from tests.ledger.checks.openings import OPENINGS
from tests.ledger.conftest import Change
from tests.make.books import a_draft, a_keeper
from tests.make.busy_books import busy_books, sequence
from tests.make.commands import baat


async def found(database: Database) -> list[str]:
    """All faults."""
    async with database.snapshot() as session:
        return [fault async for fault in checks.all_faults(session, lambda: None)]


async def found_since(database: Database, position: int) -> list[str]:
    """What the job finds."""
    async with database.snapshot() as session:
        return [fault async for fault in checks.faults_since(session, position)]


def assert_named(faults: list[str], beginnings: list[str]) -> None:
    """Each fault begins as one of these, each of these begins one; `#` is any one word."""
    patterns = [re.escape(one).replace(r"\#", r"\S+") for one in beginnings]
    assert len(faults) == len(patterns), faults
    for pattern in patterns:
        assert sum(bool(re.match(pattern, fault)) for fault in faults) == 1, (pattern, faults)


@pytest.fixture
def _tiny_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "AT_ONCE", 2)


@pytest.mark.parametrize("at_once", [1, 3, running.AT_ONCE])
@pytest.mark.usefixtures("names")
async def test_right_books_have_no_faults(
    database: Database, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(running, "AT_ONCE", at_once)
    assert await found(database) == []
    assert await found_since(database, 0) == []


async def test_empty_books_have_no_faults(database: Database) -> None:
    assert await found(database) == []
    assert await found_since(database, 0) == []


@pytest.mark.usefixtures("_tiny_ranges")
@pytest.mark.parametrize("what", CORRUPTIONS)
async def test_what_was_changed_is_named_and_nothing_else(
    database: Database, names: dict[str, str], break_books: Change, what: str
) -> None:
    statements, beginnings = CORRUPTIONS[what]

    await break_books(statements, **names)

    faults = await found(database)
    assert_named(faults, [beginning.format(**names) for beginning in beginnings])
    assert set(await found_since(database, 0)) <= set(faults)


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize("what", OPENINGS)
async def test_what_protects_the_rows_is_looked_at(
    database: Database, as_owner: Change, what: str
) -> None:
    statements, beginnings = OPENINGS[what]
    role = make_url(database.settings.database_url.get_secret_value()).username
    words = {"role": role, "next_year": protection.years()[1]}

    await as_owner(statements, **words)

    wanted = [beginning.format(**words) for beginning in beginnings]
    assert_named(await found(database), wanted)
    assert_named(await found_since(database, 4), wanted)


async def test_an_erased_salt_is_no_fault(
    database: Database, names: dict[str, str], break_books: Change
) -> None:
    await break_books(
        "DELETE FROM ledger_salts WHERE entry_id = '{received}';"
        "UPDATE ledger_entries SET narration = 'x' WHERE id = '{received}'",
        **names,
    )

    assert await found(database) == []


async def test_a_long_random_history_has_no_faults(database: Database) -> None:
    async with database.work() as session:
        await busy_books(session, drafts=250, seed=3)
        await sequence(session)
        await busy_books(session, drafts=25, seed=4)

    assert await found(database) == []
    assert await found_since(database, 0) == []
    assert await found_since(database, 40) == []


async def test_totals_of_many_blocks(database: Database, break_books: Change) -> None:
    async with database.work() as session:
        deposit = chart.DEPOSIT.of(await a_keeper(session), new_id())
        await journal.post(session, *(a_draft(deposit, 1) for _ in range(2100)))
        await sequence(session)

    assert await found(database) == []
    for position in (0, 999, 1000, 1001, 2100):
        assert await found_since(database, position) == []
    await break_books("UPDATE ledger_totals SET credit = 3 WHERE kind = 'deposit' AND block = 1")
    total = f"total of deposit in ledger {deposit.ledger_id} at block 1"
    wanted = [f"{total}: expected debit 0 and credit 2000, found 0 and 3"]
    assert_named(await found(database), wanted)
    assert_named(await found_since(database, 1000), wanted)


async def test_posting_meanwhile_looks_like_no_fault(database: Database) -> None:
    going_on = True

    async def post() -> int:
        number = 0
        async with database.work() as session:
            deposit = chart.DEPOSIT.of(await a_keeper(session), new_id())
        while going_on:
            async with database.work() as session:
                await journal.post(session, a_draft(deposit, 1), a_draft(deposit, 2))
            async with database.work() as session:
                await sequence(session)
            number += 1
        return number

    posting = asyncio.create_task(post())
    for _ in range(4):
        assert await found(database) == []
        assert await found_since(database, 3) == []
    going_on = False
    assert await posting > 5


async def test_the_command_names_faults_and_fails(
    database: Database, names: dict[str, str], break_books: Change
) -> None:
    code, said = await baat(database.settings, "check-books")
    assert code == 0, said
    assert said == (
        "The books balance. 5 entries with 10 lines, 3 accounts, 3 holds, known up to position 4.\n"
    )

    await break_books("UPDATE ledger_accounts SET posted = 462 WHERE kind = 'deposit'")
    await break_books("DELETE FROM ledger_reversals")

    code, said = await baat(database.settings, "check-books")
    assert code == 1
    first, second, last = said.splitlines()
    assert first == (
        f"entry {names['reversal']}: expected to be the one that reverses {names['mistake']},"
        " found none"
    )
    assert second.endswith(
        f"(deposit of {names['project']}): expected 461 posted, the sum of its lines, found 462"
    )
    assert last.startswith("The books have 2 faults, in 5 entries with 10 lines")
