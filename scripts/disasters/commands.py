"""The words after `scripts/chaos.py`."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from scripts.benchmarks.server import Bench, durable
from scripts.disasters import faults, kills, races, stepping, webhooks
from scripts.disasters.ground import Ground
from scripts.disasters.report import Chapter, told
from scripts.launcher import project
from scripts.launcher.children import stop_on_signals
from scripts.launcher.failures import LaunchError, StoppedError
from scripts.launcher.steps import Steps


@dataclass(frozen=True)
class Disaster:
    """How it is done, and how much of it: full, quick, tiny."""

    run: Callable[[Ground, Any], Coroutine[Any, Any, Chapter]]
    full: object
    quick: object
    tiny: object


DISASTERS = {
    "race": Disaster(races.run, races.FULL, races.QUICK, races.TINY),
    "kills": Disaster(kills.run, kills.FULL, kills.QUICK, kills.TINY),
    "webhooks": Disaster(webhooks.run, webhooks.FULL, webhooks.QUICK, webhooks.TINY),
    "faults": Disaster(faults.run, faults.FULL, faults.QUICK, faults.TINY),
    "histories": Disaster(stepping.run, stepping.FULL, stepping.QUICK, stepping.TINY),
    "claims": Disaster(
        stepping.claim, stepping.ALL_CLAIMS, stepping.SOME_CLAIMS, stepping.FEW_CLAIMS
    ),
    "tamper": Disaster(
        stepping.tamper, stepping.ALL_CASES, stepping.SOME_CASES, stepping.A_FEW_CASES
    ),
    "sweep": Disaster(stepping.sweep, stepping.MANY_ROWS, stepping.SOME_ROWS, stepping.A_ROW),
}


def main(arguments: list[str]) -> int:
    """Do what the arguments name, print what was seen, and return 1 if anything does not hold."""
    stop_on_signals()
    options = parser().parse_args(arguments)
    steps = Steps(sys.stderr)
    try:
        with durable(project.find()) as bench:
            chapters = _done(bench, options, steps)
    except LaunchError as error:
        print(f"\n{error}", file=sys.stderr)
        return error.exit_code
    except StoppedError as stopped:
        return 128 + stopped.signal_number
    print(told(chapters))
    return 0 if all(chapter.holds for chapter in chapters) else 1


def parser() -> argparse.ArgumentParser:
    """Describe the disasters and their options."""
    parser = argparse.ArgumentParser(
        prog="chaos.py", description="Do Baat harm, and see that nothing is lost or doubled."
    )
    names = f"of {', '.join(DISASTERS)}; all, if none is named"
    parser.add_argument("disasters", nargs="*", metavar="DISASTER", help=names)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="small figures, some minutes")
    size.add_argument("--tiny", action="store_true", help="only to see that it holds")
    return parser


def _done(bench: Bench, options: argparse.Namespace, steps: Steps) -> list[Chapter]:
    if unknown := set(options.disasters) - DISASTERS.keys():
        message = f"There is no {', '.join(unknown)}: choose {', '.join(DISASTERS)}."
        raise LaunchError(message, 2)
    ground, chapters = Ground(bench), []
    try:
        for name in options.disasters or DISASTERS:
            disaster = DISASTERS[name]
            plan = disaster.full
            if options.quick or options.tiny:
                plan = disaster.quick if options.quick else disaster.tiny
            with steps.step(name) as step:
                chapter: Chapter = asyncio.run(disaster.run(ground, plan))
                step.result = "holds" if chapter.holds else "does NOT hold"
            chapters.append(chapter)
    finally:
        ground.close()
    return chapters
