"""The server and its worker are killed, and PostgreSQL is stopped at once, while companies buy."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from app.core.database import Database
from app.story.figures import TERMS
from scripts.benchmarks.stalls import Market, Stalls, put_up
from scripts.disasters import proofs
from scripts.disasters.buying import Bought, Buyers, buyers
from scripts.disasters.ground import Ground
from scripts.disasters.installation import LEASE_SECONDS, Installation, running
from scripts.disasters.report import Chapter


@dataclass(frozen=True)
class Part:
    """How much is bought, and how often it is interrupted meanwhile."""

    purchases: int
    interruptions: int
    longest_seconds: float = 8.0
    """Between two, however little was bought meanwhile."""


@dataclass(frozen=True)
class Plan:
    """How much is bought while the server is killed, and while PostgreSQL is stopped."""

    kills: Part
    stops: Part
    at_once: int = 12


TINY = Plan(Part(8, 2, 1.0), Part(4, 1, 1.0), at_once=4)
QUICK = Plan(Part(24, 3), Part(12, 2))
FULL = Plan(Part(60, 6), Part(24, 3), at_once=8)
ENDLESS = Plan(Part(2_000, 200), Part(500, 50))

PATIENT = {**TERMS, "reservations": {"onlineMinutes": 1_440, "invoiceDays": 30}}
"""A reservation lasts longer than the disaster."""

Interrupt = Callable[[], Awaitable[None]]


@dataclass
class Day:
    """What is bought, and what of it is acknowledged by now."""

    there: Stalls
    at_once: int
    chance: random.Random
    bought: list[Bought] = field(default_factory=list)

    async def buy(self, who: Buyers, purchases: int) -> None:
        """Let companies buy, some at a time, until there is enough."""
        waiting = iter(range(purchases))
        async with asyncio.TaskGroup() as group:
            for _ in range(self.at_once):
                group.create_task(self._buy_on(who, waiting))

    async def _buy_on(self, who: Buyers, waiting: Iterator[int]) -> None:
        for number in waiting:
            shopper = self.there.shoppers[number % len(self.there.shoppers)]
            self.bought.append(await who.buy(shopper, self.there.projects[0]))

    async def interrupt(self, part: Part, interrupt: Interrupt) -> None:
        """Interrupt again and again, at random moments, spread over all that is bought."""
        before = len(self.bought)
        for number in range(1, part.interruptions + 1):
            due = before + part.purchases * number // (part.interruptions + 1)
            ends = time.monotonic() + part.longest_seconds
            while len(self.bought) < due and time.monotonic() < ends:
                await asyncio.sleep(0.02)
            await asyncio.sleep(self.chance.uniform(0.0, part.longest_seconds / 8))
            await interrupt()


async def run(ground: Ground, plan: Plan) -> Chapter:
    """Kill the server and its worker, again and again; then stop PostgreSQL, likewise."""
    chapter = Chapter(
        "kills",
        f"{plan.kills.purchases} purchases by card with {plan.kills.interruptions} x kill -9 of the"
        f" server (a job's lease is {LEASE_SECONDS:.0f} s), {plan.stops.purchases} with"
        f" {plan.stops.interruptions} immediate stops of PostgreSQL",
    )
    bench = await ground.copied(chapter.name)
    purchases = plan.kills.purchases + plan.stops.purchases
    # The threshold is reached on the way.
    market = Market((purchases + 10,), plan.kills.purchases // 2, terms=PATIENT)
    there = await asyncio.to_thread(put_up, bench, market)
    day = Day(there, plan.at_once, ground.chance(chapter.name))
    installation = Installation(bench)

    async def kill() -> None:
        installation.kill()
        await installation.start()

    async with running(installation):
        with chapter.timed():
            await _interrupted(chapter, day, plan.kills, (installation, kill))
            await _interrupted(chapter, day, plan.stops, (installation, ground.stop_at_once))
        async with installation.looked_into() as database:
            await compared(chapter, day.bought, installation, database)
        await proofs.books_hold(installation, chapter)
    return chapter


async def _interrupted(
    chapter: Chapter, day: Day, part: Part, harmed: tuple[Installation, Interrupt]
) -> None:
    installation, interrupt = harmed
    async with buyers(installation) as who:
        buying = asyncio.create_task(day.buy(who, part.purchases))
        await day.interrupt(part, interrupt)
        last = time.monotonic()
        await buying
        bought = time.monotonic()
        took, left = await proofs.settled(installation)
    chapter.saw(
        f"interrupted {part.interruptions} times; {who.told()}", right="500" not in who.instead
    )
    chapter.saw(
        f"settled {took:.1f} s after the last purchase, {bought - last + took:.1f} s after the last"
        f" interruption; left: {left or 'nothing'}",
        right=not left and took <= proofs.SETTLE_SECONDS,
    )


async def compared(
    chapter: Chapter,
    bought: Sequence[Bought],
    installation: Installation,
    database: Database,
    *,
    unpaid: Collection[UUID] = (),
) -> None:
    """Compare what was acknowledged with what there is, here and at the provider.

    Orders that nobody began to pay stay out of it.
    """
    async with database.reading() as session:
        every = await session.execute(sa.text(_FOUND))
        found = [row for row in every if row.id not in unpaid]
        funded = await session.scalar(
            sa.text("SELECT count(*) FROM projects WHERE state = 'funded'")
        )
    acknowledged = {one.order_id for one in bought}
    paid = {row.id for row in found if row.state == "paid"}
    chapter.saw_none("acknowledged and not paid for", [str(one) for one in acknowledged - paid])
    chapter.saw_none(
        "nobody was told of", [str(row.id) for row in found if row.id not in acknowledged]
    )
    doubled = [str(row.id) for row in found if (row.payments, row.receipts, row.runs) != (1, 1, 1)]
    chapter.saw_none("doubled (payments, receipts or units)", doubled)
    store = installation.player.store
    kinds = {kind: len(list(store.all(kind))) for kind in ("checkout.session", "charge", "refund")}
    expected = {"checkout.session": len(bought), "charge": len(bought), "refund": 0}
    chapter.saw(f"at the provider: {kinds}", right=kinds == expected)
    chapter.saw(f"projects funded: {funded}", right=funded == 1)


_FOUND = """
SELECT o.id, o.state,
       (SELECT count(*) FROM payments p WHERE p.purpose = 'order/' || o.id) AS payments,
       (SELECT count(*) FROM receipts r JOIN payments p ON p.id = r.payment_id
         WHERE p.purpose = 'order/' || o.id AND r.place = 'booked') AS receipts,
       (SELECT count(*) FROM serial_blocks b WHERE b.order_id = o.id) AS runs
  FROM orders o
"""
