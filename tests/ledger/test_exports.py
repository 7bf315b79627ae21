"""The journal as files: the three agree with each other and with the books."""

import csv
import io
import json
import os
import shutil
import subprocess
from collections import Counter
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.core.database import Database
from app.ledger import exports
from app.ledger.chart import KINDS
from app.ledger.exports import Format
from app.ledger.exports.hledger import account
from app.ledger.problems import NoSuchKeeper
from app.ledger.streaming import EVERYTHING, Selection
from tests.make.books import MAY
from tests.make.busy_books import BusyBooks, busy_books, sequence
from tests.make.commands import baat

HLEDGER = shutil.which("hledger")
Balances = Counter[tuple[str, str]]
"""By account, as hledger names it, and unit."""


@pytest.fixture
async def books(database: Database) -> BusyBooks:
    """Books with a long random history; the last entries have no position yet."""
    async with database.work() as session:
        books = await busy_books(session, drafts=150, seed=7)
        await sequence(session)
        await busy_books(session, drafts=5, seed=8)
    return books


async def exported(database: Database, form: Format, selection: Selection = EVERYTHING) -> str:
    file = io.BytesIO()
    async with database.snapshot() as session:
        await exports.write(session, selection, form, file)
    return file.getvalue().decode()


async def in_the_books(database: Database) -> Balances:
    query = sa.text("""
        SELECT g.keeper_id, a.kind, a.owner_id,
               sum(CASE l.side WHEN 'debit' THEN l.amount ELSE -l.amount END) AS balance
          FROM ledger_positions p JOIN ledger_lines l ON l.entry_id = p.entry_id
          JOIN ledger_accounts a ON a.id = l.account_id JOIN ledgers g ON g.id = a.ledger_id
         GROUP BY 1, 2, 3
    """)
    async with database.reading() as session:
        return without_zeros(
            Counter(
                {
                    named(row.keeper_id, row.kind, row.owner_id): int(row.balance)
                    for row in await session.execute(query)
                }
            )
        )


def named(keeper_id: UUID | str, kind: str, owner_id: UUID | str) -> tuple[str, str]:
    full = account(KINDS[kind], UUID(str(keeper_id)), UUID(str(owner_id)))
    return full, KINDS[kind].book.unit


def without_zeros(balances: Balances) -> Balances:
    return Counter({name: amount for name, amount in balances.items() if amount})


def smallest(amount: str, unit: str) -> int:
    return int(Decimal(amount) * (1 if unit == "RIKX" else 100))


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def of_csv(text: str) -> Balances:
    balances: Balances = Counter()
    for row in rows(text):
        amount = smallest(row["amount"], row["unit"])
        name = named(row["keeper_id"], row["account"], row["owner_id"])
        balances[name] += amount if row["side"] == "debit" else -amount
    return without_zeros(balances)


def of_jsonl(text: str) -> Balances:
    balances: Balances = Counter()
    for entry in map(json.loads, text.splitlines()):
        for line in entry["lines"]:
            name = named(line["keeperId"], line["account"], line["ownerId"])
            balances[name] += line["amount"] if line["side"] == "debit" else -line["amount"]
    return without_zeros(balances)


def hledger(journal: Path, *arguments: str) -> str:
    assert HLEDGER
    return subprocess.run(
        [HLEDGER, "-f", str(journal), *arguments], check=True, capture_output=True, text=True
    ).stdout


def of_hledger(journal: Path) -> Balances:
    report = hledger(journal, "balance", "--flat", "--no-total", "--layout=bare", "-O", "csv")
    balances: Balances = Counter()
    for row in rows(report):
        balances[row["account"], row["commodity"]] += smallest(row["balance"], row["commodity"])
    return without_zeros(balances)


async def test_all_formats_say_what_the_books_say(database: Database, books: BusyBooks) -> None:
    wanted = await in_the_books(database)

    assert len(wanted) > 20
    assert of_csv(await exported(database, Format.CSV)) == wanted
    assert of_jsonl(await exported(database, Format.JSONL)) == wanted
    assert books.entries


@pytest.mark.skipif(HLEDGER is None, reason="hledger is not installed: apt-get install hledger")
async def test_hledger_finds_the_journal_right(
    database: Database, books: BusyBooks, tmp_path: Path
) -> None:
    journal = tmp_path / "books.journal"
    journal.write_text(await exported(database, Format.HLEDGER))

    hledger(journal, "check", "--strict")
    hledger(journal, "check", "payees")
    assert of_hledger(journal) == await in_the_books(database)
    entries = [json.loads(line) for line in (await exported(database, Format.JSONL)).splitlines()]
    codes = {int(row["code"]) for row in rows(hledger(journal, "print", "-O", "csv"))}
    assert codes == {entry["position"] for entry in entries} == set(range(1, len(entries) + 1))
    for keeper in (books.scheme_id, books.authority_id):
        totals = hledger(journal, "balance", str(keeper), "--layout=bare", "-O", "csv")
        last = [row for row in rows(totals) if row["account"] == "total"]
        assert {row["balance"].strip("0.") for row in last} == {""}


