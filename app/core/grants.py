"""What the application's role may do with each table, given after every migration.

The role that owns the tables runs the migrations; the application connects as another one. A
table says in its `info` when the application may not change or remove its rows.
"""

import sqlalchemy as sa

from app.core.database import Base

ALL_RIGHTS = "SELECT, INSERT, UPDATE, DELETE"

_functions: set[str] = set()


def let_call(function: str) -> None:
    """Declare that the application calls a function that acts with its owner's rights."""
    _functions.add(function)


def functions() -> frozenset[str]:
    """Name the functions that the application may call and nobody else."""
    return frozenset(_functions)


def rights(table: sa.Table) -> str:
    """Say which rights the application's role has on a table."""
    return str(table.info.get("rights", ALL_RIGHTS))


def grant(connection: sa.Connection, role: str) -> None:
    """Give `role` exactly its rights on every table; the owner needs none."""
    if role == connection.scalar(sa.text("SELECT current_user")):
        return
    quoted = connection.dialect.identifier_preparer.quote(role)
    connection.execute(sa.text(f"GRANT USAGE ON SCHEMA public TO {quoted}"))
    connection.execute(sa.text(f"GRANT SELECT ON alembic_version TO {quoted}"))
    # A table of the code that no migration makes yet is for `alembic check` to complain about.
    existing = set(sa.inspect(connection).get_table_names())
    for table in Base.metadata.sorted_tables:
        if table.name not in existing:
            continue
        connection.execute(sa.text(f"REVOKE ALL ON {table.name} FROM {quoted}"))
        connection.execute(sa.text(f"GRANT {rights(table)} ON {table.name} TO {quoted}"))
    for function in sorted(_functions):
        if connection.scalar(sa.text("SELECT to_regproc(:name)"), {"name": function}) is None:
            continue
        connection.execute(sa.text(f"GRANT EXECUTE ON FUNCTION {function} TO {quoted}"))
    connection.execute(sa.text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quoted}"))
