"""What the application's role may do with each table, given after every migration.

The role that owns the tables runs the migrations; the application connects as another one. A
table says in its `info` when the application may not change or remove its rows.
"""

import sqlalchemy as sa

from app.core.database import Base

ALL_RIGHTS = "SELECT, INSERT, UPDATE, DELETE"


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
    connection.execute(sa.text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quoted}"))