@pytest.mark.skipif(HLEDGER is None, reason="hledger is not installed: apt-get install hledger")
async def test_hledger_finds_what_was_tagged(
    database: Database, books: BusyBooks, tmp_path: Path
) -> None:
    journal = tmp_path / "books.journal"
    journal.write_text(await exported(database, Format.HLEDGER))
    lines = (await exported(database, Format.JSONL)).splitlines()

    for entry in map(json.loads, lines[:20]):
        found = hledger(journal, "print", f"tag:reference=^{entry['reference']}$")
        assert f"({entry['position']}) {entry['kind']} | " in found
        assert found.startswith(entry["occurredAt"][:10])
    tags = set(hledger(journal, "tags").split())
    assert tags == {
        *("id", "kind", "position", "reference", "occurred", "recorded", "reverses"),
        *("evidence", "about", "type", "name"),
    }
    assert books.entries


async def test_the_same_books_give_the_same_bytes(database: Database, books: BusyBooks) -> None:
    for form in Format:
        before = await exported(database, form)
        async with database.work() as session:
            await busy_books(session, drafts=3, seed=9)
        assert await exported(database, form) == before
    assert books.entries


async def test_entries_come_in_the_order_in_which_they_became_known(
    database: Database, books: BusyBooks
) -> None:
    entries = [json.loads(line) for line in (await exported(database, Format.JSONL)).splitlines()]

    assert [entry["id"] for entry in entries] == [str(id_) for id_ in books.entries]
    assert all(
        [line["line"] for line in entry["lines"]] == list(range(1, len(entry["lines"]) + 1))
        for entry in entries
    )


async def test_no_cell_is_a_formula(database: Database, books: BusyBooks) -> None:
    text = await exported(database, Format.CSV)
    found = rows(text)
    narrations = {
        entry["narration"]
        for entry in map(json.loads, (await exported(database, Format.JSONL)).splitlines())
    }

    assert text.count("\r\n") == text.count("\n")
    assert not [
        cell for row in found for cell in row.values() if cell.strip().startswith(tuple("=+-@"))
    ]
    assert {row["narration"].removeprefix("'") for row in found} == narrations
    assert any(narration.startswith("=") for narration in narrations)
    assert books.entries


async def test_a_selection_of_keeper_and_days(database: Database, books: BusyBooks) -> None:
    everything = [
        json.loads(line) for line in (await exported(database, Format.JSONL)).splitlines()
    ]
    day = MAY.replace(hour=0, tzinfo=None)
    selection = Selection.of_days(day, day, keeper_id=books.authority_id)

    chosen = [
        json.loads(line)
        for line in (await exported(database, Format.JSONL, selection)).splitlines()
    ]

    wanted = [
        (entry["id"], [line["line"] for line in kept])
        for entry in everything
        if entry["occurredAt"].startswith("2026-05-01")
        and (kept := [x for x in entry["lines"] if x["keeperId"] == str(books.authority_id)])
    ]
    assert [(e["id"], [line["line"] for line in e["lines"]]) for e in chosen] == wanted
    assert wanted


async def test_a_keeper_of_nothing_is_refused(database: Database, books: BusyBooks) -> None:
    with pytest.raises(NoSuchKeeper):
        await exported(database, Format.CSV, Selection(keeper_id=books.projects[0]))


async def test_the_command_writes_files_and_says_what_is_not_in_them(
    database: Database, books: BusyBooks, tmp_path: Path
) -> None:
    file = tmp_path / "journal.csv"
    arguments = ("export", "journal", "--format", "csv")

    code, said = await baat(database.settings, *arguments, "--output", str(file))

    assert code == 0, said
    assert "entries have no position yet: they are not in it." in said
    assert file.read_bytes().decode() == await exported(database, Format.CSV)
    code, said = await baat(database.settings, *arguments, "--scheme", str(books.scheme_id))
    assert said.startswith("position,known_at")
    code, said = await baat(database.settings, *arguments, "--scheme", str(books.projects[0]))
    assert (code, said) == (1, f"{books.projects[0]} keeps no books here.\n")
    code, said = await baat(
        database.settings, *arguments, "--from", "2026-05-02", "--to", "2026-05-01"
    )
    assert code == 2
    assert "is before" in said
    assert os.listdir(tmp_path) == ["journal.csv"]  # noqa: PTH208  The other way is for no coroutine.
