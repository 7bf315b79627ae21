"""An owner of the tables, who can do what the application can't."""

from collections.abc import Awaitable, Callable

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from app.core.database import Database

Change = Callable[[str], Awaitable[None]]


@pytest.fixture
async def as_owner(database: Database) -> Change:
    """Do what only the owner of the tables can do."""
    url = make_url(database.settings.owner_url).set(drivername="postgresql")

    async def change(statements: str) -> None:
        connection = await asyncpg.connect(url.render_as_string(hide_password=False))
        try:
            await connection.execute(statements)
        finally:
            await connection.close()

    return change
