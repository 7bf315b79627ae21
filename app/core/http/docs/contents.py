"""The OpenAPI document, arranged for a reader."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from markupsafe import Markup

from app.core.http.docs import members
from app.core.http.docs.members import Member, phrase, prose
from app.core.http.openapi import Document

_REASON = re.compile(r"`/problems/(?P<slug>[a-z0-9-]+)`: (?P<text>.+)", re.DOTALL)

RECEIVER = "the address of your endpoint"
"""Where webhooks go: they have no path here."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why an operation may refuse."""

    status: str
    slug: str
    text: Markup


@dataclass(frozen=True, slots=True)
class Success:
    """What comes back when it works."""

    status: str
    text: Markup
    kind: str
    members: tuple[Member, ...]
    has_etag: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that a client can do."""

    name: str
    method: str
    path: str
    summary: Markup
    description: Markup
    caller: str
    """Who may ask; nobody of what we send to others."""
    parameters: tuple[Member, ...]
    body_kind: str
    body: tuple[Member, ...]
    successes: tuple[Success, ...]
    refusals: tuple[Refusal, ...]
    """Those that are this operation's own."""
    usual_refusals: tuple[Refusal, ...]
    """Those that mean the same everywhere."""


@dataclass(frozen=True, slots=True)
class Group:
    """Operations on one noun."""

    name: str
    description: Markup
    operations: list[Operation] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        """Where the page has this group."""
        return "group-" + re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")


def groups(document: Document) -> list[Group]:
    """Arrange all operations by what they are about."""
    found = {
        tag["name"]: Group(tag["name"], phrase(tag["description"])) for tag in document["tags"]
    }
    for path, item in document["paths"].items():
        for method, operation in item.items():
            found[operation["tags"][0]].operations.append(
                _operation(document, path, method, operation)
            )
    for item in document.get("webhooks", {}).values():
        for method, operation in item.items():
            sent = _operation(document, RECEIVER, method, operation)
            found[operation["tags"][0]].operations.append(replace(sent, caller=""))
    return list(found.values())


def _operation(document: Document, path: str, method: str, operation: dict[str, Any]) -> Operation:
    answers = operation["responses"]
    refused = {status: answer for status, answer in answers.items() if status >= "400"}
    usual = {status: answer for status, answer in refused.items() if "$ref" in answer}
    own = {status: answer for status, answer in refused.items() if status not in usual}
    body = _content(operation.get("requestBody", {}))
    return Operation(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=phrase(operation["summary"]),
        description=prose(operation.get("description", "")),
        caller=_caller(operation),
        parameters=tuple(members.parameters(document, operation)),
        body_kind=members.kind(document, body) if body else "",
        body=tuple(members.rows(document, body)) if body else (),
        successes=tuple(
            _success(document, status, answer)
            for status, answer in answers.items()
            if status < "400"
        ),
        refusals=tuple(_refusals(document, own)),
        usual_refusals=tuple(_refusals(document, usual)),
    )


def _caller(operation: dict[str, Any]) -> str:
    """Say who may ask: `Anybody.`, or with which credential and scope."""
    ways = operation.get("security", [])
    if not ways:
        return "Anybody."
    scopes = sorted({scope for way in ways for names in way.values() for scope in names})
    names = " or ".join(name for way in ways for name in way)
    return f"Who signs in ({names})" + (
        f"; an API key needs {', '.join(scopes)}." if scopes else "."
    )


def _success(document: Document, status: str, answer: dict[str, Any]) -> Success:
    schema = _content(answer)
    return Success(
        status=status,
        text=phrase(answer["description"]),
        kind=members.kind(document, schema) if schema else "",
        members=tuple(members.rows(document, schema)) if schema else (),
        has_etag="ETag" in answer.get("headers", {}),
    )


def _content(part: dict[str, Any]) -> dict[str, Any]:
    """Take the schema of the first form in which something goes over the wire."""
    for form in part.get("content", {}).values():
        return dict(form.get("schema", {}))
    return {}


def _refusals(document: Document, answers: dict[str, Any]) -> Iterator[Refusal]:
    for status, answer in answers.items():
        text = members.resolved(document, answer)["description"]
        for paragraph in text.split("\n\n"):
            if reason := _REASON.fullmatch(paragraph):
                yield Refusal(status, reason["slug"], phrase(reason["text"]))
            else:
                yield Refusal(status, "", phrase(paragraph))
