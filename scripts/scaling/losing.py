"""What replication that nobody waits for loses: the same loss of a primary, without the waiting."""

import asyncio
import random
from http import HTTPStatus

import sqlalchemy as sa

from scripts.benchmarks.stalls import Market, Stalls, put_up
from scripts.disasters.buying import Buyers, buyers
from scripts.disasters.installation import running
from scripts.disasters.kills import PATIENT
from scripts.disasters.report import Chapter
from scripts.scaling.fleet import Fleet
from scripts.scaling.showing import CUT_OFF_SECONDS, Plan, replaced


async def run(fleet: Fleet, plan: Plan, seed: int) -> Chapter:
    """Order until the primary is gone, and count the acknowledged orders that nobody knows."""
    chapter = Chapter("asynchronous", f"orders until the primary is lost; seed {seed}")
    for line in fleet.told():
        chapter.saw(line)
    market = Market((1_000_000,), terms=PATIENT)
    there = await asyncio.to_thread(put_up, fleet.bench, market)
    acknowledged: list[str] = []
    async with running(fleet), buyers(fleet) as who:
        with chapter.timed():
            ordering = [
                asyncio.create_task(_order_on(who, there, acknowledged, random.Random(seed + n)))
                for n in range(plan.at_once)
            ]
            while len(acknowledged) < plan.purchases:
                await asyncio.sleep(0.02)
            await replaced(fleet)
            for task in ordering:
                task.cancel()
            await asyncio.gather(*ordering, return_exceptions=True)
        async with fleet.looked_into() as database, database.reading() as session:
            there_now = {
                str(one) for one in await session.scalars(sa.text("SELECT id FROM orders"))
            }
    lost = [one for one in acknowledged if one not in there_now]
    chapter.saw(
        f"{len(lost)} of {len(acknowledged)} acknowledged orders are LOST: those of the last"
        f" {CUT_OFF_SECONDS} s, in which nothing reached the standby",
        right=not lost,
    )
    return chapter


async def _order_on(
    who: Buyers, there: Stalls, acknowledged: list[str], chance: random.Random
) -> None:
    while True:
        answer = await who.order(chance.choice(there.shoppers), there.projects[0])
        if answer.status_code == HTTPStatus.CREATED:
            acknowledged.append(answer.json()["id"])
