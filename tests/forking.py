"""Running `baat` in a process of its own that has imported everything before it begins.

Importing is most of what a command costs, and the suite runs a hundred of them: a server of forks
(`multiprocessing`) imports once for each test worker.
"""

import multiprocessing
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parent.parent

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["app.cli"])


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def baat(variables: dict[str, str], *arguments: str, seconds: float = 100) -> Done:
    """Run a command to its end, with these environment variables and no others."""
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder, "stdout"), Path(folder, "stderr")
        process = _forks.Process(target=_be_baat, args=(arguments, variables, files), daemon=True)
        process.start()
        process.join(seconds)
        if process.exitcode is None:
            process.kill()
            process.join()
        stdout, stderr = (file.read_text() for file in files)
    return Done(process.exitcode or 0, stdout, stderr)


def _be_baat(
    arguments: tuple[str, ...], variables: dict[str, str], files: tuple[Path, Path]
) -> None:
    """Become the command, as the shell would start it."""
    for descriptor, file in enumerate(files, start=1):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), descriptor)
    os.environ.clear()
    os.environ.update(variables)
    os.chdir(PROJECT)
    sys.argv = ["baat", *arguments]
    # In the new process it is there; here it would be imported for nothing.
    from app.cli import cli  # noqa: PLC0415

    cli(prog_name="baat")
