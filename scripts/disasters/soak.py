"""A mixed load for long: memory, descriptors, connections, dead rows and open jobs do not grow."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import combinations
from statistics import median
from typing import Self

import asyncpg

from scripts.benchmarks.server import Bench
from scripts.benchmarks.stalls import Market, Stalls, put_up
from scripts.disasters import proofs
from scripts.disasters.buying import Bought, Buyers, buyers
from scripts.disasters.ground import Ground
from scripts.disasters.installation import Installation, Weighed, running
from scripts.disasters.kills import PATIENT
from scripts.disasters.report import Chapter
from scripts.disasters.uploads import Sender, a_plan
from scripts.disasters.watching import descriptors, megabytes, slope

WARM_PART = 0.4
"""Of the time: caches fill and connections open, and that is no growth."""

LAPS = 3
"""After it: each ends at rest, when what is kept is weighed, and each is compared with each."""

MOST_BYTES_A_REQUEST, SWAY_BYTES = 200, 300_000
"""What may be kept for good of a request; and by how much what is kept sways, whatever is done. So
a leak of 300 bytes a request is noticed in the 3,000 requests that three laps are at the least, and
one of 220 in 15,000."""

WEIGHINGS, BETWEEN_SECONDS = 4, 0.5
"""The least of them counts: connections that nobody uses any more close meanwhile."""

MOST_MEGABYTES = 420
"""What the process may have. Some 210 when it starts, and some 290 after some minutes (310 with ten
connections): what the C library keeps for the next time, in pieces, grows no more then."""

POOL_SIZE = 5
"""Each connection keeps the statements that it ran last: the fewer, the sooner that is full."""

MOST_DESCRIPTORS_A_MINUTE = 3.0
MOST_OPEN_JOBS = 200
MOST_DEAD_PART = 0.5
"""Of the rows of tables with some thousand. A job is written three times, so that of those two are
dead until the next vacuum."""


@dataclass(frozen=True)
class Plan:
    """For how long, and how many do something at a time."""

    minutes: float
    at_once: int
    every_seconds: float = 2.0
    lap_requests: int = 1_000
    """At the least, however slow the machine is; twice as many until it is warm."""

    def warm(self) -> Self:
        """What of it comes before anything is compared."""
        minutes, requests = self.minutes * WARM_PART, 2 * self.lap_requests
        return replace(self, minutes=minutes, lap_requests=requests)

    def lap(self) -> Self:
        """One lap of the rest."""
        return replace(self, minutes=self.minutes * (1.0 - WARM_PART) / LAPS)


TINY = Plan(0.3, 4, lap_requests=100)
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

    async def go_on(self, ends: float, requests: int) -> None:
        """Do one thing after another, at random, until it is time and so many were made in all."""
        verbs: Sequence[tuple[Callable[[], Awaitable[object]], int]] = (
            (self._read, 10),
            (self._buy, 4),
            (self._refund, 1),
            (self._send, 1),
            (self._be_refused, 2),
        )
        acts, weights = zip(*verbs, strict=True)
        while time.monotonic() < ends or self.who.asked < requests:
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
    async with (
        running(Weighed(bench, BAAT_DATABASE_POOL_SIZE=str(POOL_SIZE))) as served,
        buyers(served) as who,
    ):
        sender = Sender(who, there.shoppers[0], await a_plan(served, there))
        load = _Load(there, who, sender, ground.chance("soak"))
        with chapter.timed():
            async with _watching(bench, served, plan) as samples:
                warm, lap = plan.warm(), plan.lap()
                laps = [await _lap(load, served, each) for each in (warm, *[lap] * LAPS)]
        done = ", ".join(f"{count} x {what}" for what, count in sorted(load.done.items()))
        chapter.saw(f"{done}; {who.told()}", right="500" not in who.instead)
        weighed(chapter, laps)
        _judged(chapter, samples)
        left = laps[-1].left
        chapter.saw(
            f"settled {laps[-1].settled_after:.1f} s later; left: {left or 'nothing'}",
            right=not left,
        )
        await proofs.books_hold(served, chapter)
        await proofs.all_checked(served, chapter)
    return chapter


@dataclass(frozen=True, slots=True)
class Lap:
    """How all stands at rest, once a part of it is done."""

    asked: int
    kept_bytes: int
    settled_after: float
    left: Sequence[str]


async def _lap(load: _Load, served: Weighed, plan: Plan) -> Lap:
    ends = time.monotonic() + plan.minutes * 60
    requests = load.who.asked + plan.lap_requests
    await asyncio.gather(*(load.go_on(ends, requests) for _ in range(plan.at_once)))
    took, left = await proofs.settled(served)
    weights = []
    for _ in range(WEIGHINGS):
        await asyncio.sleep(BETWEEN_SECONDS)
        weights.append(await served.kept_bytes())
    return Lap(load.who.asked, min(weights), took, left)


@asynccontextmanager
async def _watching(
    bench: Bench, served: Installation, plan: Plan
) -> AsyncIterator[Sequence[_Sample]]:
    samples: list[_Sample] = []
    looking = asyncio.create_task(_look(bench, served, plan, samples))
    try:
        yield samples
    finally:
        looking.cancel()
        await asyncio.wait([looking])
        if not looking.cancelled():
            looking.result()


async def _look(bench: Bench, served: Installation, plan: Plan, samples: list[_Sample]) -> None:
    began, process_id = time.monotonic(), served.process_id
    connection = await asyncpg.connect(bench.url)
    try:
        while True:
            row = await connection.fetchrow(_STANDING)
            minute = (time.monotonic() - began) / 60
            samples.append(_Sample(minute, megabytes(process_id), descriptors(process_id), *row))
            await asyncio.sleep(plan.every_seconds)
    finally:
        connection.terminate()


_STANDING = """
SELECT (SELECT count(*) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name LIKE 'baat%') AS connections,
       (SELECT count(*) FROM jobs
         WHERE state IN ('queued', 'running') AND run_at <= clock_timestamp()) AS jobs,
       (SELECT coalesce(max(CAST(n_dead_tup AS float) / (n_live_tup + n_dead_tup)), 0.0)
          FROM pg_stat_user_tables WHERE n_live_tup + n_dead_tup > 2000) AS dead_part,
       pg_database_size(current_database()) / 1e6::float AS database_megabytes
