"""What must stand around the rows of all tables: constraints, triggers, and too few rights."""

from collections.abc import AsyncIterator

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import grants
from app.core.database import Base
from app.core.invariants.kept import Proof

_SWITCHED_OFF = """
SELECT format('trigger %s of %s: expected it enabled, found it switched off', tgname, relname)
  FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
 WHERE relnamespace = CAST('public' AS regnamespace) AND tgenabled NOT IN ('O', 'A')
 ORDER BY relname, tgname
"""
"""Those of foreign keys, too."""

_REFUSE = """
SELECT format('table %s: expected a trigger that refuses any change, found none', name)
  FROM unnest(:names) name
 WHERE NOT EXISTS (
       SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE t.tgrelid = to_regclass(name) AND t.tgname = 'append_only'
          AND p.proname = 'refuse_change' AND t.tgtype & 56 = 56
          -- Somebody may leave a function of that name that refuses nothing.
          AND p.prosrc LIKE '%RAISE EXCEPTION%')
"""
"""56: before or after, on delete, update and truncate."""

_CONSTRAINTS = """
SELECT c.relname AS table, conname AS name
  FROM pg_constraint JOIN pg_class c ON c.oid = conrelid
 WHERE convalidated AND c.relnamespace = CAST('public' AS regnamespace)
 UNION ALL
SELECT c.relname, i.relname
  FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
 WHERE x.indisunique AND x.indisvalid AND c.relnamespace = CAST('public' AS regnamespace)
"""
"""Unique indexes, too: some hold only for some rows."""

_RIGHTS = """
SELECT c.relname AS table, privilege
  FROM pg_class c CROSS JOIN unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) privilege
 WHERE c.relnamespace = CAST('public' AS regnamespace) AND c.relkind IN ('r', 'p')
   AND NOT pg_has_role(current_user, c.relowner, 'USAGE')
   AND (has_table_privilege(c.oid, privilege)
        OR privilege IN ('INSERT', 'UPDATE') AND has_any_column_privilege(c.oid, privilege))
"""
"""Of whoever asks: the owner may do everything, and against him stand the triggers."""


async def faults(session: AsyncSession) -> AsyncIterator[str]:
    """Take the inventory of all tables; `ledger.checks` looks closer at those of the books."""
    for fault in await session.scalars(sa.text(_SWITCHED_OFF)):
        yield fault
    names = [table.name for table in Base.metadata.sorted_tables if table.info.get("append_only")]
    refuse = sa.text(_REFUSE).bindparams(sa.bindparam("names", type_=sa.ARRAY(sa.Text())))
    for fault in await session.scalars(refuse, {"names": names}):
        yield fault
    known = {(row.table, row.name) for row in await session.execute(sa.text(_CONSTRAINTS))}
    for table in Base.metadata.sorted_tables:
        names = [str(each.name) for each in table.constraints]
        names += [str(each.name) for each in table.indexes if each.unique]
        for constraint in sorted(names):
            if (table.name, constraint) not in known:
                yield f"constraint {constraint} of {table.name}: expected it, found none"
    for row in await session.execute(sa.text(_RIGHTS)):
        found = Base.metadata.tables.get(row.table)
        if found is not None and row.privilege not in grants.rights(found).split(", "):
            yield (
                f"right to {row.privilege} in {row.table}: expected that the application has none,"
                " found one"
            )


INVARIANTS = (
    Proof(
        "rows-protected",
        "The database's own protection is there: constraints, triggers that refuse changes, and no"
        " more rights for the application than it needs.",
        faults,
    ),
)
