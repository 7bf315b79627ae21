"""The words after `scripts/chaos.py`."""

import argparse
import asyncio
import secrets
import sys
import traceback
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any

from scripts.benchmarks.server import SETTINGS, Bench, durable
from scripts.disasters import (
    abuse,
    clocks,
    crowds,
    disks,
    faults,
    kills,
    races,
    soak,
    stepping,
    webhooks,
)
from scripts.disasters.ground import Ground
from scripts.disasters.report import Chapter, told
from scripts.launcher import project
from scripts.launcher.children import stop_on_signals
from scripts.launcher.failures import LaunchError, StoppedError
from scripts.launcher.steps import Steps


@dataclass(frozen=True)
class Disaster:
    """How it is done, and how much of it."""

    run: Callable[[Ground, Any], Coroutine[Any, Any, Chapter]]
    tiny: object
    quick: object
    full: object
    endless: object


def _of(module: Any) -> Disaster:  # noqa: ANN401  A room that names its own figures.
    return Disaster(module.run, module.TINY, module.QUICK, module.FULL, module.ENDLESS)


DISASTERS = {
    "race": _of(races),
    "kills": _of(kills),
    "webhooks": _of(webhooks),
    "faults": _of(faults),
    "pool": _of(crowds),
    "disk": _of(disks),
    "clock": _of(clocks),
    "abuse": _of(abuse),
    "soak": _of(soak),
    "histories": _of(stepping),
    "claims": Disaster(
        stepping.claim,
        *(stepping.FEW_CLAIMS, stepping.SOME_CLAIMS, stepping.MANY_CLAIMS, stepping.ALL_CLAIMS),
    ),
    "tamper": Disaster(
        stepping.tamper,
        *(stepping.A_FEW_CASES, stepping.SOME_CASES, stepping.MANY_CASES, stepping.ALL_CASES),
    ),
    "sweep": Disaster(
        stepping.sweep, stepping.A_ROW, stepping.A_ROW, stepping.A_ROW, stepping.MANY_ROWS
    ),
}

SERVER = {**SETTINGS, "autovacuum_naptime": "5s"}
"""By itself PostgreSQL looks once a minute for what is to be vacuumed: more than half of a soak."""

SIZES = {
    "tiny": "only to see that it holds",
    "quick": "small figures, some minutes: what is done if nothing is said",
    "full": "every disaster in its long form, about half an hour",
    "endless": "as much as a night takes",
}

LONGEST_SECONDS = {"tiny": 600.0, "quick": 600.0, "full": 600.0, "endless": None}
"""Of one disaster: what takes longer does not end."""


def main(arguments: list[str]) -> int:
    """Do what the arguments name, print what was seen, and return 1 if anything does not hold."""
    stop_on_signals()
    options = parser().parse_args(arguments)
    steps = Steps(sys.stderr)
    # First, so that whatever happens can be done again.
    print(f"seed {options.seed}", flush=True)
    chapters: list[Chapter] = []
    try:
        with durable(project.find(), SERVER) as bench:
            # One by one: whoever stops this is told of those that are done.
            chapters.extend(_done(bench, options, steps))
    except LaunchError as error:
        print(f"\n{error}", file=sys.stderr)
        return error.exit_code
    except StoppedError as stopped:
        print(told(chapters, options.seed))
        return 128 + stopped.signal_number
    print(told(chapters, options.seed))
    return 0 if all(chapter.holds for chapter in chapters) else 1


def parser() -> argparse.ArgumentParser:
    """Describe the disasters and their options."""
    parser = argparse.ArgumentParser(
        prog="chaos.py", description="Do Baat harm, and see that nothing is lost or doubled."
    )
    names = f"of {', '.join(DISASTERS)}; all, if none is named"
    parser.add_argument("disasters", nargs="*", metavar="DISASTER", help=names)
    size = parser.add_mutually_exclusive_group()
    for name, meaning in SIZES.items():
        size.add_argument(f"--{name}", dest="size", action="store_const", const=name, help=meaning)
    seed = "what decides all that is drawn; drawn itself, and printed, if it is not given"
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**9), help=seed)
    parser.set_defaults(size="quick")
    return parser


def _done(bench: Bench, options: argparse.Namespace, steps: Steps) -> Iterator[Chapter]:
    if unknown := set(options.disasters) - DISASTERS.keys():
        message = f"There is no {', '.join(unknown)}: choose {', '.join(DISASTERS)}."
        raise LaunchError(message, 2)
    ground = Ground(bench, options.seed)
    try:
        for name in options.disasters or DISASTERS:
            yield _chapter(ground, name, options.size, steps)
    finally:
        ground.close()


def _chapter(ground: Ground, name: str, size: str, steps: Steps) -> Chapter:
    """Do one; if it breaks off, what was seen of the others is told all the same."""
    disaster = DISASTERS[name]
    bound = asyncio.wait_for(disaster.run(ground, getattr(disaster, size)), LONGEST_SECONDS[size])
    with steps.step(name) as step:
        try:
            chapter: Chapter = asyncio.run(bound)
        except Exception as error:  # noqa: BLE001  However it breaks off, that is what was seen.
            chapter = Chapter(name, "broke off")
            chapter.saw("".join(traceback.format_exception(error)), right=False)
        step.result = chapter.verdict
    return chapter
