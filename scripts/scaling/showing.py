"""A sale goes on while an API process, a worker and the primary are lost, one after the other."""

import asyncio
import random
import time
from dataclasses import dataclass
from http import HTTPStatus

import sqlalchemy as sa

from app.core.database import Database
from app.transparency.checkpoints import Checkpoint
from scripts.benchmarks.stalls import Market, put_up
from scripts.disasters import proofs
from scripts.disasters.buying import coming
from scripts.disasters.installation import running
from scripts.disasters.kills import PATIENT, Day, compared
from scripts.disasters.report import Chapter
from scripts.scaling import sealing
from scripts.scaling.fleet import Fleet
from scripts.scaling.shopping import Looks, Shoppers, looking

CUT_OFF_SECONDS = 1.5
"""So long before it stops, nothing that the primary writes reaches the standby any more."""
ON_ITS_WAY_SECONDS = 0.25
"""What the standby had already may still be acknowledged."""
WRITES_SECONDS = 30.0
POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Plan:
    """How much is bought, by how many at once."""

    purchases: int
    at_once: int


TINY = Plan(40, 4)
QUICK = Plan(200, 8)
FULL = Plan(1_000, 12)


@dataclass(frozen=True)
class Moments:
    """When the primary was cut off, stopped, and replaced."""

    cut_off: float
    stopped: float
    promoted: float


@dataclass
class Sale:
    """Who buys of whom, and who harms what they buy through."""

    fleet: Fleet
    day: Day
    who: Shoppers
    chance: random.Random

    async def run(self, chapter: Chapter, purchases: int) -> Checkpoint:
        """Lose one part after the other while companies buy; say what the log was before."""
        buying = asyncio.create_task(self.day.buy(self.who, purchases))
        try:
            for share, answers in ((0.15, True), (0.35, False)):
                await self._come_to(share, purchases, buying)
                name = await self.fleet.kill_one(self.chance, answers=answers)
                chapter.saw(f"kill -9 of {name} after {len(self.day.bought)} purchases")
            await self._come_to(0.55, purchases, buying)
            kept = await sealing.published(self.who.client)
            async with looking(self.who, self.day.there.shoppers[0]) as looks:
                moments = await replaced(self.fleet)
                await self._come_to(0.8, purchases, buying)
            await buying
        finally:
            buying.cancel()
        _saw_promotion(chapter, self.who, looks, moments)
        return kept

    async def _come_to(self, share: float, of: int, buying: asyncio.Task[None]) -> None:
        """Wait until about so much is bought."""
        due = of * (share + self.chance.uniform(0.0, 0.15))
        while len(self.day.bought) < due and not buying.done():
            await asyncio.sleep(POLL_SECONDS)


async def replaced(fleet: Fleet) -> Moments:
    """Cut the primary off, stop it at once, and promote the standby."""
    sender = await fleet.pair.cut_off()
    cut_off = time.monotonic()
    await asyncio.sleep(CUT_OFF_SECONDS)
    stopped = time.monotonic()
    await asyncio.to_thread(fleet.pair.lose_primary, sender)
    await asyncio.to_thread(fleet.promote)
    return Moments(cut_off, stopped, time.monotonic())


def _saw_promotion(chapter: Chapter, who: Shoppers, looks: Looks, when: Moments) -> None:
    unsafe = who.between(when.cut_off + ON_ITS_WAY_SECONDS, when.promoted)
    chapter.saw(
        f"the line to the standby was dead for {CUT_OFF_SECONDS} s before the primary stopped at"
        f" once: {unsafe} writes were acknowledged meanwhile, the others waited",
        right=unsafe == 0,
    )
    without = who.first_after(when.stopped)
    chapter.saw(
        f"promoted {when.promoted - when.stopped:.1f} s after that; no write was acknowledged for"
        f" {without:.1f} s (until {without - (when.promoted - when.stopped):.1f} s after the"
        " promotion)",
        right=0 < without < WRITES_SECONDS,
    )
    what, right = looks.told(when.stopped, when.stopped + without)
    chapter.saw(f"meanwhile, by who asks once: {what}", right=right)


async def run(fleet: Fleet, plan: Plan, seed: int) -> Chapter:
    """Show the sale, and prove from the rows that nothing was lost and nothing done twice."""
    chapter = Chapter("cluster", f"{plan.purchases} purchases by card; seed {seed}")
    for line in fleet.told():
        chapter.saw(line)
    market = Market((plan.purchases + 10,), plan.purchases // 2, terms=PATIENT)
    chance = random.Random(seed)
    day = Day(await asyncio.to_thread(put_up, fleet.bench, market), plan.at_once, chance)
    before = await fleet.broken()
    async with running(fleet):
        with chapter.timed():
            async with coming(fleet, Shoppers) as who:
                sale = Sale(fleet, day, who, chance)
                kept = await sale.run(chapter, plan.purchases)
            took, left = await proofs.settled(fleet)
        _saw_reads(chapter, who, await fleet.reads())
        chapter.saw(who.told(), right="500" not in who.instead)
        chapter.saw(
            f"settled {took:.1f} s after the last purchase; left: {left or 'nothing'}",
            right=not left,
        )
        async with fleet.looked_into() as database:
            await compared(chapter, day.bought, fleet, database)
            await _saw_jobs(chapter, database)
            await sealing.goes_on(chapter, kept, database)
        await proofs.books_hold(fleet, chapter)
        chapter.saw_none(
            f"faults that `baat check all` finds on the new primary, besides the {len(before)} that"
            " it found before the sale (a benchmark's market has no plans)",
            sorted(await fleet.broken() - before),
        )
    return chapter


def _saw_reads(chapter: Chapter, who: Shoppers, reads: dict[str, int]) -> None:
    answered = reads.get("answered", 0)
    chapter.saw(
        f"{answered} GETs answered by the standby; by the primary instead, because the standby was"
        f" behind who asked: {reads.get('behind', 0)}, away: {reads.get('away', 0)}, promoted:"
        f" {reads.get('promoted', 0)}",
        right=answered > 0,
    )
    found, early = who.own[HTTPStatus.OK], who.plain.total() - who.plain[HTTPStatus.OK]
    chapter.saw(
        f"read its own order at once, with Read-After: {found} of {who.own.total()}"
        f" (without: {early} of {who.plain.total()} came too early)",
        right=0 < found == who.own.total(),
    )


async def _saw_jobs(chapter: Chapter, database: Database) -> None:
    async with database.reading() as session:
        done, again = (await session.execute(sa.text(_JOBS))).one()
    chapter.saw(f"jobs done: {done}, of which {again} took more than one attempt")


_JOBS = """
SELECT count(*), count(*) FILTER (WHERE attempts > 1) FROM jobs WHERE state = 'done'
"""