"""


def weighed(chapter: Chapter, laps: Sequence[Lap]) -> None:
    """See that nothing is kept for good of what was asked in the laps."""
    # The middle one of all comparisons: what is filled up once shows in few of them, a leak in all.
    grown = median(
        (after.kept_bytes - before.kept_bytes) / (after.asked - before.asked)
        for before, after in combinations(laps, 2)
    )
    most = MOST_BYTES_A_REQUEST + SWAY_BYTES / (laps[-1].asked - laps[0].asked)
    chapter.saw(
        f"kept at rest {', '.join(f'{lap.kept_bytes / 1e6:.1f}' for lap in laps)} MB after"
        f" {', '.join(f'{lap.asked:,}' for lap in laps)} requests: {grown:+.0f} bytes a request"
        f" (a leak of {most:.0f} is noticed)",
        right=grown < most,
    )


def _judged(chapter: Chapter, samples: Sequence[_Sample]) -> None:
    warm = samples[int(len(samples) * WARM_PART) :]
    most = max(one.megabytes for one in samples)
    chapter.saw(
        f"memory {samples[0].megabytes:.0f} -> {warm[0].megabytes:.0f} ->"
        f" {warm[-1].megabytes:.0f} MB, free pieces of the C library included",
        right=most < MOST_MEGABYTES,
    )
    opened = slope([(one.minute, one.descriptors) for one in warm])
    opened_at_most = max(one.descriptors for one in samples)
    chapter.saw(
        f"descriptors {samples[0].descriptors} -> {warm[-1].descriptors}, {opened_at_most} at the"
        f" most; once warm {opened:+.2f} a minute",
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


MOST_POOL = POOL_SIZE + 2 + 1 + 1
"""The pool's, the side writer's, the listener's, and that which asks whether all is settled."""
