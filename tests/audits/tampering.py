"""Somebody who may do everything to the rows of an installation, and does some of it at random.

Triggers are switched off and foreign keys gone beforehand (`openings`), as for a superuser who
leaves no trace of that. What the remaining constraints refuse is refused for him, too.
"""

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Base
from app.transparency import merkle
from app.transparency.actions import keys
from app.transparency.checkpoints import Checkpoint
from app.transparency.models import LogLeaf
from app.transparency.notes import signed
from tests.audits.other_values import others
from tests.audits.unsaid import NOTHING_ELSE_SAYS

ONLY = {
    "ledger_holds": "state IN ('pending', 'posted')",
    "ledgers": "EXISTS (SELECT FROM ledger_accounts a WHERE a.ledger_id = ledgers.id)",
}
"""Which rows say something: what was given back, or never used, says nothing."""

MAY_GO = {"ledger_salts", "log_salts", "log_cosignatures"}
"""Salts may be erased, and witnesses are a gift."""


def openings() -> Sequence[str]:
    """Open the tables for somebody who leaves no trace of it."""
    tables = Base.metadata.sorted_tables
    off = [f"ALTER TABLE {table.name} DISABLE TRIGGER USER" for table in tables]
    return [*off, _NO_FOREIGN_KEYS]


_NO_FOREIGN_KEYS = """
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN SELECT conrelid::regclass AS of, conname FROM pg_constraint
                  WHERE contype = 'f' AND conparentid = 0
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', found.of, found.conname);
    END LOOP;
END $$
"""


def telling(table: sa.Table) -> Sequence[sa.Column[Any]]:
    """List the columns of a table that say something, which something else says, too."""
    silent = {name for names in NOTHING_ELSE_SAYS[table.name].values() for name in names.split()}
    # How often a row was written: whoever writes it next counts on.
    silent.add("version")
    return [each for each in table.columns if each.name not in silent]


async def rows_of(session: AsyncSession, table: sa.Table) -> Sequence[Mapping[str, Any]]:
    """Read the rows of a table that say something."""
    query = sa.select(table).where(_says_something(table)).order_by(*table.primary_key.columns)
    return [dict(row) for row in (await session.execute(query)).mappings()]


async def write(
    session: AsyncSession, column: sa.Column[Any], row: Mapping[str, Any], value: object
) -> str:
    """Write another value into a column of a row; say what."""
    table = column.table
    assert isinstance(table, sa.Table)
    change = sa.update(table).where(_is(table, row)).values({column.name: value})
    await session.execute(change)
    return f"{table.name}.{column.name}: {row[column.name]!r} became {value!r}"


async def remove(session: AsyncSession, table: sa.Table, row: Mapping[str, Any]) -> str:
    """Remove a row; say which."""
    await session.execute(sa.delete(table).where(_is(table, row)))
    return f"{table.name}: {_named(table, row)}"


async def cut_off(session: AsyncSession, table: sa.Table, left: int) -> str:
    """Remove the end of a table, so that so many rows are left; say so."""
    key = list(table.primary_key.columns)
    some = sa.select(*key).order_by(*key).offset(left)
    await session.execute(sa.delete(table).where(sa.tuple_(*key).in_(some)))
    return f"{table.name}: the end of it, after {left} rows"


async def swap(
    session: AsyncSession, column: sa.Column[Any], one: Mapping[str, Any], other: Mapping[str, Any]
) -> str:
    """Let two rows change places; say which."""
    table, name = column.table, column.name
    assert isinstance(table, sa.Table)
    # By a third place: uniqueness is checked row by row.
    free = _elsewhere(one[name])
    for row, value in ((one, free), (other, one[name]), ({**one, name: free}, other[name])):
        await session.execute(sa.update(table).where(_is(table, row)).values({name: value}))
    return f"{table.name}.{name}: {_named(table, one)} and {_named(table, other)}"


class NothingToTamper(Exception):  # noqa: N818  Read aloud it says what happened.
    """There is no such row, or it would stay as it is."""


