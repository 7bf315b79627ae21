"""What must stand around the rows: triggers, constraints, partitions, and no rights to write."""

from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Base
from app.ledger import models

_REFUSED = "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
_APPEND_ONLY = {"append_only": f"BEFORE DELETE OR UPDATE OR TRUNCATE {_REFUSED}"}
_NOT_EMPTIED = {"not_emptied": f"BEFORE TRUNCATE {_REFUSED}"}

TRIGGERS: dict[str, dict[str, str]] = {
    "ledgers": _APPEND_ONLY,
    "ledger_kinds": _APPEND_ONLY,
    "ledger_accounts": {
        "same_account": "BEFORE UPDATE OF id, ledger_id, kind, owner_id, side, limited, lock_rank"
        f" {_REFUSED}",
        "stays": f"BEFORE DELETE OR TRUNCATE {_REFUSED}",
        "as_the_chart_says": "BEFORE INSERT FOR EACH ROW EXECUTE FUNCTION ledger_insist_on_kind()",
    },
    "ledger_references": _NOT_EMPTIED
    | {
        "kept": "BEFORE DELETE OR UPDATE FOR EACH ROW EXECUTE FUNCTION ledger_keep_reference()",
    },
    "ledger_entries": _APPEND_ONLY,
    "ledger_lines": _APPEND_ONLY
    | {
        "balanced": "AFTER INSERT REFERENCING NEW TABLE AS new_lines FOR EACH STATEMENT EXECUTE"
        " FUNCTION ledger_insist_on_balance()"
    },
    "ledger_reversals": _APPEND_ONLY,
    "ledger_holds": _NOT_EMPTIED
    | {"settled_once": "AFTER DELETE OR UPDATE FOR EACH ROW EXECUTE FUNCTION ledger_settle_once()"},
    "ledger_positions": _APPEND_ONLY,
}
"""Every trigger of the books, as PostgreSQL describes it; a partition has its parent's."""

_MAPPED = {
    mapper.local_table
    for mapper in Base.registry.mappers
    if mapper.class_.__module__ == models.__name__ and mapper.class_ is not models.LedgerChecked
}
BOOKS = [table for table in Base.metadata.tables.values() if table in _MAPPED]
"""Every table that only the door writes."""

PARTITIONED = ("ledger_entries", "ledger_lines")


async def faults(session: AsyncSession) -> AsyncIterator[str]:
    """Take the inventory."""
    partitions = await _partitions(session)
    for found in (
        _trigger_faults(await _triggers(session), partitions),
        _partition_faults(partitions),
        _constraint_faults(await _constraints(session)),
        await session.scalars(sa.text(_RIGHTS), {"books": [table.name for table in BOOKS]}),
    ):
        for fault in found:
            yield fault


async def partition_faults(session: AsyncSession) -> list[str]:
    """Look at the partitions alone: those that are needed exist, with all their triggers."""
    partitions = await _partitions(session)
    return [
        *_partition_faults(partitions),
        *_trigger_faults(await _triggers(session), partitions),
    ]


def years() -> tuple[int, int]:
    """Say for which years there must be room: ids are made by the machine's own clock."""
    this_year = datetime.now(UTC).year
    return this_year, this_year + 1


Partitions = dict[str, tuple[str, str]]
"""By name: the parent, and the bounds."""


async def _partitions(session: AsyncSession) -> Partitions:
    rows = await session.execute(sa.text(_PARTITIONS), {"parents": list(PARTITIONED)})
    return {row.name: (row.parent, row.bounds) for row in rows}


_PARTITIONS = """
SELECT c.relname AS name, p.relname AS parent, pg_get_expr(c.relpartbound, c.oid) AS bounds
  FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid JOIN pg_class p ON p.oid = inhparent
 WHERE p.relname = ANY (:parents)
 ORDER BY c.relname
"""


