"""Another process that works through a PgBouncer: `python -m tests.core.bouncing <name>`."""

import asyncio
import sys

import sqlalchemy as sa

from app.core.database import Database, open_database
from app.core.idempotency import IdempotencyKey
from app.core.settings import Settings
from tests.core.test_database import an_answer, limits

WORKERS, ROUNDS = 4, 15


async def work_through(settings: Settings, name: str) -> None:
    """Write and read rows, several at once."""
    async with open_database(settings) as database:
        await asyncio.gather(*(_work(database, f"{name} {n}") for n in range(WORKERS)))


async def _work(database: Database, name: str) -> None:
    for number in range(ROUNDS):
        key = f"{name} {number}"
        async with database.work() as session:
            session.add(an_answer(key))
            assert await limits(session) == ("30s", "4s")
        async with database.reading() as session:
            query = sa.select(IdempotencyKey.key).where(IdempotencyKey.key == key)
            assert await session.scalar(query) == key


if __name__ == "__main__":
    asyncio.run(work_through(Settings(), sys.argv[1]))