@dataclass(slots=True)
class Tamperer:
    """One transaction, which is rolled back afterwards."""

    session: AsyncSession
    chance: random.Random
    known_size: int
    """So many leaves somebody knows: what comes after them he can't be caught with."""

    async def tamper(self, kind: str) -> str:
        """Do something of a kind; say what.

        Raises:
            NothingToTamper: it came to nothing.
        """
        return await KINDS[kind](self)

    async def edit(self) -> str:
        """Change one column of one row."""
        table = self._table()
        return await self._write(table, self.chance.choice(telling(table)))

    async def backdate(self) -> str:
        """Let something have happened on another day."""
        dated = [
            each
            for name in NOTHING_ELSE_SAYS
            for each in telling(Base.metadata.tables[name])
            if isinstance(each.type, sa.DateTime | sa.Date)
        ]
        column = self.chance.choice(dated)
        return await self._write(column.table, column)

    async def delete(self) -> str:
        """Remove one row."""
        table = self._table()
        if table.name in MAY_GO:
            raise NothingToTamper
        return await remove(self.session, table, await self._row(table))

    async def truncate(self) -> str:
        """Remove the end of a table, or all of it."""
        table = self._table()
        if table.name in MAY_GO:
            raise NothingToTamper
        left = self.chance.randrange(await self._count(table))
        return await cut_off(self.session, table, left)

    async def reorder(self) -> str:
        """Let two rows change places."""
        name, column = self.chance.choice(PLACES)
        table = Base.metadata.tables[name]
        if await self._count(table) < 2:
            raise NothingToTamper
        one, other = await self._row(table), await self._row(table)
        if one[column] == other[column]:
            raise NothingToTamper
        return await swap(self.session, table.c[column], one, other)

    async def fork(self) -> str:
        """Write another history of the log, with the real key, and books that agree with it.

        Without its salt, nobody can tell from an entry's leaf what it committed to.
        """
        forked = self.chance.randrange(self.known_size)
        leaf = await self._ledger_leaf(forked)
        commitment = merkle.leaf_hash(uuid4().bytes)
        entry = leaf.entry.replace(
            leaf.entry[len(b'{"commitment":"') :][:64], commitment.hex().encode()
        )
        words = {"entry_id": leaf.subject_id, "leaf": commitment}
        for statement in _FORK:
            await self.session.execute(sa.text(statement), words)
        values = {"entry": entry, "hash": merkle.leaf_hash(entry)}
        await self.session.execute(
            sa.update(LogLeaf).where(LogLeaf.index == leaf.index).values(**values)
        )
        await self._sign_anew()
        return f"from leaf {leaf.index} on"

    async def _ledger_leaf(self, at: int) -> LogLeaf:
        query = sa.select(LogLeaf).where(LogLeaf.index <= at, LogLeaf.source == "ledger")
        leaf = await self.session.scalar(query.order_by(LogLeaf.index.desc()).limit(1))
        if leaf is None:
            raise NothingToTamper
        return leaf

    async def _sign_anew(self) -> None:
        session = self.session
        hashes = list(await session.scalars(sa.select(LogLeaf.hash).order_by(LogLeaf.index)))
        for number in range(len(hashes) // 256):
            tile = hashes[number * 256 : number * 256 + 256]
            values = {"n": number, "h": b"".join(tile), "r": merkle.root(tile)}
            await session.execute(
                sa.text(
                    "UPDATE log_tiles SET hashes = :h, root = :r WHERE level = 0 AND number = :n"
                ),
                values,
            )
        signers = await keys.signers(session)
        await session.execute(sa.text("DELETE FROM log_cosignatures"))
        for size in await session.scalars(sa.text("SELECT size FROM log_checkpoints")):
            root = merkle.root(hashes[:size])
            note = str(signed(str(Checkpoint(signers[-1].name, size, root)), signers))
            await session.execute(
                sa.text("UPDATE log_checkpoints SET root = :root, note = :note WHERE size = :size"),
                {"root": root, "note": note, "size": size},
            )

    def _table(self) -> sa.Table:
        return Base.metadata.tables[self.chance.choice(sorted(NOTHING_ELSE_SAYS))]

    async def _count(self, table: sa.Table) -> int:
        query = sa.select(sa.func.count()).select_from(table).where(_says_something(table))
        count = await self.session.scalar(query)
        if not count:
            raise NothingToTamper
        return int(count)

    async def _row(self, table: sa.Table) -> Mapping[str, Any]:
        at = self.chance.randrange(await self._count(table))
        query = sa.select(table).where(_says_something(table))
        found = query.order_by(*table.primary_key.columns).offset(at).limit(1)
        return dict((await self.session.execute(found)).mappings().one())

    async def _write(self, table: sa.Table, column: sa.Column[Any]) -> str:
        row = await self._row(table)
        values = others(row[column.name], column, self.chance)
        if not values:
            raise NothingToTamper
        return await write(self.session, column, row, self.chance.choice(values))


Tampering = Callable[[Tamperer], Awaitable[str]]

KINDS: Mapping[str, Tampering] = {
    "edit": Tamperer.edit,
    "delete": Tamperer.delete,
    "reorder": Tamperer.reorder,
    "truncate": Tamperer.truncate,
    "fork": Tamperer.fork,
    "backdate": Tamperer.backdate,
}

PLACES = (
    ("ledger_positions", "position"),
    ("ledger_positions", "entry_id"),
    ("ledger_positions", "leaf"),
    ("ledger_references", "id"),
    ("ledger_lines", "amount"),
    ("ledger_lines", "account_id"),
    ("ledger_entries", "occurred_at"),
    ("log_leaves", "index"),
    ("log_leaves", "hash"),
    ("log_leaves", "subject_id"),
    ("log_checkpoints", "size"),
    ("log_checkpoints", "note"),
    ("serial_blocks", "order_id"),
    ("invoices", "number"),
    ("fulfilment_decisions", "fulfilment_id"),
    ("certificates", "fulfilment_id"),
    ("certificates", "content"),
)

_FORK = (
    "DELETE FROM ledger_salts WHERE entry_id = :entry_id",
    "UPDATE ledger_entries SET narration = 'As it never was' WHERE id = :entry_id",
    "UPDATE ledger_positions SET leaf = :leaf WHERE entry_id = :entry_id",
)


def _says_something(table: sa.Table) -> sa.TextClause:
    return sa.text(ONLY.get(table.name, "true"))


def _is(table: sa.Table, row: Mapping[str, Any]) -> sa.ColumnElement[bool]:
    return sa.and_(*(each == row[each.name] for each in table.primary_key.columns))


def _named(table: sa.Table, row: Mapping[str, Any]) -> str:
    return " ".join(str(row[each.name]) for each in table.primary_key.columns)


def _elsewhere(value: Any) -> Any:  # noqa: ANN401  Of any column.
    if isinstance(value, int):
        return 2**40
    if isinstance(value, UUID):
        return uuid4()
    return value
