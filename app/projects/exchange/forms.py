"""Which columns a row has: the members of a plan or a round, by the path to each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from app.core.wire import Request
from app.projects.contents import PlanChange
from app.projects.exchange.cells import LISTS, day, number
from app.projects.schemas.rounds import RoundRequest

Json = dict[str, Any]
Judge = TypeVar("Judge", bound=Request)
"""The model that judges a row."""


def _as_it_is(text: str) -> str:
    return text


_READ: Mapping[str, Callable[[str], object]] = {
    "thresholdUnits": number,
    "startsOn": day,
    "endsOn": day,
    **{name: cell.read for name, cell in LISTS.items()},
}
"""How cells are read that are no text."""


@dataclass(frozen=True, slots=True)
class Form(Generic[Judge]):
    """How one kind of rows is written and read."""

    plural: str
    """The member of the JSON document that lists them."""
    item: Literal["plan", "round"]
    """The member of a row that is judged."""
    model: type[Judge]
    """What judges it."""
    columns: Sequence[str]
    about: Sequence[str]
    """What an export tells besides."""

    @property
    def header(self) -> list[str]:
        """All columns, in the order of an export."""
        return [*(f"about.{name}" for name in self.about), *self.columns]

    def cells(self, about: Json, value: Json) -> list[str]:
        """Write a row."""
        told = (about.get(name) for name in self.about)
        return [*("" if each is None else str(each) for each in told), *self._cells(value)]

    def _cells(self, value: Json) -> list[str]:
        return [_cell(name, _found(value, name)) for name in self.columns]

    def value(self, cells: Mapping[str, str]) -> Json:
        """Read a row; a member without a cell is not named."""
        made: Json = {}
        for name in self.columns:
            member, _, part = name.partition(".")
            read = _READ.get(name, _as_it_is)
            if part and any(other.startswith(f"{member}.") for other in cells):
                # A spreadsheet can't say that a part is not there: it says nothing.
                made.setdefault(member, {})[part] = read(cells.get(name, ""))
            elif name in cells:
                made[member] = read(cells[name])
        return made

    def column_of(self, path: Sequence[str | int]) -> str | None:
        """Say in which column a member is."""
        names = [".".join(map(str, path[:length])) for length in (2, 1)]
        return next((name for name in names if name in self.columns), None)


def _found(value: Json, name: str) -> Any:  # noqa: ANN401  JSON can be anything.
    found: Any = value
    for step in name.split("."):
        found = None if found is None else found.get(step)
    return found


def _cell(name: str, value: Any) -> str:  # noqa: ANN401  JSON can be anything.
    if value is None:
        return ""
    return LISTS[name].written(value) if name in LISTS else str(value)


PLANS = Form(
    plural="plans",
    item="plan",
    model=PlanChange,
    columns=(
        *(f"{text}.{language}" for text in ("title", "summary") for language in ("nl", "en")),
        *("objectives.nl", "objectives.en", "activities.nl", "activities.en"),
        *("targetGroups", "thresholdUnits", "startsOn", "endsOn", "milestones"),
        *("promisedEvidence", "place.municipality", "place.address"),
        *("costs", "otherFinancing", "bank", "partners", "notes"),
    ),
    about=("projectId", "number", "entrepreneur", "state", "version"),
)

ROUNDS = Form(
    plural="rounds",
    item="round",
    model=RoundRequest,
    columns=(
        *("name.nl", "name.en", "plansOpenAt", "plansCloseAt", "scoresDueAt"),
        *("saleBeginsAt", "saleEndsAt"),
    ),
    about=("roundId", "number", "state", "policyId"),
)
