"""Measuring contenders in turn, so that whatever else the machine does hits all of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Figure:
    """What came out of a moment of work."""

    per_second: float
    """Entries."""
    server_microseconds: float
    """What an entry cost of the time of PostgreSQL's processors: a busy disk does not hide it."""


Measure = Callable[[], Figure]
"""Works for a moment."""


@dataclass(frozen=True)
class Comparison:
    """Contenders that take turns; the first one is the floor of the ratios."""

    what: str
    measures: Mapping[str, Measure]
    targets: Mapping[str, float]
    """Which ratio a contender should reach."""


@dataclass(frozen=True)
class Row:
    """What one contender did, round by round, beside the floor of the same rounds."""

    what: str
    contender: str
    figures: Sequence[Figure]
    floor: Sequence[Figure]
    target: float | None = None

    @property
    def per_second(self) -> float:
        """Entries."""
        return median(figure.per_second for figure in self.figures)

    @property
    def ratio(self) -> float:
        """Of entries per second, to the floor."""
        pairs = zip(self.figures, self.floor, strict=True)
        return median(ours.per_second / floor.per_second for ours, floor in pairs)

    @property
    def server_microseconds(self) -> float:
        """Of PostgreSQL's processors, for an entry."""
        return median(figure.server_microseconds for figure in self.figures)

    @property
    def server_ratio(self) -> float:
        """Of what the floor costs PostgreSQL's processors to what this costs."""
        pairs = zip(self.figures, self.floor, strict=True)
        return median(
            floor.server_microseconds / max(ours.server_microseconds, 1) for ours, floor in pairs
        )


@dataclass
class Report:
    """All that one run measured."""

    rows: list[Row] = field(default_factory=list)
    growth: list[dict[str, float]] = field(default_factory=list)
    """One for each size of the books: lines, and microseconds of each question."""


def interleaved(comparison: Comparison, rounds: int) -> list[Row]:
    """Let contenders take turns."""
    figures: dict[str, list[Figure]] = {name: [] for name in comparison.measures}
    for _ in range(rounds):
        for name, measure in comparison.measures.items():
            figures[name].append(measure())
    floor = next(iter(figures.values()))
    return [
        Row(comparison.what, name, each, floor, comparison.targets.get(name))
        for name, each in figures.items()
    ]
