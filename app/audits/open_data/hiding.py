"""Amounts by which everybody could reckon what a few placed people count for; pure.

What a placement counts for says of which group somebody is, and how long they worked.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from uuid import UUID

from app.core.suppression import is_shown

TELLING = frozenset({"fulfilled", "owed"})
"""The accounts that moved by what was recognised."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What an authority recognised of a kind, or took off it."""

    authority_id: UUID
    kind: str
    people: int
    """Who were placed; nobody, of what is no placement."""
    cents: int


def hidden_kinds(
    moved: Iterable[Moved], smallest: Mapping[UUID, int]
) -> dict[UUID, AbstractSet[str]]:
    """Say of which kinds nothing is shown: of placements of too few people, and of one beside it.

    Without the second the total less what is shown would tell the first.
    """
    of_authority: defaultdict[UUID, list[Moved]] = defaultdict(list)
    for each in moved:
        of_authority[each.authority_id].append(each)
    found: dict[UUID, AbstractSet[str]] = {}
    for authority_id, kinds in of_authority.items():
        least = smallest.get(authority_id)
        hidden = {each.kind for each in kinds if not is_shown(each.people, least)}
        others = [each for each in kinds if each.kind not in hidden]
        if hidden:
            beside = min(others, key=lambda each: (each.cents, each.kind), default=None)
            found[authority_id] = hidden | ({beside.kind} if beside else set())
    return found
