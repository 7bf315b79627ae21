"""Plain SQL on the books: what somebody types who has the application's password."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeAlias

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from app.core import clock
from app.core.database import Database
from app.core.ids import new_id
from app.core.settings import Settings
from app.ledger import chart, journal
from app.ledger.chart import Account, Book
from app.ledger.drafts import AnyDraft, Draft, Hold
from tests.make.books import a_draft, a_hold

CHECK = "23514"
YEAR = datetime.now(UTC).year
PARTITIONS = [f"ledger_{what}_{year}" for what in ("entries", "lines") for year in (YEAR, YEAR + 1)]

Plain: TypeAlias = Any
"""A connection of the driver, which has no types."""

PATIENCE = {
    "lock_timeout_seconds": 60.0,
    "statement_timeout_seconds": 60.0,
    "database_wait_seconds": 60.0,
}
"""Settings for tests that queue on purpose, on machines that are busy."""

DRAFTS = {
    "op": "text",
    "id": "uuid",
    "reference": "text",
    "kind": "text",
    "narration": "text",
    "occurred_at": "timestamptz",
    "evidence": "text",
    "lines": "smallint",
    "hold": "text",
    "expires_at": "timestamptz",
    "reverses": "uuid",
}
LINES = {
    "draft": "integer",
    "position": "smallint",
    "ledger": "uuid",
    "kind": "text",
    "owner": "uuid",
    "debit": "boolean",
    "amount": "bigint",
    "about": "uuid",
}


def call(drafts: Sequence[AnyDraft], *, together: bool = True, **instead: list[Any] | str) -> str:
    """Write a call of the door as text; `instead` replaces arrays, by values or by SQL."""
    lines = list(journal._in_order_of_locks(drafts))
    given = {
        **{
            f"d_{name}": _array(kind, values)
            for (name, kind), values in zip(DRAFTS.items(), journal._columns(drafts), strict=True)
        },
        **{
            f"l_{name}": _array(kind, values)
            for (name, kind), values in zip(
                LINES.items(), journal._line_columns(lines), strict=True
            )
        },
    }
    for name, replacement in instead.items():
        kind = (DRAFTS if name.startswith("d_") else LINES)[name[2:]]
        given[name] = replacement if isinstance(replacement, str) else _array(kind, replacement)
    arguments = ", ".join(f"{name} => {value}" for name, value in given.items())
    return (
        f"SELECT * FROM ledger_post(p_now => '{clock.now().isoformat()}',"  # noqa: S608  A test's own.
        f" p_together => {together}, {arguments})"
    )


def _array(kind: str, values: Sequence[Any]) -> str:
    return f"ARRAY[{', '.join(map(_literal, values))}]::{kind}[]"


def _literal(value: object) -> str:
    if value is None or isinstance(value, bool | int):
        return "NULL" if value is None else str(value)
    return "'" + str(value).replace("'", "''") + "'"


@asynccontextmanager
async def connected(settings: Settings, *, as_owner: bool = False) -> AsyncIterator[Plain]:
    """Connect with the driver itself, as the application or as who owns the tables."""
    url = settings.owner_url if as_owner else settings.database_url.get_secret_value()
    address = make_url(url).set(drivername="postgresql")
    connection = await asyncpg.connect(address.render_as_string(hide_password=False))
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def rolled_back(settings: Settings, *, as_owner: bool = False) -> AsyncIterator[Plain]:
    """Connect, and leave nothing behind."""
    async with connected(settings, as_owner=as_owner) as connection:
        transaction = connection.transaction()
        await transaction.start()
        yield connection
        await transaction.rollback()


class Books:
    """A scheme's money, with one of each thing that must not change, in a transaction."""

    def __init__(self, connection: Plain) -> None:
        self.connection = connection
        self.scheme = new_id()
        self.deposit = chart.DEPOSIT.of(self.scheme, new_id())
        self.draft: Draft = a_draft(self.deposit, 500)
        self.hold: Hold = a_hold(self.deposit, 100)

    async def open(self) -> None:
        """Enter them."""
        for book in (Book.MONEY, Book.IMPACT):
            await self.connection.execute(
                "SELECT ledger_open($1, $2, $3, now())",
                chart.ledger_id(self.scheme, book),
                self.scheme,
                book.value,
            )
        await self.connection.execute(call([self.draft]))
        await self.connection.execute(call([self.hold]))

    async def number(self, account: Account) -> int:
        """Say by which number lines name an account."""
        number = await self.connection.fetchval(
            "SELECT id FROM ledger_accounts WHERE (ledger_id, kind, owner_id) = ($1, $2, $3)",
            *(account.ledger_id, account.kind.code, account.owner_id),
        )
        return int(number)

    async def refuses(self, statement: str, *values: object) -> asyncpg.PostgresError:
        """Run a statement that must fail, and return its error."""
        with pytest.raises(asyncpg.PostgresError) as refusal:
            async with self.connection.transaction():
                await self.connection.execute(statement, *values)
        return refusal.value


@asynccontextmanager
async def books(database: Database, *, as_owner: bool) -> AsyncIterator[Books]:
    async with rolled_back(database.settings, as_owner=as_owner) as connection:
        books = Books(connection)
        await books.open()
        yield books
