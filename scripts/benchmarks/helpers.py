"""Processes that help to measure: each says that it is ready, and waits for its sign."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from scripts.benchmarks.server import Bench
from scripts.launcher.children import Child
from scripts.launcher.failures import LaunchError

Helper = subprocess.Popen[str]


@contextmanager
def started(bench: Bench, module: str, *arguments: str) -> Iterator[Helper]:
    """Start a program of this package, wait until it is ready, and end it afterwards.

    Raises:
        LaunchError: it ended instead; what it said stands above.
    """
    command = [sys.executable, "-m", f"{__package__}.{module}", *arguments]
    child = Child(command, bench.variables, bench.project.root)
    helper = subprocess.Popen(
        child.bound_command,
        env=child.environment,
        cwd=child.folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with helper:
        try:
            if _said(helper) != "ready":
                raise LaunchError(f"The benchmark's {module} did not start.")
            yield helper
        finally:
            helper.terminate()


def go(helper: Helper) -> None:
    """Let a helper begin."""
    if helper.stdin:
        helper.stdin.write("go\n")
        helper.stdin.flush()


def answer(helper: Helper) -> float:
    """Wait for the figure that a helper found.

    Raises:
        LaunchError: it ended without one; what it said stands above.
    """
    if not (said := _said(helper)):
        raise LaunchError("A process of the benchmark ended without a figure.")
    return float(said)


def _said(helper: Helper) -> str:
    return helper.stdout.readline().strip() if helper.stdout else ""
