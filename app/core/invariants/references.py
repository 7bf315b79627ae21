"""Every row refers to rows that exist, also where somebody took the foreign keys away."""

from collections.abc import AsyncIterator

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Base
from app.core.invariants.kept import Proof


async def faults(session: AsyncSession) -> AsyncIterator[str]:
    """Look for what every reference means."""
    for table in Base.metadata.sorted_tables:
        keys = sorted(table.foreign_keys, key=lambda each: each.parent.name)
        if not keys:
            continue
        # One statement for a table: each takes longer to come and go than to look.
        query = sa.text(" UNION ALL ".join(_dangling(table.name, key) for key in keys))
        for found in await session.scalars(query):
            yield found


def _dangling(table: str, key: sa.ForeignKey) -> str:
    column, target, named = key.parent.name, key.column.table.name, key.column.name
    return (
        f"SELECT format('{table}: expected the row of {target} that {column} names, found no %s',"  # noqa: S608  Names of our own.
        f" {column}) FROM {table} r WHERE {column} IS NOT NULL"
        f" AND NOT EXISTS (SELECT FROM {target} t WHERE t.{named} = r.{column})"
    )


INVARIANTS = (
    Proof("rows-refer", "Whatever a row refers to is there: nothing was removed.", faults),
)
