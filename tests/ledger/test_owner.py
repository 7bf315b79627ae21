"""What the database refuses even to the role that owns the tables, tried in plain SQL."""

# ruff: noqa: S608  The statements are the tests' own.

from collections.abc import AsyncIterator

import asyncpg
import pytest

from app.core.database import Database
from app.core.ids import new_id
from app.ledger import chart
from app.ledger.chart import Book
from app.ledger.drafts import Reversal
from tests.ledger import plain
from tests.ledger.plain import CHECK, PARTITIONS, YEAR, Books
from tests.make.books import MAY, a_draft, a_transfer

RESTRICT = "23001"
NOT_NULL_VIOLATION = "23502"


@pytest.fixture
async def owned(shared_database: Database) -> AsyncIterator[Books]:
    """As the role that owns the tables."""
    async with plain.books(shared_database, as_owner=True) as books:
        yield books


ENTRY = (
    "INSERT INTO ledger_entries (id, kind, reference, narration, occurred_at, recorded_at,"
    " evidence, line_count) VALUES ($1, 'test.x', 'test/x', 'x', now(), now(), '{}', 2)"
)


async def lines(
    books: Books, entry: object, *rows: tuple[int, str, int], table: str = "ledger_lines"
) -> asyncpg.PostgresError | None:
    """Insert lines (position, side, amount) as the owner; return the refusal."""
    bank = await books.number(chart.BANK.of(books.scheme))
    values = ", ".join(
        f"('{entry}', {bank}, {amount}, '{books.deposit.ledger_id}', '{books.scheme}', '{side}',"
        f" {position})"
        for position, side, amount in rows
    )
    columns = "entry_id, account_id, amount, ledger_id, about_id, side, position"
    statement = f"INSERT INTO {table} ({columns}) VALUES {values}"
    try:
        async with books.connection.transaction():
            await books.connection.execute(statement)
    except asyncpg.PostgresError as refusal:
        return refusal
    return None


TABLES_OF_LINES = ["ledger_lines", f"ledger_lines_{YEAR}"]


@pytest.mark.parametrize("table", TABLES_OF_LINES)
@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([(1, "debit", 5), (2, "credit", 4)], "does not balance"),
        ([(1, "debit", 5), (2, "debit", 5)], "does not balance"),
        ([(1, "debit", 5), (3, "credit", 5)], "none of its 2 lines"),
        ([(0, "debit", 5), (1, "credit", 5)], "none of its 2 lines"),
        ([(1, "debit", 5), (2, "credit", 5), (3, "debit", 1)], "none of its 2 lines"),
        ([(1, "debit", 0), (2, "credit", 0)], "no amount"),
        ([(1, "debit", -5), (2, "credit", -5)], "no amount"),
        ([(1, "debit", 10**15 + 1), (2, "credit", 10**15 + 1)], "no amount"),
    ],
)
async def test_the_owner_inserts_no_wrong_entry(
    owned: Books, table: str, rows: list[tuple[int, str, int]], said: str
) -> None:
    entry = new_id()
    await owned.connection.execute(ENTRY, entry)

    refusal = await lines(owned, entry, *rows, table=table)

    assert refusal
    assert refusal.sqlstate == CHECK
    assert said in str(refusal)


@pytest.mark.parametrize("table", TABLES_OF_LINES)
async def test_the_owner_inserts_a_right_entry(owned: Books, table: str) -> None:
    entry = new_id()
    await owned.connection.execute(ENTRY, entry)
    assert await lines(owned, entry, (1, "debit", 5), (2, "credit", 5), table=table) is None


async def test_the_lines_of_an_entry_come_all_at_once(owned: Books) -> None:
    entry = new_id()
    await owned.connection.execute(ENTRY.replace(", 2)", ", 4)"), entry)
    refusal = await lines(owned, entry, (1, "debit", 5), (2, "credit", 5))
    assert refusal
    assert refusal.sqlstate == CHECK
    assert "says it has 4 lines, and 2 came" in str(refusal)


