"""Which columns a row has: members by the path to each, and how cells say what JSON says."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from app.core.wire import Request

Json = dict[str, Any]
Judge = TypeVar("Judge", bound=Request)
"""The model that judges a row."""

_DUTCH_DATE = re.compile(r"([0-9]{1,2})-([0-9]{1,2})-([0-9]{4})")
_TRUTHS = {
    **dict.fromkeys(("true", "yes", "ja", "waar", "1"), True),
    **dict.fromkeys(("false", "no", "nee", "onwaar", "0"), False),
}


def number(text: str) -> int | str:
    """Read a whole number; what is none stays as it is, to be judged."""
    text = text.strip()
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else text


def day(text: str) -> str:
    """Read a date, also as a Dutch spreadsheet writes it back: `1-5-2026`."""
    text = text.strip()
    if found := _DUTCH_DATE.fullmatch(text):
        return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"
    return text


def yes_or_no(text: str) -> bool | str:
    """Read a choice, also as a Dutch spreadsheet says it: `WAAR`."""
    return _TRUTHS.get(text.strip().lower(), text.strip())


@dataclass(frozen=True, slots=True)
class Form(Generic[Judge]):
    """How one kind of rows is written and read."""

    plural: str
    """The member of the JSON document that lists them."""
    item: str
    """The member of a row that is judged."""
    model: type[Judge]
    """What judges it."""
    columns: Sequence[str]
    about: Sequence[str] = ()
    """What an export tells besides."""
    readers: Mapping[str, Callable[[str], object]] = field(default_factory=dict)
    """How cells are read that are no text."""
    writers: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)
    """How values are written that are neither text nor a number."""
    refuses_formulas: bool = False
    """Whether a cell that a spreadsheet would compute is a fault."""

    @property
    def header(self) -> list[str]:
        """All columns, in the order of an export."""
        return [*(f"about.{name}" for name in self.about), *self.columns]

    def cells(self, about: Json, value: Json) -> list[str]:
        """Write a row."""
        told = (about.get(name) for name in self.about)
        return [*("" if each is None else str(each) for each in told), *self._cells(value)]

    def _cells(self, value: Json) -> list[str]:
        return [self._cell(name, _found(value, name)) for name in self.columns]

    def _cell(self, name: str, value: Any) -> str:  # noqa: ANN401  JSON can be anything.
        if value is None:
            return ""
        return self.writers.get(name, str)(value)

    def value(self, cells: Mapping[str, str]) -> Json:
        """Read a row; a member without a cell is not named."""
        made: Json = {}
        for name in self.columns:
            member, _, part = name.partition(".")
            read = self.readers.get(name, _as_it_is)
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


def _as_it_is(text: str) -> str:
    return text


def _found(value: Json, name: str) -> Any:  # noqa: ANN401  JSON can be anything.
    found: Any = value
    for step in name.split("."):
        found = None if found is None else found.get(step)
    return found
