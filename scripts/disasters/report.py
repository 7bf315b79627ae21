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

    def saw(self, what: str, *, right: bool = True) -> None:
        """Write down something that was seen."""
        self.sights.append(Sight(what, right))

    def saw_none(self, of_what: str, found: Sequence[str]) -> None:
        """Write down that there is none of something, or what there is all the same."""
        shown = "; ".join(found[:5])
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
        """Whether everything was as it must be."""
        return bool(self.sights) and all(sight.right for sight in self.sights)

    def __str__(self) -> str:
        head = f"{self.name}: {self.done} ({self.seconds:.0f} s)"
        return "\n".join([head, *map(str, self.sights)])


def told(chapters: Sequence[Chapter]) -> str:
    """Write everything that was done and seen, and whether all of it holds."""
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    wrong = sum(not sight.right for chapter in chapters for sight in chapter.sights)
    verdict = "Everything holds." if not wrong else f"WRONG: {wrong}."
    machine = f"{os.cpu_count()} cores, PostgreSQL durable, load {load}"
    return "\n\n".join([machine, *map(str, chapters), verdict])
