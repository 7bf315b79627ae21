"""Telling: what is printed, for a terminal or a file."""

import textwrap
import time
from collections.abc import Iterable

from rich.console import Console

WIDTH = 92
INDENT, INNER = "   ", "     "


class Teller:
    """Prints a story, and leaves time to read it."""

    def __init__(self, console: Console, pause_seconds: float = 0.0) -> None:
        self._console = console
        self._pause_seconds = pause_seconds

    def title(self, title: str) -> None:
        """Begin."""
        self._print(title, "bold")

    def paragraph(self, text: str, style: str = "") -> None:
        """Say something about the story."""
        self._print()
        self._wrapped(text, INDENT, style)

    def points(self, heading: str, lines: Iterable[str]) -> None:
        """List something about the story."""
        self._print()
        self._print(f"{INDENT}{heading}", "bold")
        for line in lines:
            self._wrapped(line, f"{INDENT}- ")

    def chapter(self, number: int, title: str, moment: str) -> None:
        """Begin a chapter; `moment` is what the clock says."""
        self._print()
        self._print(f"{number}  {title}  ({moment})", "bold")
        self._print()

    def time(self, sentence: str) -> None:
        """Say that time passes."""
        self._wrapped(sentence, f"{INDENT}~ ", "magenta")

    def sentence(self, sentence: str) -> None:
        """Tell what somebody does."""
        time.sleep(self._pause_seconds)
        self._wrapped(sentence, INDENT)

    def calls(self, lines: Iterable[str]) -> None:
        """Tell which requests that took."""
        for line in lines:
            self._print(f"{INNER}{line}", "dim")

    def remark(self, text: str, style: str = "yellow") -> None:
        """Tell what came of it."""
        self._wrapped(text, f"{INNER}→ ", style)

    def page(self, reference: str, text: str) -> None:
        """Show a page of the journal."""
        self._print(f"{INNER}┌ journal: {reference}", "cyan")
        for line in text.splitlines():
            self._print(f"{INNER}│ {line}", "cyan")

    def table(self, lines: Iterable[str]) -> None:
        """Show figures in columns."""
        for line in lines:
            self._print(f"{INNER}{line}", "cyan")

    def _wrapped(self, text: str, indent: str, style: str = "") -> None:
        width = min(WIDTH, self._console.width)
        for line in textwrap.wrap(
            text, width, initial_indent=indent, subsequent_indent=" " * len(indent)
        ):
            self._print(line, style)

    def _print(self, text: str = "", style: str = "") -> None:
        # Journal pages keep their columns, however narrow the terminal.
        self._console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)
