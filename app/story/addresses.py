"""Where things stand: addresses that are heard of while somebody asks, by what they look like."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

PREFIX = "/v1"
PLACE = "{}"
NAMED_BY = ("id", "code", "number")
"""Members that name a thing in its own address."""
_NAMED_PLACE = re.compile(r"\{[^}]+\}")
_WORD_BEGINS = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Addresses:
    """What is known of where things stand, below the paths that a document describes."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._known: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._tree: dict[str, Any] = {}
        for path in paths:
            node = self._tree
            for part in anonymous(path).split("/"):
                node = node.setdefault(part, {})

    def fitting(self, path: str) -> list[str]:
        """Give the addresses that a path with places may stand for, the newest last."""
        head, place, tail = anonymous(path).rpartition(PLACE)
        if not place:
            return [path]
        return [f"{known}{tail}" for known in self._known[head + place]]

    def everything(self) -> list[str]:
        """Give every address that is known."""
        return [address for known in self._known.values() for address in known]

    def ids(self, name: str) -> list[str]:
        """Give the ids that a member like `projectId` may hold."""
        head = f"/{_nouns(name)}/"
        return [known.removeprefix(head) for known in self._known[head + PLACE]]

    def learn(self, path: str, answer: object) -> None:
        """Note where the things stand that an answer names, and the one that was asked for."""
        bare = path.partition("?")[0].removeprefix(PREFIX) or "/"
        self._note(bare)
        things = answer.get("items", [answer]) if isinstance(answer, dict) else []
        for thing in things:
            if isinstance(thing, dict):
                self._learn_of(bare, thing)

    def _learn_of(self, path: str, thing: dict[str, Any]) -> None:
        for name in NAMED_BY:
            if isinstance(own := thing.get(name), str | int):
                self._note(f"{path}/{own}")
                self._note(f"/{path.rpartition('/')[2]}/{own}")
        for name, value in thing.items():
            if name.endswith("Id") and isinstance(value, str):
                self._note(f"/{_nouns(name)}/{value}")
            elif name == "href" and isinstance(value, str):
                self._note(value.partition("?")[0].removeprefix(PREFIX))

    def _note(self, path: str) -> None:
        """Remember an address, and those of the things that it stands below."""
        node, shape = self._tree, []
        parts = path.split("/")
        for number, part in enumerate(parts, 1):
            # What is written out comes before what is named: `/me` is no id.
            place = part if part in node else PLACE
            if place not in node:
                return
            node = node[place]
            shape.append(place)
            if place == PLACE:
                self._known["/".join(shape)].setdefault("/".join(parts[:number]))


def anonymous(path: str) -> str:
    """Leave out how the places of a path are called."""
    return _NAMED_PLACE.sub(PLACE, path)


def _nouns(name: str) -> str:
    """Say where things stand that a member names by its id: `policyId`, under `policies`."""
    noun = _WORD_BEGINS.sub("-", name.removesuffix("Id")).lower()
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
