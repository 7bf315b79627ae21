"""Run migrations as the role that owns the database, then give the application its rights."""

import asyncio
import re

import sqlalchemy as sa
from alembic import context
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

import app.tables  # noqa: F401  Brings in every table.
from app.core import grants
from app.core.database import Base, explain_failed_connections
from app.core.settings import Settings, settings
from app.ledger import publishing

# A migration that waits for a lock makes every query behind it wait too: give up early.
LIMITS = "SET lock_timeout = '4s'; SET statement_timeout = '30s'"

TURN = 7_305_012_026
"""The advisory lock of whoever migrates; any fixed number that nobody else takes."""
PATIENCE_SECONDS = 600

PARTITION = re.compile(r"ledger_(entries|lines)_\d{4}")
"""Made by a job, year after year; the models know only what they are parts of."""


def _is_ours(_thing: object, name: str | None, kind: str, *_: object) -> bool:
    return not (kind == "table" and PARTITION.fullmatch(name or ""))


def _migrate(connection: sa.Connection, settings: Settings) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transaction_per_migration=True,
        compare_server_default=True,
        include_object=_is_ours,
    )
    with context.begin_transaction():
        context.run_migrations()
    # `alembic check` and `current` pass here too, before there is anything to grant.
    inspector = sa.inspect(connection)
    if inspector.has_table("ledger_kinds"):
        publishing.publish(connection)
    if inspector.has_table("installations"):
        role = make_url(settings.database_url.get_secret_value()).username
        grants.grant(connection, role or "")


async def _take_turns(connection: AsyncConnection) -> None:
    """Wait until no other process migrates; closing the connection ends our turn."""
    # Asking again and again, for one who waits inside a statement holds a snapshot, and CREATE
    # INDEX CONCURRENTLY of the other would wait for that.
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            asked = await connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({TURN})")
            ours = asked.scalar_one()
            await connection.commit()
            if ours:
                return
            await asyncio.sleep(0.2)


async def _run() -> None:
    # `alembic` itself knows only the environment.
    chosen: Settings = context.config.attributes.get("settings") or settings()
    engine = create_async_engine(chosen.owner_url, poolclass=NullPool, hide_parameters=True)
    explain_failed_connections(engine)
    async with engine.connect() as connection:
        await _take_turns(connection)
        for limit in LIMITS.split(";"):
            await connection.exec_driver_sql(limit)
        await connection.commit()
        await connection.run_sync(_migrate, chosen)
        await connection.commit()
    await engine.dispose()


asyncio.run(_run())
