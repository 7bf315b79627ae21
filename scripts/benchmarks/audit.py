"""The public log: what sealing costs those who post, and how long proofs take in a large log."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from statistics import quantiles

import sqlalchemy as sa

from app.core.database import Database, open_database
from app.core.settings import Settings
from app.transparency import proofs, queries, verifier
from app.transparency.actions import publishing
from scripts.benchmarks import contenders, drilling, exporting, growth, helpers
from scripts.benchmarks.contenders import Last, Shape
from scripts.benchmarks.exporting import Streamed
from scripts.benchmarks.ledger import CONNECTIONS
from scripts.benchmarks.ratios import Goal, Ratio, Rival
from scripts.benchmarks.rounds import Comparison, Figure, Row, interleaved
from scripts.benchmarks.server import SECRET, Bench
from scripts.launcher.steps import Steps


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    rounds: int
    seconds: float
    leaves: tuple[int, ...]
    calls: int
    lines: int
    """Of the books that are written as files, and in which an auditor drills down."""
    page_seconds: float = 6


TINY = Plan(1, 1, (600,), 5, 800, 0.1)
QUICK = Plan(3, 12, (100_000,), 200, 100_000)
FULL = Plan(5, 12, (1_000_000,), 500, 1_000_000)
BIG = (10_000_000,)


ROUND_TRIP = "a round trip, to compare"


@dataclass(frozen=True)
class Taken:
    """How long something took, in milliseconds."""

    what: str
    leaves: int
    median: float
    p99: float
    target: float | None


@dataclass(frozen=True)
class Found:
    """All that one run measured."""

    posting: list[Row]
    sealed_per_second: dict[int, float]
    taken: list[Taken]
    pages: list[drilling.Page]
    streamed: list[Streamed]


def run(bench: Bench, plan: Plan, steps: Steps) -> Found:
    """Measure everything that the plan names."""
    bench.execute(contenders.books())
    script = contenders.door(Shape(2, Last.SPREAD))

    def beside(helper: str) -> Figure:
        growth.sequence(bench)
        asyncio.run(_sealed(bench))
        with helpers.started(bench, helper):
            return bench.pgbench(script, CONNECTIONS, plan.seconds)

    comparison = Comparison(
        "2 lines, spread, with the sequencer",
        {"nothing sealed": lambda: beside("sequencing"), "sealed": lambda: beside("sealing")},
        {"sealed": 0.95},
    )
    with steps.step("posting"):
        rows = interleaved(comparison, plan.rounds)
    with steps.step("a year as files"):
        streamed = exporting.measure(bench, plan.lines)
    found = Found(rows, {}, [], [], streamed)
    for leaves in plan.leaves:
        with steps.step(f"{leaves:,} leaves"):
            found.sealed_per_second[leaves] = _grow(bench, leaves)
            found.taken.extend(asyncio.run(_proofs(bench, plan.calls)))
    with steps.step(f"drill-down in {plan.lines:,} lines"):
        found.pages.extend(drilling.measure(bench, plan.lines, plan.page_seconds))
    return found


def _grow(bench: Bench, leaves: int) -> float:
    """Let the log have so many leaves more, of entries that are not in the books; say how fast."""
    asyncio.run(_sealed(bench))
    bench.execute(_FILL.format(leaves=leaves))
    began = time.perf_counter()
    count = asyncio.run(_sealed(bench))
    bench.execute("VACUUM ANALYZE")
    return count / (time.perf_counter() - began)


_FILL = """
INSERT INTO ledger_positions (position, entry_id, known_at, leaf)
SELECT n, gen_random_uuid(), now(), sha256(convert_to(n::text, 'UTF8'))
  FROM (SELECT coalesce(max(position), 0) AS last FROM ledger_positions) p,
       generate_series(p.last + 1, p.last + {leaves}) n
