"""What was done and what was seen, for people: one line for each thing that must hold."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sight:
    """Something that was seen, and whether it was to be seen."""

    what: str
    right: bool

    def __str__(self) -> str:
        return f"  {'ok   ' if self.right else 'WRONG'} {self.what}"


@dataclass
class Chapter:
    """One disaster: what was done, and what was seen afterwards."""

    name: str
    done: str
    sights: list[Sight] = field(default_factory=list)
    seconds: float = 0.0
    not_run: str = ""
    """Why it could not be done on this machine, if it could not."""

    def saw(self, what: str, *, right: bool = True) -> None:
        """Write down something that was seen."""
        self.sights.append(Sight(what, right))

    def saw_none(self, of_what: str, found: Sequence[str]) -> None:
        """Write down that there is none of something, or what there is all the same."""
        shown = "; ".join(found[:20])
        self.saw(f"{of_what}: {len(found)}{f' ({shown})' if found else ''}", right=not found)

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Count how long it takes."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.seconds += time.monotonic() - began

    @property
    def holds(self) -> bool:
        """Whether everything was as it must be; what was not run breaks nothing."""
        return all(sight.right for sight in self.sights) and bool(self.sights or self.not_run)

    @property
    def verdict(self) -> str:
        """The whole of it in a word or two."""
        if not self.holds:
            return "WRONG"
        return "holds" if self.sights else "NOT RUN"

    def __str__(self) -> str:
        head = f"{self.name}: {self.done} ({self.seconds:.0f} s)"
        why = [f"  NOT RUN: {self.not_run}"] if self.not_run else []
        return "\n".join([head, *why, *map(str, self.sights)])


def told(chapters: Sequence[Chapter], seed: int) -> str:
    """Write everything that was done and seen, and whether all of it holds."""
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    wrong = sum(not sight.right for chapter in chapters for sight in chapter.sights)
    verdict = "Everything holds." if not wrong else f"WRONG: {wrong}."
    machine = f"{os.cpu_count()} cores, PostgreSQL durable, load {load}, seed {seed}"
    return "\n\n".join([machine, *map(str, chapters), _in_short(chapters), verdict])


def _in_short(chapters: Sequence[Chapter]) -> str:
    """Write one line for each disaster: how much was seen of it, and the verdict."""
    rows = [
        f"{chapter.name:<10} {len(chapter.sights):>3} seen"
        f" {sum(not sight.right for sight in chapter.sights):>3} wrong"
        f" {chapter.seconds:>6.0f} s  {chapter.verdict}"
        for chapter in chapters
    ]
    return "\n".join(rows)
