"""Whom the recognised value reached: by target group and by municipality."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.core.money import split
from app.fulfilments.dashboards.suppression import is_shown, suppressed
from app.fulfilments.queries.recognised import Source

OTHER = "other"
"""The target group of a plan that counts nobody."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What counts for a target group, or in a municipality."""

    name: str
    people: int | None
    """None: too few to show, or it would give away another figure."""
    cents: int | None
    """The same, for it is shared by the number of people."""

    @property
    def is_suppressed(self) -> bool:
        """Whether it is left out."""
        return self.people is None


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom all of it reached; None: too few to show."""

    people: int | None
    by_target_group: Sequence[Cell]
    by_municipality: Sequence[Cell]


def shares(source: Source) -> dict[str, tuple[int, int]]:
    """Share what a project counts for over its target groups, by heads; give people and cents."""
    people = {group: count for group, count in source.people.items() if count}
    if not people:
        return {OTHER: (0, source.cents)}
    cents = split(source.cents, list(people.values()))
    return {
        group: (count, part) for (group, count), part in zip(people.items(), cents, strict=True)
    }


def reached(sources: Sequence[Source], smallest: int | None) -> Reached:
    """Add projects up, and leave out what is too small."""
    of_groups = [item for source in sources for item in shares(source).items()]
    of_places = [
        (source.municipality, (sum(source.people.values()), source.cents)) for source in sources
    ]
    by_group, by_place = _cells(of_groups, smallest), _cells(of_places, smallest)
    people = [sum(source.people.values()) for source in sources]
    total = sum(people) if is_shown(sum(people), smallest) else None
    return Reached(total, by_group, by_place)


def _cells(items: Iterable[tuple[str, tuple[int, int]]], smallest: int | None) -> list[Cell]:
    people: dict[str, int] = {}
    cents: dict[str, int] = {}
    for name, (count, part) in items:
        people[name] = people.get(name, 0) + count
        cents[name] = cents.get(name, 0) + part
    hidden = suppressed(people, smallest)
    return [
        Cell(name, None, None) if name in hidden else Cell(name, people[name], cents[name])
        for name in sorted(people)
    ]
