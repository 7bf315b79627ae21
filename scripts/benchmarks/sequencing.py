"""A process that says that it is ready, and gives entries their positions until it is ended."""

import asyncio

from app.core.database import open_database
from app.core.settings import settings
from app.ledger import positions

PAUSE_SECONDS = 0.2


async def _run() -> None:
    async with open_database(settings()) as database:
        print("ready", flush=True)
        while True:
            await positions.sequence_all(database)
            await asyncio.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    asyncio.run(_run())
