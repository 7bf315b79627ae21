"""What the database refuses to the application, tried in plain SQL."""

# ruff: noqa: S608  The statements are the tests' own.

from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.core.database import Database
from app.core.ids import new_id
from app.ledger import chart
from app.ledger.chart import Book
from tests.ledger import plain
from tests.ledger.plain import CHECK, PARTITIONS, YEAR, Books
from tests.make.books import a_draft, a_transfer

INSUFFICIENT_PRIVILEGE = "42501"


PARENTS = [
    *("ledger_kinds", "ledgers", "ledger_accounts", "ledger_references", "ledger_entries"),
    *("ledger_lines", "ledger_reversals", "ledger_holds", "ledger_unsequenced"),
    *("ledger_positions", "ledger_salts", "ledger_totals"),
]
OWN_NOTES = {"ledger_checked"}
"""Not of the books: how far the application's own check has come."""


@pytest.fixture
async def books(shared_database: Database) -> AsyncIterator[Books]:
    """As the application's role."""
    async with plain.books(shared_database, as_owner=False) as books:
        yield books


async def test_every_table_of_the_books_is_tried(books: Books) -> None:
    tables = await books.connection.fetch(
        "SELECT relname FROM pg_class WHERE relname LIKE 'ledger%' AND relkind IN ('r', 'p')"
    )
    assert {row["relname"] for row in tables} == {*PARENTS, *PARTITIONS, *OWN_NOTES}


