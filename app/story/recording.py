"""Recording what is asked and answered while a demo is set up, as examples of each operation."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.story.failures import Refused
from app.story.wire import Visitor

PREFIX = "/v1"
JSON = "application/json"
MOST_BYTES = 4_000
"""A longer example is shortened: its lists to their first members."""
TRIED = 4
_PLACE = re.compile(r"\{[^}]+\}")
_SECRET = re.compile(r"^(baat_[a-z_]+_|baat_once_)[A-Za-z0-9_-]{16,}$")


@dataclass(frozen=True, slots=True)
class Operation:
    """What can be asked, and how its paths look."""

    name: str
    method: str
    template: str
    """With `{}` for whatever is named in it."""

    @property
    def pattern(self) -> re.Pattern[str]:
        """What its paths look like."""
        return re.compile(re.escape(self.template).replace(r"\{\}", "[^/?]+"))


class Recorder:
    """Keeps the first success of each operation, and the addresses that it hears of."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.examples: dict[str, dict[str, Any]] = {}
        self._operations = [
            Operation(operation["operationId"], method.upper(), _PLACE.sub("{}", path))
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if method in {"get", "post", "put", "patch", "delete"}
        ]
        # What is written out comes before what is named: `/me` is no id.
        self._operations.sort(key=lambda one: one.template.count("{}"))
        self._readable = {
            operation["operationId"]
            for item in document["paths"].values()
            for method, operation in item.items()
            if method == "get" and JSON in operation["responses"].get("200", {}).get("content", {})
        }
        self._known: dict[str, list[str]] = defaultdict(list)

    def hear(self, method: str, path: str, body: object, status: int, answer: object) -> None:
        """Hear of a request that was done."""
        bare = path.partition("?")[0].removeprefix(PREFIX) or "/"
        for operation in self._operations:
            if operation.method == method and operation.pattern.fullmatch(bare):
                self._keep(operation, body, status, answer)
                break
        self._learn(bare, answer)

    def _keep(self, operation: Operation, body: object, status: int, answer: object) -> None:
        kept = self.examples.get(operation.name)
        # A list with something in it says more than one without.
        if kept is not None and not _is_empty(kept.get("response")):
            return
        example: dict[str, Any] = {"status": status}
        if body is not None:
            example["request"] = shortened(body)
        if answer is not None:
            example["response"] = shortened(answer)
        self.examples[operation.name] = example

    def _learn(self, path: str, answer: object) -> None:
        """Note the addresses of what an answer names."""
        self._note(path)
        things = answer.get("items", [answer]) if isinstance(answer, dict) else []
        for thing in things:
            if not isinstance(thing, dict):
                continue
            if isinstance(own := thing.get("id"), str):
                self._note(f"{path}/{own}")
                self._note(f"/{path.rpartition('/')[2]}/{own}")
            for name, value in thing.items():
                if name.endswith("Id") and isinstance(value, str):
                    noun = re.sub(r"(?<=[a-z])([A-Z])", r"-\1", name[:-2]).lower()
                    self._note(f"/{noun}s/{value}")

    def _note(self, path: str) -> None:
        for operation in self._operations:
            places = operation.template.split("/")
            parts = path.split("/")
            for length in range(2, len(places) + 1):
                prefix = "/".join(places[:length])
                if length == len(parts) and _fits(places[:length], parts):
                    found = self._known[prefix]
                    if path not in found:
                        found.append(path)

    def unheard(self) -> Iterator[tuple[Operation, list[str]]]:
        """Name what can be read and was not, with some paths to try; the newest first."""
        for operation in self._operations:
            if operation.name in self._readable and operation.name not in self.examples:
                prefix, _, tail = operation.template.rpartition("{}")
                if prefix:
                    paths = [f"{path}{tail}" for path in self._known[f"{prefix}{{}}"]]
                    yield operation, paths[::-1][:TRIED]
                else:
                    yield operation, [operation.template]


def _fits(places: Sequence[str], parts: Sequence[str]) -> bool:
    return all(place in {"{}", part} for place, part in zip(places, parts, strict=True))


def _is_empty(answer: object) -> bool:
    return isinstance(answer, dict) and answer.get("items") == []


def explore(recorder: Recorder, people: Sequence[Visitor]) -> None:
    """Read what nobody read yet, as whoever may; what that names is read then."""
    tried: set[str] = set()
    before = -1
    while len(recorder.examples) != before:
        before = len(recorder.examples)
        for operation, paths in list(recorder.unheard()):
            _read(recorder, operation, [path for path in paths if path not in tried], people)
            tried.update(paths)


def _read(
    recorder: Recorder, operation: Operation, paths: Sequence[str], people: Sequence[Visitor]
) -> None:
    for path in paths:
        for person in people:
            try:
                person.get(f"{PREFIX}{path}", told=False)
            except Refused:
                continue
            if not _is_empty(recorder.examples.get(operation.name, {}).get("response")):
                return
            break


def shortened(value: object, most: int = MOST_BYTES) -> Any:  # noqa: ANN401  JSON.
    """Leave of a long example its beginning, and nothing of what opens something."""
    shown = _masked(value)
    for length in (3, 2, 1):
        if len(json.dumps(shown)) <= most:
            break
        shown = _cut(shown, length)
    return shown


def _cut(value: Any, length: int) -> Any:  # noqa: ANN401  JSON.
    if isinstance(value, dict):
        return {name: _cut(part, length) for name, part in value.items()}
    if isinstance(value, list):
        return [_cut(part, length) for part in value[:length]]
    return value


def _masked(value: Any) -> Any:  # noqa: ANN401  JSON.
    if isinstance(value, dict):
        return {name: _masked(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_masked(part) for part in value]
    if isinstance(value, str) and (found := _SECRET.match(value)):
        return found[1] + "x" * (len(value) - len(found[1]))
    return value
