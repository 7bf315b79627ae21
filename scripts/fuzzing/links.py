"""Which operation leads to which: what one answers with, others ask for.

The fuzzer would infer eighteen thousand links from the names of members, and follow none of them
in the time that it has. These are fewer, and lead on: from what makes things, or lists them, to
what is done with one of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.story.addresses import NAMED_BY, PLACE, anonymous

JSON = "application/json"
MAKING, READING = "201", "200"


@dataclass(frozen=True)
class Operation:
    """Something that can be asked, and where."""

    name: str
    method: str
    path: str
    description: dict[str, Any]

    @property
    def places(self) -> list[str]:
        """How the places of its path are called."""
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]


def add(document: dict[str, Any]) -> int:
    """Write links into a document; say how many."""
    every = list(operations(document))
    count = 0
    for source in every:
        status = MAKING if source.method == "post" else READING
        answer = source.description["responses"].get(status)
        if source.method in {"get", "post"} and answer:
            links = dict(_links(document, every, source, answer))
            answer["links"] = links
            count += len(links)
    return count


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    """Name every operation of a document."""
    for path, item in document["paths"].items():
        for method, description in item.items():
            if method in {"get", "post", "put", "patch", "delete"}:
                yield Operation(description["operationId"], method, path, description)


def _links(
    document: dict[str, Any],
    every: list[Operation],
    source: Operation,
    answer: dict[str, Any],
) -> Iterator[tuple[str, dict[str, Any]]]:
    members, where = _named(document, answer)
    for template, named_by in _leading_to(source.path, members):
        for target in every:
            tail = anonymous(target.path).removeprefix(template)
            if not anonymous(target.path).startswith(template) or tail.count("/") > 1:
                continue
            if PLACE in tail or tail.strip("/") != tail[1:]:
                continue
            *above, own = target.places
            passed_on = {name: f"$request.path.{name}" for name in above if name in source.places}
            parameters = {**passed_on, own: f"$response.body#{where}/{named_by}"}
            if len(parameters) == len(target.places):
                link = {"operationId": target.name, "parameters": parameters}
                yield f"{target.name}By{named_by.title()}", link


def _named(document: dict[str, Any], answer: dict[str, Any]) -> tuple[set[str], str]:
    """Say by which members an answer names a thing, or the first of them, and where they stand."""
    schema = _resolved(document, answer.get("content", {}).get(JSON, {}).get("schema", {}))
    where = ""
    if "items" in (properties := schema.get("properties", {})):
        where = "/items/0"
        properties = _resolved(document, properties["items"].get("items", {})).get("properties", {})
    return {name for name in NAMED_BY if name in properties}, where


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = document.get("components", {}).get("schemas", {}).get(name, schema)
    return found


def _leading_to(path: str, members: set[str]) -> Iterator[tuple[str, str]]:
    """Give what the addresses of such things look like: below this path, or further up."""
    below = f"{anonymous(path)}/{PLACE}"
    for member in sorted(members):
        yield below, member
    first, last = path.split("/")[1], path.rpartition("/")[2]
    if "id" in members:
        yield from (
            (top, "id") for top in {f"/{last}/{PLACE}", f"/{first}/{last}/{PLACE}"} - {below}
        )