@pytest.mark.parametrize("table", [*PARENTS, *PARTITIONS])
async def test_the_application_writes_no_table(books: Books, table: str) -> None:
    column = await books.connection.fetchval(
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0"
        " AND attidentity = '' LIMIT 1",
        table,
    )
    for statement in (
        f"INSERT INTO {table} DEFAULT VALUES",
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        f"DROP TABLE {table}",
        f"CREATE TRIGGER t BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ):
        refusal = await books.refuses(statement)
        assert refusal.sqlstate == INSUFFICIENT_PRIVILEGE, statement


async def test_the_application_calls_the_door_and_nothing_inside(books: Books) -> None:
    functions = await books.connection.fetch(
        "SELECT proname, has_function_privilege(p.oid, 'EXECUTE') AS allowed FROM pg_proc p"
        " WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'ledger%'"
    )
    allowed = {row["proname"] for row in functions if row["allowed"]}
    assert len(functions) > 10
    doors = {"ledger_post", "ledger_enter"}
    chores = {"ledger_open", "ledger_sequence", "ledger_prepare_year"}
    # Erases a salt, and nothing that stands in the books.
    assert allowed == doors | chores | {"ledger_forget"}


async def test_the_application_ends_no_hold_past_the_door(books: Books) -> None:
    refusal = await books.refuses(
        "SELECT ledger_end_hold(now(), 'void', $1, NULL, NULL, 0)", books.hold.id
    )
    assert refusal.sqlstate == INSUFFICIENT_PRIVILEGE


@pytest.mark.parametrize(
    ("instead", "sqlstate"),
    [
        ({"l_amount": [5, 4]}, "23514"),
        ({"l_kind": ["bank", "gold"]}, "23503"),
        ({"l_kind": ["bank", "for_sale"]}, "23503"),
        ({"l_amount": [-5, -5]}, "23514"),
        ({"l_amount": [0, 0]}, "23514"),
        ({"l_amount": [2**63 - 1, 2**63 - 1]}, "23514"),
        ({"l_debit": [True, True]}, "23514"),
    ],
    ids=[
        *("unbalanced", "unknown kind", "kind of another book", "negative", "zero", "overflow"),
        "one side",
    ],
)
async def test_the_door_refuses_what_is_no_entry(
    books: Books, instead: dict[str, Any], sqlstate: str
) -> None:
    refusal = await books.refuses(plain.call([a_draft(books.deposit, 5)], **instead))
    assert refusal.sqlstate == sqlstate


async def test_the_door_refuses_one_balance_over_two_ledgers(books: Books) -> None:
    impact = chart.ledger_id(books.scheme, Book.IMPACT)
    refusal = await books.refuses(
        plain.call(
            [a_draft(books.deposit, 5)],
            l_ledger=[impact, books.deposit.ledger_id],
            l_kind=["issued", "deposit"],
            l_owner=[new_id(), books.deposit.owner_id],
        )
    )
    assert refusal.sqlstate == CHECK
    assert "does not balance" in str(refusal)


async def test_the_door_refuses_a_ledger_that_is_not_open(books: Books) -> None:
    refusal = await books.refuses(plain.call([a_draft(chart.DEPOSIT.of(new_id(), new_id()), 5)]))
    assert refusal.sqlstate == "23503"


async def test_the_door_refuses_an_account_of_the_keeper_for_somebody_else(books: Books) -> None:
    refusal = await books.refuses(
        plain.call([a_draft(books.deposit, 5)], l_owner=[new_id(), books.deposit.owner_id])
    )
    assert refusal.sqlstate == CHECK


async def test_the_door_refuses_a_limit_crossed(books: Books) -> None:
    draft = a_transfer(books.deposit, chart.SUSPENSE.of(books.scheme), 401)
    row = await books.connection.fetchrow(plain.call([draft]))
    assert (row["outcome"], row["available"]) == (["limit"], [400])


@pytest.mark.parametrize("year", ["2019", "9999", f"{YEAR + 4}", "-1", "0", "NULL"])
async def test_no_partition_is_made_for_a_year_out_of_range(books: Books, year: str) -> None:
    refusal = await books.refuses(f"SELECT ledger_prepare_year({year})")
    assert refusal.sqlstate == "22023"


async def test_what_stands_before_in_the_search_path_is_not_believed(books: Books) -> None:
    for statement in (
        "CREATE TEMP TABLE ledger_accounts AS SELECT * FROM public.ledger_accounts",
        "UPDATE ledger_accounts SET posted = 1000000, held = 0",
        "CREATE TEMP TABLE ledger_kinds AS SELECT * FROM public.ledger_kinds",
        "UPDATE ledger_kinds SET limited = false",
        "CREATE TEMP TABLE ledger_references AS SELECT * FROM public.ledger_references",
        "CREATE TEMP TABLE ledger_entries AS SELECT * FROM public.ledger_entries",
        f"CREATE TEMP TABLE ledger_lines_{YEAR + 2} (x integer)",
        "CREATE FUNCTION pg_temp.cardinality(anyarray) RETURNS integer LANGUAGE sql AS 'SELECT 0'",
        (
            "CREATE FUNCTION pg_temp.never(bigint, integer) RETURNS boolean LANGUAGE sql"
            " AS 'SELECT true'"
        ),
        (
            "CREATE OPERATOR pg_temp.>= (LEFTARG = bigint, RIGHTARG = integer,"
            " FUNCTION = pg_temp.never)"
        ),
        "SET LOCAL search_path = pg_temp, public",
    ):
        await books.connection.execute(statement)

    draft = a_transfer(books.deposit, chart.SUSPENSE.of(books.scheme), 401)
    row = await books.connection.fetchrow(plain.call([draft]))
    assert row["outcome"] == ["limit"]
    small = a_transfer(books.deposit, chart.SUSPENSE.of(books.scheme), 400)
    row = await books.connection.fetchrow(plain.call([small]))
    assert row["outcome"] == ["posted"]
    counted = "SELECT count(*) FROM public.ledger_lines WHERE entry_id = $1"
    assert await books.connection.fetchval(counted, small.id) == 2
    assert await books.connection.fetchval(f"SELECT ledger_prepare_year({YEAR + 2})")
    made = "SELECT to_regclass($1) IS NOT NULL"
    assert await books.connection.fetchval(made, f"public.ledger_lines_{YEAR + 2}")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE public.mine (x integer)",
        "CREATE FUNCTION public.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "SET session_replication_role = replica",
        "SET ROLE baat_owner",
        "ALTER FUNCTION ledger_post SECURITY INVOKER",
        (
            "CREATE OR REPLACE FUNCTION ledger_hold_refuses(p_now timestamptz, op text, p_id uuid,"
            " taken bigint) RETURNS text LANGUAGE sql AS $$ SELECT '' $$"
        ),
    ],
)
async def test_the_application_puts_nothing_where_the_door_looks(
    books: Books, statement: str
) -> None:
    assert (await books.refuses(statement)).sqlstate == INSUFFICIENT_PRIVILEGE