"""


async def _sealed(bench: Bench) -> int:
    """Seal all that there is; say how many leaves that were."""
    async with _database(bench) as database:
        before = await _size(database)
        await publishing.seal(database)
        return await _size(database) - before


async def _size(database: Database) -> int:
    async with database.reading() as session:
        return await queries.size(session)


async def _proofs(bench: Bench, calls: int) -> list[Taken]:
    async with _database(bench) as database:
        size = await _size(database)
        async with database.reading() as session:
            keys = [queries.key_of(key) for key in await queries.keys(session)]
        texts: list[str] = []

        async def round_trip() -> None:
            async with database.reading() as session:
                await session.execute(sa.text("SELECT 1"))

        async def prove() -> None:
            async with database.reading() as session:
                leaf = await queries.leaf(session, random.randrange(size))
                if leaf is not None:
                    texts.append(str(await queries.proving.proof(session, leaf)))

        async def inclusion() -> None:
            async with database.reading() as session:
                await queries.proving.inclusion(session, random.randrange(size), size)

        async def consistency() -> None:
            async with database.reading() as session:
                await queries.proving.consistency(session, random.randrange(1, size), size)

        async def verify() -> None:
            verifier.verify(random.choice(texts), keys)

        timed = {
            ROUND_TRIP: (round_trip, None),
            "inclusion proof": (inclusion, 5.0),
            "consistency proof": (consistency, None),
            "leaf, checkpoint and proof": (prove, None),
            "verified offline": (verify, 20.0),
        }
        found = [
            await _taken(what, size, calls, work, target) for what, (work, target) in timed.items()
        ]
        proofs.check(proofs.parse(texts[-1]), keys)
        return found


async def _taken(
    what: str,
    leaves: int,
    calls: int,
    work: Callable[[], Awaitable[None]],
    target: float | None,
) -> Taken:
    times = []
    for _ in range(calls + 3):
        began = time.perf_counter()
        await work()
        times.append((time.perf_counter() - began) * 1000)
    # The first ones make plans.
    cuts = quantiles(times[3:], n=100)
    return Taken(what, leaves, cuts[49], cuts[98], target)


def _database(bench: Bench) -> Database:
    there = {"database_url": bench.url, "secret": SECRET, "home": bench.folder}
    return open_database(Settings.model_validate(there))


def table(found: Found, machine: str) -> str:
    """Write what was measured."""
    head = f"{'':<34}{'entries/s':>10}{'ratio':>8}{'target':>8}{'CPU µs':>9}{'ratio':>7}"
    lines = [machine, "CPU: of PostgreSQL's processes, for an entry.", "", head]
    for row in found.posting:
        target = f"{row.target:.2f}" if row.target else ""
        lines.append(
            f"  {row.contender:<32}{row.per_second:>10,.0f}{row.ratio:>8.2f}{target:>8}"
            f"{row.server_microseconds:>9,.0f}{row.server_ratio:>7.2f}"
        )
    lines += ["", f"{'milliseconds':<34}{'leaves':>12}{'median':>10}{'p99':>10}{'target':>8}"]
    for each in found.taken:
        target = f"{each.target:.0f}" if each.target else ""
        lines.append(
            f"  {each.what:<32}{each.leaves:>12,}{each.median:>10.2f}{each.p99:>10.2f}{target:>8}"
        )
    lines += ["", drilling.HEAD, *map(str, found.pages)]
    lines += ["", "leaves sealed in a second, with a backlog"]
    lines += [f"  {n:>44,}{per:>10,.0f}" for n, per in found.sealed_per_second.items()]
    lines += ["", exporting.HEAD, *map(str, found.streamed), exporting.TARGETS]
    return "\n".join(lines)


def ratios(found: Found) -> Iterator[Ratio]:
    """Compare posting beside the sealer with posting alone, and times with what they may be."""
    for row in found.posting:
        if row.target:
            floor = Rival("nothing sealed", found.posting[0].per_second)
            goal = Goal(row.target)
            yield Ratio("posting, sealed beside", row.per_second, "/s", floor, goal, row.ratio)
    for each in found.taken:
        if each.what == ROUND_TRIP:
            trip = Rival("a round trip", each.p99)
        elif each.target:
            what = f"{each.what}, {each.leaves:,} leaves, p99"
            yield Ratio(what, each.p99, "ms", trip, _at_most(each.target))
    for page in found.pages:
        what = f"page: {page.what}, {page.lines:,} lines, p99"
        yield Ratio(what, page.p99, "ms", None, _at_most(drilling.TARGET_MILLISECONDS))
    for file in found.streamed:
        what = f"a year as {file.what}, of {file.lines:,} lines"
        seconds = file.seconds * 1_000_000 / file.lines
        yield Ratio(f"{what}, for 10⁶", seconds, "s", None, _at_most(exporting.SECONDS))
        yield Ratio(what, file.peak_mebibytes, "MiB", None, _at_most(exporting.MEBIBYTES))


def _at_most(limit: float) -> Goal:
    return Goal(limit, is_most=True, is_of_ratio=False)