def _bounds(year: int) -> str:
    """Write the bounds of a year's partition: ids begin with their milliseconds."""
    begins, ends = (
        UUID(int=int(datetime(first, 1, 1, tzinfo=UTC).timestamp() * 1000) << 80)
        for first in (year, year + 1)
    )
    return f"FOR VALUES FROM ('{begins}') TO ('{ends}')"


def _partition_faults(found: Partitions) -> list[str]:
    faults = [
        f"partition {name}: expected no default partition of {parent}"
        for name, (parent, bounds) in found.items()
        if bounds == "DEFAULT"
    ]
    for parent in PARTITIONED:
        for year in years():
            name, bounds = f"{parent}_{year}", _bounds(year)
            if name not in found:
                faults.append(f"partition {name}: expected it beneath {parent}, found none")
            elif found[name][1] != bounds:
                faults.append(f"partition {name}: expected {bounds}, found {found[name][1]}")
    return faults


Triggers = dict[str, dict[str, tuple[str, bool]]]
"""By table and name: what it says, and whether it is enabled."""


async def _triggers(session: AsyncSession) -> Triggers:
    found: Triggers = defaultdict(dict)
    for row in await session.execute(sa.text(_TRIGGERS)):
        said = row.definition.removeprefix(f"CREATE TRIGGER {row.name} ")
        found[row.table][row.name] = (said.replace(f"ON {row.table} ", "", 1), row.enabled)
    return found


_TRIGGERS = """
SELECT relname AS table, tgname AS name, pg_get_triggerdef(t.oid, true) AS definition,
       tgenabled IN ('O', 'A') AS enabled
  FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
 WHERE NOT tgisinternal AND relnamespace = CAST('public' AS regnamespace)
"""


def _trigger_faults(found: Triggers, partitions: Partitions) -> list[str]:
    wanted = TRIGGERS | {
        name: TRIGGERS[parent] for name, (parent, bounds) in partitions.items() if bounds
    }
    faults = []
    for table, triggers in wanted.items():
        for name in sorted(triggers.keys() | found[table].keys()):
            said, enabled = found[table].get(name, ("none", True))
            expected = triggers.get(name, "none")
            if said != expected:
                faults.append(f"trigger {name} of {table}: expected {expected}, found {said}")
            elif not enabled:
                faults.append(f"trigger {name} of {table}: expected it enabled, found it disabled")
    return faults


async def _constraints(session: AsyncSession) -> set[tuple[str, str]]:
    return {(row.table, row.name) for row in await session.execute(sa.text(_CONSTRAINTS))}


_CONSTRAINTS = """
SELECT c.relname AS table, conname AS name
  FROM pg_constraint JOIN pg_class c ON c.oid = conrelid
 WHERE convalidated AND c.relnamespace = CAST('public' AS regnamespace)
"""


def _constraint_faults(found: set[tuple[str, str]]) -> list[str]:
    return [
        f"constraint {constraint.name} of {table.name}: expected it, found none"
        for table in BOOKS
        for constraint in sorted(table.constraints, key=lambda one: str(one.name))
        if (table.name, str(constraint.name)) not in found
    ]


# The owner may write: against him stand the triggers, and this check.
_RIGHTS = """
SELECT format('right to %s in %s: expected that %s has none', privilege, c.relname, current_user)
  FROM pg_class c
  LEFT JOIN pg_inherits ON inhrelid = c.oid
  JOIN pg_class book ON book.oid = coalesce(inhparent, c.oid)
 CROSS JOIN unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) privilege
 WHERE book.relname = ANY (:books) AND book.relnamespace = CAST('public' AS regnamespace)
   AND c.relkind IN ('r', 'p')
   AND NOT pg_has_role(current_user, c.relowner, 'USAGE')
   AND (has_table_privilege(c.oid, privilege)
        OR privilege IN ('INSERT', 'UPDATE') AND has_any_column_privilege(c.oid, privilege))
 ORDER BY c.relname, privilege
"""