async def test_a_balance_is_struck_for_each_entry(owned: Books) -> None:
    entries = sorted([new_id(), new_id()])
    bank = await owned.number(chart.BANK.of(owned.scheme))
    for entry, reference in zip(entries, ("test/x", "test/y"), strict=True):
        await owned.connection.execute(ENTRY.replace("test/x", reference), entry)
    refusal = await owned.refuses(
        "INSERT INTO ledger_lines (entry_id, account_id, amount, ledger_id, about_id, side,"
        " position) SELECT e, $2, a, $3, $3, s::ledger_side, p FROM (VALUES"
        " ($1::uuid[], 1)) x(es, y), LATERAL (VALUES (es[1], 5, 'debit', 1),"
        " (es[1], 4, 'credit', 2), (es[2], 4, 'debit', 1), (es[2], 5, 'credit', 2)) v(e, a, s, p)",
        *(entries, bank, owned.deposit.ledger_id),
    )
    assert refusal.sqlstate == CHECK
    assert f"{entries[0]} does not balance" in str(refusal)


@pytest.mark.parametrize("table", TABLES_OF_LINES)
async def test_a_line_of_another_ledger_is_refused(owned: Books, table: str) -> None:
    entry = new_id()
    await owned.connection.execute(ENTRY, entry)
    bank = await owned.number(chart.BANK.of(owned.scheme))
    impact = chart.ledger_id(owned.scheme, Book.IMPACT)
    refusal = await owned.refuses(
        f"INSERT INTO {table} (entry_id, account_id, amount, ledger_id, about_id, side,"
        " position) VALUES ($1, $2, 5, $3, $3, 'debit', 1), ($1, $2, 5, $3, $3, 'credit', 2)",
        *(entry, bank, impact),
    )
    assert refusal.sqlstate == CHECK
    assert "do not belong together" in str(refusal)


@pytest.mark.parametrize("table", TABLES_OF_LINES)
async def test_a_line_without_an_entry_is_refused(owned: Books, table: str) -> None:
    refusal = await lines(owned, new_id(), (1, "debit", 5), (2, "credit", 5), table=table)
    assert refusal
    assert refusal.sqlstate == "23503"


@pytest.mark.parametrize("table", TABLES_OF_LINES)
async def test_lines_join_no_entry_of_the_same_transaction(owned: Books, table: str) -> None:
    refusal = await lines(owned, owned.draft.id, (3, "debit", 5), (4, "credit", 5), table=table)
    assert refusal
    assert refusal.sqlstate == CHECK


@pytest.mark.parametrize("table", TABLES_OF_LINES)
async def test_lines_join_no_old_entry(database: Database, table: str) -> None:
    async with plain.connected(database.settings, as_owner=True) as connection:
        books = Books(connection)
        await books.open()
        refusal = await lines(books, books.draft.id, (3, "debit", 5), (4, "credit", 5), table=table)
    assert refusal
    assert refusal.sqlstate == RESTRICT
    assert "is closed" in str(refusal)


FINAL = [
    *("ledger_entries", "ledger_lines", "ledger_reversals", "ledger_positions", "ledgers"),
    *("ledger_kinds", "ledger_references", "ledger_holds", *PARTITIONS),
]


@pytest.mark.parametrize("table", FINAL)
async def test_the_owner_changes_and_removes_nothing(owned: Books, table: str) -> None:
    reversal = Reversal(owned.draft.id, "test/reversed", "A mistake", MAY)
    await owned.connection.execute(plain.call([a_draft(owned.deposit, 500), reversal]))
    await owned.connection.execute(
        plain.call(
            [
                a_transfer(
                    owned.deposit, chart.SUSPENSE.of(owned.scheme), 10, settles=owned.hold.reference
                )
            ]
        )
    )
    await owned.connection.execute("SELECT ledger_sequence(now(), 100)")
    column = await owned.connection.fetchval(
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum = 1", table
    )
    assert table in {*PARTITIONS[1::2]} or await owned.connection.fetchval(
        f"SELECT count(*) FROM {table}"
    )
    for statement in (
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
        f"INSERT INTO {table} SELECT * FROM {table} LIMIT 1",
    )[: 3 if table in PARTITIONS else 4]:
        refusal = await owned.refuses(statement)
        assert refusal.sqlstate in {RESTRICT, "23505", CHECK}, statement


@pytest.mark.parametrize(
    "change",
    [
        *("id = DEFAULT", "kind = 'suspense'", "owner_id = ledger_id", "ledger_id = owner_id"),
        *("side = 'debit'", "limited = false", "lock_rank = 0"),
    ],
)
async def test_an_account_never_becomes_another(owned: Books, change: str) -> None:
    refusal = await owned.refuses(f"UPDATE ledger_accounts SET {change}")
    assert refusal.sqlstate == RESTRICT


