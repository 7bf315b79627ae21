"""Tests that go on for as long as wanted: histories of orders, claims, and tampering at random."""

import asyncio
import os
import sys
from dataclasses import dataclass

from scripts.disasters.ground import Ground
from scripts.disasters.report import Chapter
from scripts.launcher.children import Child
from scripts.launcher.failures import last_lines

TINY, QUICK, FULL, ENDLESS = 20, 60, 150, 5_000
"""Steps of a history."""

FEW_CLAIMS, SOME_CLAIMS, MANY_CLAIMS, ALL_CLAIMS = 800, 3_000, 10_000, 1_000_000

A_FEW_CASES, SOME_CASES, MANY_CASES, ALL_CASES = 12, 24, 60, 1_000


SEEDS = ("BAAT_TAMPER_SEED", "BAAT_CLAIM_SEED")

A_ROW, MANY_ROWS = 1, 20
"""Of each table."""


@dataclass(frozen=True)
class LongTest:
    """A test, and the variable that says how long it goes on."""

    name: str
    path: str
    variable: str
    done: str
    holds: str


HISTORIES = LongTest(
    "histories",
    "tests/orders/test_histories.py",
    "BAAT_HISTORY_STEPS",
    "{:,} steps: bought, paid, refunded, disputed, ended",
    "everything adds up after every step",
)
CLAIMS = LongTest(
    "claims",
    "tests/fulfilments/test_counted_once.py",
    "BAAT_CLAIM_TRIES",
    "{:,} random claims in plain SQL, from many connections",
    "no unit is in two live claims, and a replay of the table agrees",
)
TAMPERING = LongTest(
    "tampering",
    "tests/audits/test_tampering.py",
    "BAAT_TAMPER_CASES",
    "{:,} random cases of somebody who may do everything to the rows",
    "all of them are found out",
)
SWEEP = LongTest(
    "sweep",
    "tests/audits/test_tampering.py",
    "BAAT_TAMPER_ROWS",
    "rows of each table changed in every way there is, up to {:,} of each",
    "all of it is found out",
)


async def run(ground: Ground, steps: int) -> Chapter:
    """Let anything happen to orders, step by step, and prove after each that all adds up."""
    return await _go_on(ground, HISTORIES, steps)


async def claim(ground: Ground, tries: int) -> Chapter:
    """Claim units past everything that the application says, and prove that none counts twice."""
    return await _go_on(ground, CLAIMS, tries)


async def tamper(ground: Ground, cases: int) -> Chapter:
    """Change, remove, swap and rewrite rows at random, and see that each time somebody notices."""
    return await _go_on(ground, TAMPERING, cases)


async def sweep(ground: Ground, rows: int) -> Chapter:
    """Change every column, one after the other, and see that each time somebody notices."""
    return await _go_on(ground, SWEEP, rows)


async def _go_on(ground: Ground, test: LongTest, size: int) -> Chapter:
    chapter = Chapter(test.name, test.done.format(size))
    root = ground.bench.project.root
    testing = Child(
        [
            *(sys.executable, str(root / "scripts/dev.py"), "pytest", test.path, "-q", "-s", "-n0"),
            f"--randomly-seed={ground.seed}",
            f"--hypothesis-seed={ground.seed}",
        ],
        {**os.environ, test.variable: str(size), **dict.fromkeys(SEEDS, str(ground.seed))},
        root,
    )
    with chapter.timed():
        outcome = await asyncio.to_thread(testing.outcome)
    holds = outcome.returncode == 0
    for line in outcome.stdout.splitlines():
        if line.startswith(f"{test.name}: "):
            chapter.saw(line.removeprefix(f"{test.name}: "))
    chapter.saw(test.holds if holds else last_lines(outcome.stdout, 40), right=holds)
    return chapter
