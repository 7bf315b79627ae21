"""The public log, as who keeps checkpoints sees it before and after a promotion."""

import asyncio
import time

import httpx
import sqlalchemy as sa

from app.core.database import Database
from app.transparency import checkpoints, merkle, notes, queries
from app.transparency.checkpoints import Checkpoint
from app.transparency.queries import proving
from scripts.disasters.report import Chapter

SEALED_SECONDS = 60.0
POLL_SECONDS = 0.2


async def published(client: httpx.AsyncClient) -> Checkpoint:
    """Read what the log signed last, as everybody may."""
    while not (answer := await client.get("/log/checkpoint")).is_success:
        await asyncio.sleep(POLL_SECONDS)
    return checkpoints.parse(notes.parse(answer.text).text)


async def goes_on(chapter: Chapter, kept: Checkpoint, database: Database) -> None:
    """See that everything gets sealed, and that the log begins with what somebody kept."""
    ends = time.monotonic() + SEALED_SECONDS
    while True:
        async with database.snapshot() as session:
            # Those that have no position yet are counted too.
            booked = int(await session.scalar(_BOOKED) or 0)
            newest = await queries.checkpoint(session)
            if newest is not None and newest.size >= booked > kept.size:
                break
        if time.monotonic() > ends:
            chapter.saw(f"after {SEALED_SECONDS:.0f} s not all of the log is sealed", right=False)
            return
        await asyncio.sleep(POLL_SECONDS)
    async with database.snapshot() as session:
        path = await proving.consistency(session, kept.size, newest.size)
    try:
        before, after = ((one.size, one.root) for one in (kept, newest))
        merkle.insist_on_consistency(before, after, path)
    except merkle.ProofRefused as refused:
        chapter.saw(f"the log took another way: {refused}", right=False)
        return
    chapter.saw(
        f"the log begins with the {kept.size} leaves that the old primary signed for, and goes on"
        f" to {newest.size}: all {booked} entries in the books are sequenced and sealed"
    )


_BOOKED = sa.text("SELECT count(*) FROM ledger_entries")
