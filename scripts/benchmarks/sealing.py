"""A process that says that it is ready, and gives entries positions and leaves until it is ended.

python -m scripts.benchmarks.sealing
"""

import asyncio
import time

from app.core.database import open_database
from app.core.settings import settings
from app.ledger import positions
from app.transparency.actions import publishing
from scripts.benchmarks.sequencing import PAUSE_SECONDS

SEAL_SECONDS = 5.0
"""As often as a worker does (`app.main.CHORES`)."""


async def _run() -> None:
    async with open_database(settings()) as database:
        print("ready", flush=True)
        sealed_at = 0.0
        while True:
            await positions.sequence_all(database)
            if time.monotonic() - sealed_at >= SEAL_SECONDS:
                await publishing.seal(database)
                sealed_at = time.monotonic()
            await asyncio.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    asyncio.run(_run())
