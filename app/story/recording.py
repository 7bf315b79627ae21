"""Recording what is asked and answered, as examples of each operation and of each refusal.

A demo gives most of them; of what nobody does there the tests give one (`tests.recording`). Both
add to one file, in which the demo's come first.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from typing import Any

from app.story.addresses import PREFIX, Addresses, anonymous
from app.story.failures import Refused
from app.story.wire import Visitor, without_ids

JSON = "application/json"
MOST_BYTES = 2_500
"""A longer example is shortened: its lists to their first members."""
TRIED = 4
SHORT_BYTES = 1_500
"""Of what is not longer, what tells most is the best example."""
_SECRET = re.compile(r"^(baat_[a-z]+_|whsec_|otpauth://)[!-~]{16,}$")
_SECRETS = {"secret", "recoveryCodes"}
_TEDIOUS = re.compile(r"([^x0])\1{9}")
"""Somebody tries how long a text may be."""


class Source(StrEnum):
    """Where an example comes from."""

    DEMO = "demo"
    TESTS = "tests"


@dataclass
class Examples:
    """What was recorded."""

    operations: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By the names of the operations: where it is from, and what was asked and answered."""
    problems: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Refusals, by their types."""

    def add(self, other: "Examples") -> None:
        """Take what is missing here, or better; a demo's examples are better than the tests'."""
        for name, example in other.operations.items():
            kept = self.operations.get(name)
            if kept is None or _rank(example) < _rank(kept):
                self.operations[name] = example
        for kind, problem in other.problems.items():
            kept = self.problems.get(kind)
            if kept is None or _rank(problem) < _rank(kept):
                self.problems[kind] = problem

    def of(self, source: Source) -> "Examples":
        """Leave out the operations whose example is from elsewhere."""
        own = {name: each for name, each in self.operations.items() if each["from"] == source}
        return Examples(own, self.problems)

    def written(self) -> str:
        """Write them down."""
        parts = {
            "operations": dict(sorted(self.operations.items())),
            "problems": dict(sorted(self.problems.items())),
        }
        return json.dumps(parts, ensure_ascii=False, indent=1) + "\n"


def read(file: Path) -> Examples:
    """Read what was written."""
    parts = json.loads(file.read_text())
    return Examples(parts["operations"], parts["problems"])


def _rank(example: dict[str, Any]) -> tuple[bool, bool, bool, bool, int, int, str]:
    """Say how good an example is: less is better, whenever it was heard."""
    text = without_ids(json.dumps(example, sort_keys=True))
    return (
        example.get("from") == Source.TESTS,
        # Some take a file as well, which is no example to show.
        "request" not in example,
        _TEDIOUS.search(text) is not None,
        len(text) > SHORT_BYTES,
        -_told(example),
        len(text),
        text,
    )


def _told(value: object) -> int:
    """Count what is said: members with a value, of the first in each list."""
    if isinstance(value, dict):
        return sum(_told(part) for part in value.values())
    if isinstance(value, list):
        return _told(value[0]) if value else 0
    return int(value not in {None, "", 0})


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
    """Keeps an example of each operation that is heard, and the addresses that it hears of."""

    def __init__(self, document: dict[str, Any], source: Source) -> None:
        self.found = Examples()
        self._source = source
        self._operations = [
            Operation(operation["operationId"], method.upper(), anonymous(path))
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
        refusals = document.get("components", {}).get("examples", {}).values()
        self._refusals = {refusal["value"]["type"] for refusal in refusals}
        self.addresses = Addresses(document["paths"])

    def hear(self, method: str, path: str, body: object, status: int, answer: object) -> None:
        """Hear of a request that was answered."""
        if status >= HTTPStatus.BAD_REQUEST:
            if isinstance(answer, dict) and answer.get("type") in self._refusals:
                self.found.add(Examples({}, {answer["type"]: shortened(answer)}))
            return
        bare = path.partition("?")[0].removeprefix(PREFIX) or "/"
        for operation in self._operations:
            if operation.method == method and operation.pattern.fullmatch(bare):
                self._keep(operation, body, status, answer)
                break
        self.addresses.learn(path, answer)

    def _keep(self, operation: Operation, body: object, status: int, answer: object) -> None:
        example: dict[str, Any] = {"from": self._source, "status": status}
        if body is not None:
            example["request"] = shortened(body)
        if answer is not None:
            example["response"] = shortened(answer)
        self.found.add(Examples({operation.name: example}))

    def unheard(self) -> Iterator[tuple[Operation, list[str]]]:
        """Name what can be read and was not, with some paths to try; the newest first."""
        for operation in self._operations:
            if operation.name in self._readable and operation.name not in self.found.operations:
                yield operation, self.addresses.fitting(operation.template)[::-1][:TRIED]


def _is_empty(answer: object) -> bool:
    return isinstance(answer, dict) and answer.get("items") == []


def explore(recorder: Recorder, people: Sequence[Visitor]) -> None:
    """Read what nobody read yet, as whoever may; what that names is read then."""
    tried: set[str] = set()
    before = -1
    while len(recorder.found.operations) != before:
        before = len(recorder.found.operations)
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
            if not _is_empty(recorder.found.operations.get(operation.name, {}).get("response")):
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
        return {
            name: _hidden(part) if name in _SECRETS else _masked(part)
            for name, part in value.items()
        }
    if isinstance(value, list):
        return [_masked(part) for part in value]
    if isinstance(value, str) and (found := _SECRET.match(value)):
        return found[1] + "x" * (len(value) - len(found[1]))
    return value


def _hidden(value: Any) -> Any:  # noqa: ANN401  JSON.
    if isinstance(value, list):
        return [_hidden(part) for part in value]
    masked = _masked(value)
    return "x" * len(value) if isinstance(value, str) and masked == value else masked
