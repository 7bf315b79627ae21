"""A process that posts from Python, as the application does: `journal.post` in a transaction.

    python -m scripts.benchmarks.posting CONNECTIONS DRAFTS SECONDS LAST

says that it is ready, waits for a line, posts so many drafts of two lines in each transaction on so
many connections, and says how many entries it made in a second.
"""

import asyncio
import random
import sys
import time
from uuid import UUID

from app.core import clock
from app.core.database import Database, open_database
from app.core.ids import new_id
from app.core.settings import settings
from app.ledger import journal
from app.ledger.chart import UNALLOCATED, Account
from app.ledger.drafts import Draft, credit, debit
from scripts.benchmarks.contenders import ACCOUNTS, FIRST, KEEPER, OWNERS, Last

WARM_UP_SECONDS = 0.5
"""The first calls of a connection make plans."""


def a_draft(last: Last) -> Draft:
    """Move a little from one of many accounts to another, or to the hot one."""
    half = ACCOUNTS // 2
    source, target = _spread(random.randrange(half)), _spread(half + random.randrange(half))
    if last is not Last.SPREAD:
        target = last.kind.of(KEEPER)
    amount, about = random.randint(1, 100), new_id()
    return Draft(
        kind="bench.moved",
        reference=f"bench/{about}",
        narration="A transfer",
        occurred_at=clock.now(),
        lines=(debit(source, amount, about), credit(target, amount, about)),
    )


def _spread(number: int) -> Account:
    return UNALLOCATED.of(KEEPER, UUID(f"{OWNERS}{FIRST + number}"))


async def _post(database: Database, drafts: int, last: Last, until: float) -> int:
    made = 0
    while time.monotonic() < until:
        async with database.work() as session:
            await journal.post(session, *(a_draft(last) for _ in range(drafts)))
        made += drafts
    return made


async def _run(connections: int, drafts: int, seconds: float, last: Last) -> float:
    wide = settings().model_copy(update={"database_pool_size": connections})
    async with open_database(wide) as database:

        async def post(seconds: float) -> float:
            until = time.monotonic() + seconds
            posting = (_post(database, drafts, last, until) for _ in range(connections))
            return sum(await asyncio.gather(*posting)) / seconds

        await post(WARM_UP_SECONDS)
        print("ready", flush=True)
        sys.stdin.readline()
        return await post(seconds)


if __name__ == "__main__":
    connections, drafts, seconds, last = sys.argv[1:]
    print(asyncio.run(_run(int(connections), int(drafts), float(seconds), Last(last))))
