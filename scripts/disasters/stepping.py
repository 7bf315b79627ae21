"""Random histories of orders and their money: the test of them, with as many steps as wanted."""

import asyncio
import os
import sys

from scripts.disasters.ground import Ground
from scripts.disasters.report import Chapter
from scripts.launcher.children import Child
from scripts.launcher.failures import last_lines

TEST = "tests/orders/test_histories.py"

TINY, QUICK, FULL = 20, 200, 5_000
"""Steps."""


async def run(ground: Ground, steps: int) -> Chapter:
    """Let anything happen to orders, step by step, and prove after each that all adds up."""
    chapter = Chapter("histories", f"{steps:,} steps: bought, paid, refunded, disputed, ended")
    root = ground.bench.project.root
    testing = Child(
        [sys.executable, str(root / "scripts/dev.py"), "pytest", TEST, "-q", "-n0"],
        {**os.environ, "BAAT_HISTORY_STEPS": str(steps)},
        root,
    )
    with chapter.timed():
        outcome = await asyncio.to_thread(testing.outcome)
    holds = outcome.returncode == 0
    chapter.saw(
        "everything adds up after every step" if holds else last_lines(outcome.stdout, 40),
        right=holds,
    )
    return chapter
