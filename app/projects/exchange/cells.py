"""Lists in a cell: one line for each thing, its parts divided by bars, free text last.

So a text may hold bars itself. A list that is filled in and empty is `[]`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.core.sheets import day, number

EMPTY = "[]"
BULLET = "*"
"""Begins a line of promised evidence: a text may look like nothing, or like an empty list."""

_HOURS = re.compile(r"([0-9]{1,18})\s*[xX*]\s*([0-9]{1,18})")

Item = Any
"""JSON: what a list holds."""


@dataclass(frozen=True, slots=True)
class ListCell:
    """How the items of a list are lines."""

    line: Callable[[Item], str]
    item: Callable[[str], Item]

    def written(self, items: list[Item]) -> str:
        """Write a list into a cell."""
        return "\n".join(self.line(item) for item in items) or EMPTY

    def read(self, cell: str) -> list[Item]:
        """Read a list from a cell; empty lines say nothing."""
        if cell.strip() == EMPTY:
            return []
        lines = (line.strip() for line in re.split(r"\r\n|\r|\n", cell))
        return [self.item(line) for line in lines if line]


def _parts(line: str, *names: str) -> dict[str, str]:
    """Divide a line; what it lacks at the end is missing."""
    parts = (part.strip() for part in line.split("|", len(names) - 1))
    return dict(zip(names, parts, strict=False))


def _with_number(item: dict[str, str], name: str) -> dict[str, Any]:
    return {**item, name: number(item[name])} if name in item else dict(item)


def _group(line: str) -> Item:
    return _with_number(_parts(line, "group", "people"), "people")


def _milestone(line: str) -> Item:
    item = _parts(line, "on", "what")
    return {**item, "on": day(item["on"])}


def _amount(line: str) -> Item:
    return _with_number(_parts(line, "kind", "amountCents", "description"), "amountCents")


def _cost(line: str) -> Item:
    item = _parts(line, "kind", "hours", "description")
    if item["kind"] != "hours":
        return _amount(line)
    if found := _HOURS.fullmatch(item.get("hours", "")):
        return {**item, "hours": int(found[1]), "rateCents": int(found[2])}
    return item


def _cost_line(item: Mapping[str, Any]) -> str:
    amount = item.get("amountCents", f"{item.get('hours')} x {item.get('rateCents')}")
    return f"{item['kind']} | {amount} | {item['description']}"


def _evidence(line: str) -> Item:
    return line.removeprefix(BULLET).strip() if line.startswith(BULLET) else line


LISTS: Mapping[str, ListCell] = {
    "targetGroups": ListCell(lambda item: f"{item['group']} | {item['people']}", _group),
    "milestones": ListCell(lambda item: f"{item['on']} | {item['what']}", _milestone),
    "promisedEvidence": ListCell(lambda text: f"{BULLET} {text}", _evidence),
    "costs": ListCell(_cost_line, _cost),
    "otherFinancing": ListCell(
        lambda item: f"{item['kind']} | {item['amountCents']} | {item['description']}", _amount
    ),
}
"""The lists of a plan, by their member."""
