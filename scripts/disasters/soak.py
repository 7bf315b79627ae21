"""A mixed load for long: memory, descriptors, connections, dead rows and open jobs do not grow."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import asyncpg

from scripts.benchmarks.server import Bench
from scripts.benchmarks.stalls import Market, Stalls, put_up
from scripts.disasters import proofs
from scripts.disasters.buying import Bought, Buyers, buyers
from scripts.disasters.ground import Ground
from scripts.disasters.installation import Installation, running
from scripts.disasters.kills import PATIENT
from scripts.disasters.report import Chapter
from scripts.disasters.uploads import Sender, a_plan
from scripts.disasters.watching import descriptors, megabytes, slope

WARM_PART = 0.4
"""Of the time: caches fill and connections open, and that is no growth."""

MOST_MEGABYTES_A_MINUTE = 6.0
MOST_DESCRIPTORS_A_MINUTE = 3.0
MOST_OPEN_JOBS = 200
MOST_DEAD_PART = 0.5
"""Of the rows of tables with more than some thousand."""


@dataclass(frozen=True)
class Plan:
    """For how long, and how many do something at a time."""

    minutes: float
    at_once: int
    every_seconds: float = 2.0


TINY = Plan(0.3, 4)
QUICK = Plan(1.5, 6)
FULL = Plan(4.0, 5)
ENDLESS = Plan(240.0, 6, 15.0)


@dataclass(frozen=True, slots=True)
class _Sample:
    """How all stands at a moment."""

    minute: float
    megabytes: float
    descriptors: int
    connections: int
    jobs: int
    dead_part: float
    database_megabytes: float


@dataclass
class _Load:
    """Who does what, and how often it was done."""

    there: Stalls
    who: Buyers
    sender: Sender
    chance: random.Random
    done: Counter[str] = field(default_factory=Counter)
    bought: list[Bought] = field(default_factory=list)

    async def go_on(self, ends: float) -> None:
        """Do one thing after another, at random, until it is time."""
        verbs: Sequence[tuple[Callable[[], Awaitable[object]], int]] = (
            (self._read, 10),
            (self._buy, 4),
            (self._refund, 1),
            (self._send, 1),
            (self._be_refused, 2),
        )
        acts, weights = zip(*verbs, strict=True)
        while time.monotonic() < ends:
            [act] = self.chance.choices(acts, weights)
            await act()
            self.done[act.__name__.strip("_").replace("_", " ")] += 1

    async def _read(self) -> None:
        by = self.chance.choice(self.there.shoppers)
        for path in (
            "/v1/market/projects",
            f"/v1/organisations/{by.organisation_id}/orders",
            f"/v1/organisations/{by.organisation_id}/payments",
        ):
            await self.who.get(path, by)

    async def _buy(self) -> None:
        by = self.chance.choice(self.there.shoppers)
        self.bought.append(await self.who.buy(by, self.there.projects[0]))

    async def _refund(self) -> None:
        if self.bought:
            one = self.bought.pop(self.chance.randrange(len(self.bought)))
            path = f"/v1/orders/{one.order_id}/refunds"
            await self.who.post(path, {"reason": "A soak."}, self.there.operator)

    async def _send(self) -> None:
        await self.sender.send_pdf(self.chance.randrange(1_000, 500_000))

    async def _be_refused(self) -> None:
        by = self.chance.choice(self.there.shoppers)
        await self.who.order(by, self.there.projects[0], 10**9)


async def run(ground: Ground, plan: Plan) -> Chapter:
    """Let people read, buy, send files, be refused and be refunded, and watch what grows."""
    chapter = Chapter("soak", f"{plan.minutes:g} minutes, {plan.at_once} at a time")
    bench = await ground.copied("soak")
    there = await asyncio.to_thread(put_up, bench, Market((10_000_000,), 1, terms=PATIENT))
    async with running(Installation(bench)) as served, buyers(served) as who:
        sender = Sender(who, there.shoppers[0], await a_plan(served, there))
        load = _Load(there, who, sender, ground.chance("soak"))
        with chapter.timed():
            samples = await _watched(bench, load, plan)
            took, left = await proofs.settled(served)
        done = ", ".join(f"{count} x {what}" for what, count in sorted(load.done.items()))
        chapter.saw(f"{done}; {who.told()}", right="500" not in who.instead)
        _judged(chapter, samples)
        chapter.saw(f"settled {took:.1f} s later; left: {left or 'nothing'}", right=not left)
        await proofs.books_hold(served, chapter)
        await proofs.all_checked(served, chapter)
    return chapter


async def _watched(bench: Bench, load: _Load, plan: Plan) -> list[_Sample]:
    began = time.monotonic()
    ends = began + plan.minutes * 60
    samples: list[_Sample] = []
    process_id = load.who.installation.process_id
    connection = await asyncpg.connect(bench.url)
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(plan.at_once):
                group.create_task(load.go_on(ends))
            while time.monotonic() < ends:
                row = await connection.fetchrow(_STANDING)
                minute = (time.monotonic() - began) / 60
                samples.append(
                    _Sample(minute, megabytes(process_id), descriptors(process_id), *row)
                )
                await asyncio.sleep(plan.every_seconds)
    finally:
        await connection.close()
    return samples


_STANDING = """
SELECT (SELECT count(*) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name LIKE 'baat%') AS connections,
       (SELECT count(*) FROM jobs
         WHERE state IN ('queued', 'running') AND run_at <= clock_timestamp()) AS jobs,
       (SELECT coalesce(max(CAST(n_dead_tup AS float) / (n_live_tup + n_dead_tup)), 0.0)
          FROM pg_stat_user_tables WHERE n_live_tup + n_dead_tup > 5000) AS dead_part,
       pg_database_size(current_database()) / 1e6::float AS database_megabytes
"""


def _judged(chapter: Chapter, samples: Sequence[_Sample]) -> None:
    warm = samples[int(len(samples) * WARM_PART) :]
    memory = slope([(one.minute, one.megabytes) for one in warm])
    chapter.saw(
        f"memory {samples[0].megabytes:.0f} -> {warm[0].megabytes:.0f} ->"
        f" {warm[-1].megabytes:.0f} MB; once warm {memory:+.2f} MB a minute",
        right=memory < MOST_MEGABYTES_A_MINUTE,
    )
    opened = slope([(one.minute, one.descriptors) for one in warm])
    most = max(one.descriptors for one in samples)
    chapter.saw(
        f"descriptors {samples[0].descriptors} -> {warm[-1].descriptors}, {most} at the most; once"
        f" warm {opened:+.2f} a minute",
        right=opened < MOST_DESCRIPTORS_A_MINUTE,
    )
    connections = [one.connections for one in samples]
    pool = max(connections)
    chapter.saw(f"connections to PostgreSQL: {min(connections)} to {pool}", right=pool <= MOST_POOL)
    jobs = [one.jobs for one in samples]
    chapter.saw(
        f"jobs that are due: {max(jobs)} at the most, {jobs[-1]} in the end",
        right=max(jobs) < MOST_OPEN_JOBS,
    )
    dead = max(one.dead_part for one in samples)
    chapter.saw(
        f"dead rows: {dead:.0%} of a large table at the most; the database grew from"
        f" {samples[0].database_megabytes:.0f} to {samples[-1].database_megabytes:.0f} MB",
        right=dead < MOST_DEAD_PART,
    )


MOST_POOL = 10 + 2 + 1
"""The pool's, the side writer's and the listener's."""
