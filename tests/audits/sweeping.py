"""A sweep: all that a change of one row, or of two, can be, one after the other, in some rows."""

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Base, Database
from tests.audits import tampering
from tests.audits.noticing import finder
from tests.audits.other_values import others
from tests.audits.tampering import MAY_GO, PLACES
from tests.audits.town import Kept
from tests.audits.unsaid import NOTHING_ELSE_SAYS

Rows: TypeAlias = Sequence[Mapping[str, Any]]


@dataclass
class Sweep:
    """Every column of `rows` rows of each table changed, each row removed, each two swapped.

    Which rows, and what they become, is the same each time.
    """

    database: Database
    kept: Kept
    rows: int
    done: int = 0
    unnoticed: list[str] = field(default_factory=list)
    last: str | None = None
    """Who found the one before is asked first."""

    def __str__(self) -> str:
        return f"{self.done:,} changes, one by one, {len(self.unnoticed)} of them unnoticed"

    async def go(self) -> None:
        """Go through all tables that are tampered with."""
        for name in sorted(NOTHING_ELSE_SAYS):
            table = Base.metadata.tables[name]
            async with self.database.sessions() as session:
                found = await tampering.rows_of(session, table)
            some = found[:: max(1, len(found) // self.rows)][: self.rows]
            await self._edit(table, some)
            if name not in MAY_GO:
                await self._remove(table, some, len(found))
            await self._swap(table, some)

    async def _edit(self, table: sa.Table, rows: Rows) -> None:
        for column in tampering.telling(table):
            chance = random.Random(str(column))  # noqa: S311  Only drawn.
            for row in rows:
                for value in others(row[column.name], column, chance):
                    write = partial(tampering.write, column=column, row=row, value=value)
                    await self._try(write)

    async def _remove(self, table: sa.Table, rows: Rows, count: int) -> None:
        for row in rows:
            await self._try(partial(tampering.remove, table=table, row=row))
        for left in range(0, count, max(1, count // self.rows)):
            await self._try(partial(tampering.cut_off, table=table, left=left))

    async def _swap(self, table: sa.Table, rows: Rows) -> None:
        for name, column in PLACES:
            for one, other in pairwise(rows) if name == table.name else ():
                if one[column] != other[column]:
                    swap = partial(tampering.swap, column=table.c[column], one=one, other=other)
                    await self._try(swap)

    async def _try(self, change: Callable[[AsyncSession], Awaitable[str]]) -> None:
        """Do it in a transaction that comes to nothing."""
        self.done += 1
        async with self.database.sessions() as session:
            try:
                what = await change(session)
            except DBAPIError:
                return
            self.last = await finder(session, self.kept, self.last)
        if self.last is None:
            self.unnoticed.append(what)
