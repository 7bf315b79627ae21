"""One line for each step: what was done, how it ended, how long it took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from .failures import StoppedError


class Step:
    """A step in progress; `result` is what its line will say."""

    def __init__(self) -> None:
        self.result = "done"


class Steps:
    """Writes the lines to one stream, so that a command's own output stays clean."""

    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self._stream = stream

    @contextmanager
    def step(self, name: str, *, talks: bool = False) -> Iterator[Step]:
        """Time the body, and print its one line: at the end if the body `talks` itself."""
        if not talks:
            self._write(f"{name:<18}")
        before = f"{name:<18}" if talks else ""
        step = Step()
        started_at = time.monotonic()
        try:
            yield step
        except StoppedError:
            self._write(f"{before}stopped\n")
            raise
        except BaseException:
            self._write(f"{before}failed\n")
            raise
        self._write(f"{before}{step.result:<48}{time.monotonic() - started_at:6.1f} s\n")

    def say(self, sentence: str) -> None:
        """Print a line that is not a step."""
        self._write(sentence + "\n")

    def _write(self, text: str) -> None:
        # The reader may be gone (a closed terminal or pipe); the servers still end in order.
        with suppress(OSError):
            self._stream.write(text)
            self._stream.flush()