@pytest.mark.parametrize("statement", ["DELETE FROM ledger_accounts", "TRUNCATE ledger_accounts"])
async def test_an_account_stays(owned: Books, statement: str) -> None:
    assert (await owned.refuses(statement)).sqlstate == RESTRICT


@pytest.mark.parametrize("change", ["posted = 99", "held = 501", "held = -1", "posted = -1"])
async def test_the_owner_crosses_no_limit(owned: Books, change: str) -> None:
    refusal = await owned.refuses(
        f"UPDATE ledger_accounts SET {change} WHERE id = $1", await owned.number(owned.deposit)
    )
    assert refusal.constraint_name == "ck_ledger_accounts_within_limit"


@pytest.mark.parametrize(
    "instead",
    [
        *("'credit', 40, false", "'debit', 40, true", "'credit', 41, true"),
    ],
)
async def test_an_account_is_as_the_chart_says(owned: Books, instead: str) -> None:
    statement = (
        "INSERT INTO ledger_accounts (ledger_id, kind, owner_id, side, lock_rank, limited)"
        f" VALUES ($1, 'deposit', $2, {instead})"
    )
    refusal = await owned.refuses(statement, owned.deposit.ledger_id, new_id())
    assert refusal.sqlstate == CHECK


async def test_a_second_reversal_is_refused(owned: Books) -> None:
    reversal = Reversal(owned.draft.id, "test/reversed", "A mistake", MAY)
    await owned.connection.execute(plain.call([a_draft(owned.deposit, 500), reversal]))
    refusal = await owned.refuses(
        "INSERT INTO ledger_reversals VALUES ($1, $2)", owned.draft.id, new_id()
    )
    assert refusal.constraint_name == "pk_ledger_reversals"


@pytest.mark.parametrize(
    "change",
    [
        "quantity = 1",
        "account_id = account_id + 1",
        "reference = 'test/other'",
        "about_id = id",
        "created_at = now() + interval '1 second'",
    ],
)
async def test_a_pending_hold_changes_only_by_ending(owned: Books, change: str) -> None:
    refusal = await owned.refuses(f"UPDATE ledger_holds SET {change} WHERE id = $1", owned.hold.id)
    assert refusal.sqlstate == RESTRICT


@pytest.mark.parametrize(
    "change",
    ["state = 'voided'", "state = 'posted', settled_at = now()", "posted_quantity = 1000"],
)
async def test_a_hold_ends_whole(owned: Books, change: str) -> None:
    refusal = await owned.refuses(f"UPDATE ledger_holds SET {change} WHERE id = $1", owned.hold.id)
    assert refusal.sqlstate == CHECK


async def test_a_name_that_is_in_use_is_not_given_back(owned: Books) -> None:
    for reference in (owned.draft.reference, owned.hold.reference):
        refusal = await owned.refuses(
            "DELETE FROM ledger_references WHERE reference = $1", reference
        )
        assert refusal.sqlstate == RESTRICT


async def test_every_partition_has_the_triggers_of_its_parent(owned: Books) -> None:
    await owned.connection.execute(f"SELECT ledger_prepare_year({YEAR + 2})")
    rows = await owned.connection.fetch(
        "SELECT p.inhparent::regclass::text AS parent, p.inhrelid::regclass::text AS part,"
        " (SELECT array_agg((t.tgname, t.tgfoid, t.tgtype, t.tgenabled)::text ORDER BY t.tgname)"
        " FROM pg_trigger t WHERE t.tgrelid = p.inhrelid) AS own, (SELECT array_agg((t.tgname,"
        " t.tgfoid, t.tgtype, t.tgenabled)::text ORDER BY t.tgname) FROM pg_trigger t"
        " WHERE t.tgrelid = p.inhparent) AS parents FROM pg_inherits p"
        " WHERE p.inhparent IN ('ledger_entries'::regclass, 'ledger_lines'::regclass)"
    )
    assert len(rows) >= 6
    for row in rows:
        assert row["own"] == row["parents"], row["part"]


async def test_an_entry_that_is_missing_stops_the_sequencer(owned: Books) -> None:
    await owned.connection.execute(
        "INSERT INTO ledger_unsequenced (entry_id) VALUES (gen_random_uuid())"
    )
    refusal = await owned.refuses("SELECT ledger_sequence(now(), 1000)")
    assert (refusal.sqlstate, refusal.column_name) == (NOT_NULL_VIOLATION, "leaf")
