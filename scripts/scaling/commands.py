"""The words after `scripts/cluster.py`."""

import argparse
import asyncio
import random
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy.engine import make_url

from scripts.disasters.report import Chapter, told
from scripts.launcher import project
from scripts.launcher.children import stop_on_signals
from scripts.launcher.failures import LaunchError, StoppedError
from scripts.launcher.steps import Steps
from scripts.scaling import losing, pooling, showing
from scripts.scaling.fleet import Fleet
from scripts.scaling.pair import standing

POOLED_CONNECTIONS = 20


def main(arguments: list[str]) -> int:
    """Show what the arguments ask for, print what was seen, return 1 if anything does not hold."""
    stop_on_signals()
    options = parser().parse_args(arguments)
    seed = options.seed if options.seed is not None else random.randrange(2**32)
    steps = Steps(sys.stderr)
    try:
        with _fleet(options, steps) as fleet, steps.step("a sale") as step:
            run = losing.run if options.asynchronous else showing.run
            chapter: Chapter = asyncio.run(run(fleet, _plan(options), seed))
            step.result = "holds" if chapter.holds else "does NOT hold"
    except LaunchError as error:
        print(f"\n{error}", file=sys.stderr)
        return error.exit_code
    except StoppedError as stopped:
        return 128 + stopped.signal_number
    print(told([chapter], seed))
    return 0 if chapter.holds else 1


def parser() -> argparse.ArgumentParser:
    """Describe what may be asked for."""
    parser = argparse.ArgumentParser(
        prog="cluster.py",
        description="Start a primary, a hot standby, PgBouncer where it is installed, two API"
        " processes and two workers on this machine; lose one of each, and see that nothing is"
        " lost.",
    )
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--full", action="store_true", help="a thousand purchases")
    size.add_argument("--tiny", action="store_true", help="only to see that it holds")
    parser.add_argument("--seed", type=int, help="of a run before; it chooses who is killed when")
    parser.add_argument(
        "--no-pooler",
        action="store_true",
        help="let the address of the database name both servers, and not PgBouncer",
    )
    parser.add_argument(
        "--asynchronous",
        action="store_true",
        help="count what is lost if nobody waits for the standby (and exit 1 if anything is)",
    )
    return parser


def _plan(options: argparse.Namespace) -> showing.Plan:
    if options.tiny:
        return showing.TINY
    return showing.FULL if options.full else showing.QUICK


@contextmanager
def _fleet(options: argparse.Namespace, steps: Steps) -> Iterator[Fleet]:
    """Start the servers, and PgBouncer if it is here and wanted."""
    with ExitStack() as running:
        with steps.step("primary and standby") as step:
            opening = standing(project.find(), synchronous=not options.asynchronous)
            pair = running.enter_context(opening)
            step.result = f"ports {pair.bench.server.port} and {pair.server.port}"
        pooler = None
        with steps.step("PgBouncer") as step:
            if options.no_pooler:
                step.result = "not wanted"
            elif pooling.PROGRAM is None:
                step.result = "SKIPPED: not installed here (Debian: apt install pgbouncer)"
            else:
                url = make_url(pair.bench.url)
                opening_pool = pooling.pooled(pooling.PROGRAM, url, connections=POOLED_CONNECTIONS)
                pooler = running.enter_context(opening_pool)
                step.result = f"{pooling.version(pooling.PROGRAM)}, port {pooler.port}"
        yield Fleet(pair, pooler)
