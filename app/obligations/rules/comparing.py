"""What changes from one version of rules to the next: member by member, lists by their codes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.faults import pointer

NAMES = ("code", "fromAge", "step")
"""The member that an item of a list is known by, whatever its place."""


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One member that is different; null is what was or is not there."""

    pointer: str
    """A JSON Pointer fragment; an item of a list is named by its code, not by its place."""
    before: Any
    after: Any


def compare(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[RuleChange]:
    """List what differs between two documents, in the order of the members of the later one.

    Nothing before: every member of the document is new.
    """
    return list(_changes((), before or {}, after))


def _changes(path: tuple[str, ...], before: Any, after: Any) -> Iterator[RuleChange]:  # noqa: ANN401  JSON can be anything.
    old, new = _members(before), _members(after)
    if old is None or new is None or not (old or new):
        if before != after:
            yield RuleChange(pointer(path), before, after)
        return
    for name in [*new, *(name for name in old if name not in new)]:
        yield from _changes((*path, name), old.get(name), new.get(name))


def _members(value: Any) -> Mapping[str, Any] | None:  # noqa: ANN401  JSON can be anything.
    """See an object, or a list of named items, by its names."""
    if isinstance(value, Mapping):
        return value
    if not isinstance(value, Sequence) or isinstance(value, str):
        return None
    named = {name: item for item in value if (name := _name(item)) is not None}
    return named if len(named) == len(value) else None


def _name(item: object) -> str | None:
    if not isinstance(item, Mapping):
        return None
    return next((str(item[name]) for name in NAMES if name in item), None)
