"""Whom the recognised value reached: by target group and by municipality."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from app.core.money import split
from app.core.suppression import is_total_shown, suppressed
from app.fulfilments.dashboards.figures import Source

OTHER = "other"
"""The target group of a plan that counts nobody."""
UNKNOWN = "unknown"
"""The municipality of what nobody says where it was."""


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
    """Share what something counts for over its target groups; give people and cents of each."""
    groups = {name: group for name, group in source.groups.items() if group.people}
    if not groups:
        return {OTHER: (0, source.cents)}
    weights = [group.weight for group in groups.values()]
    if not any(weights):
        weights = [group.people for group in groups.values()]
    parts = zip(groups.items(), split(source.cents, weights), strict=True)
    return {name: (group.people, cents) for (name, group), cents in parts}


def reached(sources: Sequence[Source], smallest: int | None) -> Reached:
    """Add up whom it reached, and leave out what is too small."""
    of_groups = [item for source in sources for item in shares(source).items()]
    of_places = [
        (source.municipality or UNKNOWN, (source.people, source.cents)) for source in sources
    ]
    people = sum(source.people for source in sources)
    is_shown = all(is_total_shown(_added(each)[0], smallest) for each in (of_groups, of_places))
    if not is_shown:
        # What is shown by place would add up to the total by group, and the other way round.
        smallest = None
    return Reached(
        people if is_shown else None, _cells(of_groups, smallest), _cells(of_places, smallest)
    )


Items: TypeAlias = Sequence[tuple[str, tuple[int, int]]]


def _added(items: Items) -> tuple[dict[str, int], dict[str, int]]:
    people: dict[str, int] = {}
    cents: dict[str, int] = {}
    for name, (count, part) in items:
        people[name] = people.get(name, 0) + count
        cents[name] = cents.get(name, 0) + part
    return people, cents


def _cells(items: Items, smallest: int | None) -> list[Cell]:
    people, cents = _added(items)
    hidden = suppressed(people, smallest)
    return [
        Cell(name, None, None) if name in hidden else Cell(name, people[name], cents[name])
        for name in sorted(people)
    ]
