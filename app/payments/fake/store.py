"""What the player remembers: objects by id, answers by key, events; in a file, if it has one."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.core import clock

Thing = dict[str, Any]
"""An object as Stripe writes it; what it refers to stands in it by id."""


class NoSuch(Exception):  # noqa: N818  Read aloud it says what is wrong.
    """There is no such object."""


@dataclass
class Store:
    """Everything there is."""

    file: Path | None = None
    things: dict[str, Thing] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What was answered, by idempotency key: the request and the answer."""

    def __post_init__(self) -> None:
        if self.file is not None and self.file.exists():
            kept = json.loads(self.file.read_text())
            self.things, self.answers = kept["things"], kept["answers"]

    def save(self) -> None:
        """Write everything down, whole or not at all."""
        if self.file is None:
            return
        beginning = self.file.with_suffix(".part")
        beginning.write_text(json.dumps({"things": self.things, "answers": self.answers}))
        beginning.rename(self.file)

    def make(self, prefix: str, kind: str, **members: Any) -> Thing:  # noqa: ANN401  JSON.
        """Make an object with a new id."""
        thing = {
            "id": f"{prefix}_{secrets.token_hex(12)}",
            "object": kind,
            "created": clock.seconds(),
            "livemode": False,
            **members,
        }
        self.things[thing["id"]] = thing
        return thing

    def get(self, thing_id: str) -> Thing:
        """Find an object.

        Raises:
            NoSuch: there is none.
        """
        if thing_id not in self.things:
            raise NoSuch(thing_id)
        return self.things[thing_id]

    def all(self, kind: str) -> Iterator[Thing]:
        """List the objects of a kind, the newest first."""
        return (thing for thing in reversed(self.things.values()) if thing["object"] == kind)

    def shown(self, thing: Thing, expand: list[str]) -> Thing:
        """Copy an object with some of what it refers to put in."""
        shown: Thing = json.loads(json.dumps(thing))
        for path in expand:
            self._expand(shown, path.split("."))
        return shown

    def _expand(self, place: Any, steps: list[str]) -> None:  # noqa: ANN401  JSON.
        if isinstance(place, list):
            for part in place:
                self._expand(part, steps)
            return
        if not isinstance(place, dict) or not steps:
            return
        inner = place.get(steps[0])
        if isinstance(inner, str) and inner in self.things:
            inner = place[steps[0]] = json.loads(json.dumps(self.things[inner]))
        self._expand(inner, steps[1:])
