"""A worker whose transactional job leaves its mark and then never ends: to be killed."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import jobs
from app.core.database import open_database
from app.core.settings import settings
from app.main import prepare, work_on_jobs
from tests.core.jobs.conftest import note
from tests.make.jobs import a_kind

BEGAN = "began"


async def hang(session: AsyncSession, number: int) -> None:
    """Do the work but for the end of it."""
    await note(session, number)
    print(BEGAN, flush=True)  # noqa: T201  The test waits for this.
    await asyncio.sleep(3600)


async def main() -> None:
    """Work until killed."""
    database = open_database(settings())
    await prepare(database)
    await work_on_jobs(database, (jobs.transactional(a_kind("test.note"), hang),), ())
    await database.close()


if __name__ == "__main__":
    asyncio.run(main())
