"""What the fuzzer is told while it runs: which things there are, and to count.

Of itself it asks for things that don't exist, and hears little but 404. Where a request is one that
the document allows, its ids become those of things that stand in the demo, or were made meanwhile;
one of a few stays as it is. The fuzzer loads this by its name (`SCHEMATHESIS_HOOKS`).
"""

import atexit
import json
import os
from collections import Counter
from http import HTTPStatus
from pathlib import Path
from typing import Any
from zlib import crc32

import schemathesis
from schemathesis import Case, HookContext
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response

from app.story.addresses import PREFIX, Addresses
from scripts.fuzzing import links
from scripts.fuzzing.running import KNOWN, TALLY

LEFT_AS_IT_IS = 12
"""One of so many requests asks for what the fuzzer thought of."""
KEPT_FILTERS = 3
"""One of so many lists is asked for with the filters that the fuzzer thought of."""
LONGEST_ANSWER_BYTES = 200_000


class Ground:
    """The things that are known, and what was counted."""

    def __init__(self) -> None:
        self.addresses = Addresses(())
        self.tally: Counter[str] = Counter()
        self.done: set[str] = set()

    def write(self) -> None:
        """Write down what was counted."""
        if file := os.environ.get(TALLY):
            counted = {"answers": self.tally, "done": sorted(self.done)}
            Path(file).write_text(json.dumps(counted))


GROUND = Ground()
atexit.register(GROUND.write)


@schemathesis.hook
def before_load_schema(_context: HookContext, raw_schema: dict[str, Any]) -> None:
    """Let one operation lead to another."""
    links.add(raw_schema)


@schemathesis.hook
def after_load_schema(_context: HookContext, schema: Any) -> None:  # noqa: ANN401  Of any kind.
    """Take the addresses that were found beforehand."""
    GROUND.addresses = Addresses(schema.raw_schema["paths"])
    if file := os.environ.get(KNOWN):
        for address in json.loads(Path(file).read_text()):
            GROUND.addresses.learn(address, None)


@schemathesis.hook
def before_call(_context: HookContext, case: Case[Any], _kwargs: dict[str, Any]) -> None:
    """Let a request be about things that there are."""
    if case.path_parameters and _is_allowed(case, ParameterLocation.PATH):
        case.path_parameters.update(places(case.operation.path, case.path_parameters))
    if (
        case.query
        and _is_allowed(case, ParameterLocation.QUERY)
        and not _is_one_in(KEPT_FILTERS, case.query)
    ):
        # Lists from their beginning, with all that is in them: what they name leads on.
        case.query.clear()
    if isinstance(case.body, dict | list) and _is_allowed(case, ParameterLocation.BODY):
        stand_on_ground(case.body)


def _is_allowed(case: Case[Any], location: ParameterLocation) -> bool:
    if case.meta is None or (part := case.meta.components.get(location)) is None:
        return False
    return bool(part.mode.is_positive)


def places(template: str, given: dict[str, Any]) -> dict[str, str]:
    """Name things that there are, as far down a path as any are known."""
    parts = template.split("/")
    asked = [str(given.get(part[1:-1], part)) if _is_place(part) else part for part in parts]
    for length in range(len(parts), 1, -1):
        if not _is_place(parts[length - 1]):
            continue
        known = GROUND.addresses.fitting("/".join(parts[:length]))
        if known:
            found = _chosen(known, "/".join(asked[:length])).split("/")
            return {
                part[1:-1]: value
                for part, value in zip(parts, found, strict=False)
                if _is_place(part)
            }
    return {}


def _is_place(part: str) -> bool:
    return part.startswith("{") and part.endswith("}")


def _chosen(known: list[str], asked: str) -> str:
    """Choose for what was asked one that is known; the same for the same."""
    if asked in known or _is_one_in(LEFT_AS_IT_IS, asked):
        return asked
    return known[crc32(asked.encode()) % len(known)]


def _is_one_in(number: int, asked: object) -> bool:
    """Tell whether something that was asked is one of so many; the same of the same."""
    return crc32(repr(asked).encode()) % number == 0


def stand_on_ground(body: Any) -> None:  # noqa: ANN401  JSON.
    """Let the ids in a body be those of things that there are."""
    for name, value in body.items() if isinstance(body, dict) else enumerate(body):
        if isinstance(value, dict | list):
            stand_on_ground(value)
        elif isinstance(value, str) and (known := _ids(name)):
            body[name] = _chosen(known, value)


def _ids(name: object) -> list[str]:
    if isinstance(name, str) and name.endswith("Id"):
        return GROUND.addresses.ids(name)
    return []


@schemathesis.hook
def after_call(_context: HookContext, case: Case[Any], response: Response) -> None:
    """Count, and learn what there is now."""
    GROUND.tally[str(response.status_code)] += 1
    if response.status_code >= HTTPStatus.MULTIPLE_CHOICES:
        return
    GROUND.done.add(str(case.operation.definition.raw.get("operationId")))
    is_json = "application/json" in response.headers.get("content-type", [""])[0]
    if is_json and 0 < len(response.content) < LONGEST_ANSWER_BYTES:
        path = f"{PREFIX}{case.formatted_path}"
        GROUND.addresses.learn(path, json.loads(response.content))
