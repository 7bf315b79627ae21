"""All databases of a run speak the same SQL: what one engine has compiled serves the next.

Compiling took a sixth of the suite's time, because every test opens engines of its own.
"""

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg


class SharedDialect(PGDialect_asyncpg):
    """The dialect of PostgreSQL by asyncpg, equal to every other one of this process.

    It is a part of the key under which SQLAlchemy keeps a compiled statement.
    """

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))


_compiled: dict[object, object] = {}


def share() -> None:
    """Let all engines of this process keep what they compile in one place."""
    registry.register("postgresql.asyncpg", __name__, SharedDialect.__name__)

    @event.listens_for(sa.Engine, "engine_connect")
    def _connect(connection: sa.Connection) -> None:
        connection.execution_options(compiled_cache=_compiled)
