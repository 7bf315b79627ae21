"""Run migrations as the role that owns the database, then give the application its rights."""

import asyncio

import sqlalchemy as sa
from alembic import context
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

import app.tables  # noqa: F401  Brings in every table.
from app.core import grants
from app.core.database import Base
from app.core.settings import Settings, settings

# A migration that waits for a lock makes every query behind it wait too: give up early.
LIMITS = "SET lock_timeout = '4s'; SET statement_timeout = '30s'"


def _migrate(connection: sa.Connection, settings: Settings) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transaction_per_migration=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    # `alembic check` and `current` pass here too, before there is anything to grant.
    if sa.inspect(connection).has_table("installations"):
        role = make_url(settings.database_url.get_secret_value()).username
        grants.grant(connection, role or "")


async def _run() -> None:
    engine = create_async_engine(settings().owner_url, poolclass=NullPool)
    async with engine.connect() as connection:
        for limit in LIMITS.split(";"):
            await connection.exec_driver_sql(limit)
        await connection.commit()
        await connection.run_sync(_migrate, settings())
        await connection.commit()
    await engine.dispose()


asyncio.run(_run())
