"""The books: what the door costs, against hand-written SQL for the same rows in the same run.

The floor writes a header, the lines, and all balances, the hot one last; it knows its accounts,
checks no limit, names nothing twice and can't be asked again.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path

from scripts.benchmarks import contenders, growth, helpers
from scripts.benchmarks.contenders import Last, Shape
from scripts.benchmarks.ratios import Goal, Ratio, Rival
from scripts.benchmarks.rounds import Comparison, Figure, Measure, Report, interleaved
from scripts.benchmarks.server import Bench
from scripts.launcher.steps import Steps

BATCH = 64
CONNECTIONS = 8
"""Of comparisons that have one number of them."""


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    rounds: int
    seconds: float
    connections: tuple[int, ...]
    lines: tuple[int, ...]
    calls: int
    sizes: tuple[int, ...] = (2, 6)
    processes: tuple[int, ...] = (1, 2)
    from_python: tuple[Last, ...] = (Last.SPREAD, Last.HOT)
    pgledger: tuple[Path, ...] = ()


FULL = Plan(rounds=5, seconds=2, connections=(8, 1, 32), lines=(10_000, 1_000_000), calls=300)
QUICK = Plan(rounds=3, seconds=1, connections=(8,), lines=(10_000, 100_000), calls=100)
TINY = Plan(
    rounds=1,
    seconds=0.3,
    connections=(2,),
    lines=(2_000, 4_000),
    calls=5,
    sizes=(2,),
    processes=(1,),
    from_python=(Last.HOT,),
)
"""To see that it works."""
BIG = (10_000_000,)
"""More lines, if they are asked for."""


def run(bench: Bench, plan: Plan, steps: Steps) -> Report:
    """Measure everything that the plan names."""
    with steps.step("accounts"):
        _prepare(bench, plan)
    report = Report()
    # First, for it begins with small books.
    with steps.step("growth") as step:
        report.growth = growth.measure(bench, plan.lines, plan.calls)
        step.result = f"to {plan.lines[-1]:,} lines"
    for comparison in _comparisons(bench, plan):
        with steps.step("comparison") as step:
            rows = interleaved(comparison, plan.rounds)
            report.rows += rows
            step.result = comparison.what
    return report


def _comparisons(bench: Bench, plan: Plan) -> Iterator[Comparison]:
    for connections, lines in product(plan.connections, plan.sizes):
        yield from _inside(bench, plan, lines, connections)
    for last in plan.from_python:
        yield _from_python(bench, plan, last)
    yield _beside_the_sequencer(bench, plan)


def _prepare(bench: Bench, plan: Plan) -> None:
    bench.execute(contenders.books())
    bench.execute(contenders.floor_schema(plan.sizes))
    for file in plan.pgledger:
        bench.execute(file.read_text())
    if plan.pgledger:
        bench.execute(contenders.PGLEDGER_ACCOUNTS)
    bench.execute("VACUUM ANALYZE")


def _inside(bench: Bench, plan: Plan, lines: int, connections: int) -> Iterator[Comparison]:
    """Compare what PostgreSQL does by itself, called by pgbench."""

    def measured(script: str) -> Measure:
        return partial(bench.pgbench, script, connections, plan.seconds)

    spread, hot = Shape(lines, Last.SPREAD), Shape(lines, Last.HOT)
    peer = {"pgledger": contenders.pgledger} if plan.pgledger else {}
    for shape in (spread, hot):
        scripts = {"floor": contenders.floor, "door": contenders.door, **peer}
        measures = {name: measured(script(shape)) for name, script in scripts.items()}
        targets = {"door": DOOR[shape.lines, shape.last]}
        if shape is hot:
            unlimited = contenders.door(Shape(lines, Last.UNLIMITED))
            measures["door, no limit"] = measured(unlimited)
            targets["door, no limit"] = 2.0
        yield Comparison(f"{shape}, {connections} connections", measures, targets)


DOOR = {
    (2, Last.SPREAD): 0.75,
    (2, Last.HOT): 0.80,
    (6, Last.SPREAD): 0.70,
    (6, Last.HOT): 0.65,
}
"""What the door should reach of the floor."""


def _from_python(bench: Bench, plan: Plan, last: Last) -> Comparison:
    """Compare `journal.post` with the floor."""

    def posting(processes: int, drafts: int) -> Measure:
        return partial(_post, bench, plan.seconds, last, (processes, drafts))

    one, many = (0.20, 1.5) if last is Last.SPREAD else (0.30, 4.0)
    measures: dict[str, Measure] = {
        "floor": partial(
            bench.pgbench, contenders.floor(Shape(2, last)), CONNECTIONS, plan.seconds
        ),
    }
    for drafts, processes in product((1, BATCH), plan.processes):
        measures[f"post {drafts}, processes: {processes}"] = posting(processes, drafts)
    targets = {"post 1, processes: 1": one, f"post {BATCH}, processes: 1": many}
    return Comparison(f"2 lines, {last}, from Python", measures, targets)


def _post(bench: Bench, seconds: float, last: Last, how: tuple[int, int]) -> Figure:
    processes, drafts = how
    arguments = (str(CONNECTIONS // processes), str(drafts), str(seconds), last.value)
    with ExitStack() as stack:
        posting = [
            stack.enter_context(helpers.started(bench, "posting", *arguments))
            for _ in range(processes)
        ]

        def post() -> float:
            for process in posting:
                helpers.go(process)
            return sum(map(helpers.answer, posting))

        return bench.metered(post, seconds)


def _beside_the_sequencer(bench: Bench, plan: Plan) -> Comparison:
    """Compare the door alone with the door while entries get their positions."""
    script = contenders.door(Shape(2, Last.SPREAD))

    def alone() -> Figure:
        growth.sequence(bench)
        return bench.pgbench(script, CONNECTIONS, plan.seconds)

    def beside() -> Figure:
        growth.sequence(bench)
        with helpers.started(bench, "sequencing"):
            return bench.pgbench(script, CONNECTIONS, plan.seconds)

    measures: dict[str, Measure] = {"door alone": alone, "door beside": beside}
    return Comparison("2 lines, spread, with the sequencer", measures, {"door beside": 0.95})


GROWTH = Goal(1.3, is_most=True)
GROWING = ("post", "hold", "balance")


def ratios(report: Report) -> Iterator[Ratio]:
    """Compare contenders with the floor of their rounds, and large books with small ones."""
    for row in report.rows:
        if row.figures is row.floor:
            floor = Rival(row.contender, row.per_second)
        else:
            goal = Goal(row.target) if row.target else None
            yield Ratio(
                f"{row.what}: {row.contender}", row.per_second, "/s", floor, goal, row.ratio
            )
    smallest, *_, largest = report.growth
    rival = f"at {smallest['lines']:,.0f}"
    for what in GROWING:
        small = Rival(rival, smallest[what])
        yield Ratio(f"{what}, at {largest['lines']:,.0f} lines", largest[what], "µs", small, GROWTH)
