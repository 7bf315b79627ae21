"""A table of the tests' own, in which handlers leave a mark that rolls back or stays."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Database, open_database
from app.core.settings import Settings


async def note(session: AsyncSession, number: int) -> None:
    """Leave a mark, as a transactional handler."""
    await session.execute(sa.text("INSERT INTO notes VALUES (:number)"), {"number": number})


async def notes(database: Database) -> list[int]:
    """Read the marks."""
    async with database.reading() as session:
        return list(await session.scalars(sa.text("SELECT number FROM notes ORDER BY number")))


WAITED_FOR = pytest.mark.parametrize("lease_seconds", [1.0])
"""For tests that wait until a lease is over, and in which nobody must keep one."""

OUTLASTED = pytest.mark.parametrize("lease_seconds", [3.0])
"""For tests that wait for a lease's renewals, of which a worker on a busy machine misses none."""


@pytest.fixture
def lease_seconds() -> float:
    """Longer than any of these tests, however busy the machine is."""
    return 60.0


@pytest.fixture
def quick_settings(settings: Settings, lease_seconds: float) -> Settings:
    """Poll in fractions of a second."""
    update = {"job_lease_seconds": lease_seconds, "job_poll_seconds": 0.2}
    return settings.model_copy(update=update)


@pytest.fixture
async def database(quick_settings: Settings) -> AsyncIterator[Database]:
    """The test's own database, with the table of marks."""
    address = make_url(quick_settings.owner_url).set(drivername="postgresql")
    owner = await asyncpg.connect(address.render_as_string(hide_password=False))
    await owner.execute("CREATE TABLE notes (number bigint); GRANT ALL ON notes TO PUBLIC")
    await owner.close()
    database = open_database(quick_settings)
    yield database
    await database.close()
