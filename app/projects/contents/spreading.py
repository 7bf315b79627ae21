"""Spread projects evenly over experts: pure, and the same however often it is done."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Demand:
    """A project that wants experts."""

    project_id: UUID
    wanted: int
    """How many it still lacks."""
    barred: AbstractSet[UUID]
    """Experts who have it already, had it, or may not have it."""


@dataclass(slots=True)
class Spread:
    """Which experts each project gets."""

    loads: dict[UUID, int]
    """How many projects each expert has, those from before included."""
    given: dict[UUID, set[UUID]] = field(default_factory=dict)
    """By project."""
    barred: dict[UUID, AbstractSet[UUID]] = field(default_factory=dict)

    def give(self, project_id: UUID, expert_id: UUID) -> None:
        """Let an expert have a project."""
        self.given[project_id].add(expert_id)
        self.loads[expert_id] += 1

    def move(self, project_id: UUID, from_id: UUID, to_id: UUID) -> None:
        """Let another expert have it instead."""
        self.given[project_id].remove(from_id)
        self.loads[from_id] -= 1
        self.give(project_id, to_id)


def spread(demands: Sequence[Demand], loads: Mapping[UUID, int]) -> Spread:
    """Give every project so many experts as it wants, or all who may, the least loaded first.

    Nobody could be relieved afterwards by passing projects on: without conflicts the loads differ
    by one at the most if they did before. The order of what comes in does not matter.
    """
    ordered = sorted(demands, key=lambda demand: demand.project_id)
    result = Spread(loads={expert_id: loads[expert_id] for expert_id in sorted(loads)})
    for demand in ordered:
        result.given[demand.project_id] = set()
        result.barred[demand.project_id] = demand.barred
        free = [expert_id for expert_id in result.loads if expert_id not in demand.barred]
        free.sort(key=lambda expert_id: (result.loads[expert_id], expert_id))
        for expert_id in free[: demand.wanted]:
            result.give(demand.project_id, expert_id)
    while chain := _relief(result):
        for project_id, from_id, to_id in chain:
            result.move(project_id, from_id, to_id)
    return result


Chain = list[tuple[UUID, UUID, UUID]]
"""Projects that each pass from one expert to the next."""


def _relief(spread: Spread) -> Chain | None:
    """Find how somebody with much can pass on to somebody who has less by two, perhaps by others.

    Each such change makes the sum of the squares of the loads less, so that they end.
    """
    for busiest in sorted(spread.loads, key=lambda each: (-spread.loads[each], each)):
        reached: dict[UUID, Chain] = {busiest: []}
        queue = deque([busiest])
        while queue:
            here = queue.popleft()
            if spread.loads[here] <= spread.loads[busiest] - 2:
                return reached[here]
            for project_id, to_id in _passable(spread, here):
                if to_id not in reached:
                    reached[to_id] = [*reached[here], (project_id, here, to_id)]
                    queue.append(to_id)
    return None


def _passable(spread: Spread, expert_id: UUID) -> Iterator[tuple[UUID, UUID]]:
    """Say which of what an expert was given now could go to whom instead."""
    for project_id, experts in spread.given.items():
        if expert_id in experts:
            for to_id in spread.loads:
                if to_id not in experts and to_id not in spread.barred[project_id]:
                    yield project_id, to_id
