"""Servers that are measured over HTTP."""

import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from scripts.benchmarks.server import Bench
from scripts.launcher.children import Child
from scripts.launcher.cluster import free_port
from scripts.launcher.failures import LaunchError

STARTING_SECONDS = 180.0

UNLIMITED = {
    "BAAT_READS_PER_MINUTE": "100000000",
    "BAAT_WRITES_PER_MINUTE": "100000000",
}


@contextmanager
def served(bench: Bench, what: str, **variables: str) -> Iterator[int]:
    """Serve the application, or the bare one, on a port of its own; end it afterwards."""
    port = free_port()
    commands = {
        "baat": serving(bench, port),
        "bare": [
            *(sys.executable, "-m", "uvicorn", "scripts.benchmarks.bare:app"),
            *(f"--port={port}", "--no-access-log"),
        ],
    }
    more = {"BAAT_WORKER": "false", **UNLIMITED, **variables}
    child = Child(commands[what], {**bench.variables, **more}, bench.project.root)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    process = child.start(nowhere)
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait()
        os.close(nowhere)


def serving(bench: Bench, port: int) -> list[str]:
    """Say with which command the application is served."""
    return [str(bench.project.program("baat")), "serve", f"--port={port}"]


def _wait(port: int) -> None:
    ends = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < ends:
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    message = f"Nothing listened on port {port} within {STARTING_SECONDS:.0f} s."
    raise LaunchError(message)
