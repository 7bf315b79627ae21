"""What every operation may answer, whoever wrote it: its refusals and the headers of the edge."""

import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any

from app.core.idempotency import IdempotencyKeyInUse, IdempotencyKeyReused
from app.core.problems import (
    MEDIA_TYPE,
    BodyTooLarge,
    InvalidRequest,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    Problem,
    ServerFault,
    TooManyRequests,
    Unavailable,
    UnsupportedMediaType,
)

CHANGING = frozenset({"post", "put", "patch"})
PROBLEM_SCHEMA = "#/components/schemas/Problem"
_TYPE = re.compile(r"`(/problems/[a-z0-9-]+)`")

EVERYWHERE = ("API-Version", "X-Request-Id", "RateLimit", "RateLimit-Policy")
HEADERS: dict[str, dict[str, Any]] = {
    "API-Version": {
        "description": "The full version of this interface (semantic versioning).",
        "required": True,
        "schema": {"type": "string", "examples": ["1.4.2"]},
    },
    "X-Request-Id": {
        "description": "The name of this request in the log; mention it in a question.",
        "required": True,
        "schema": {"type": "string", "format": "uuid"},
    },
    "RateLimit": {
        "description": "What is left of the caller's allowance: `r` requests, and in `t` seconds"
        " more (draft-ietf-httpapi-ratelimit-headers).",
        "schema": {"type": "string", "examples": ['"reads";r=1180;t=1']},
    },
    "RateLimit-Policy": {
        "description": "The caller's allowance: `q` requests in `w` seconds.",
        "schema": {"type": "string", "examples": ['"reads";q=1200;w=60']},
    },
    "Retry-After": {
        "description": "After how many seconds the same request may succeed.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "ETag": {
        "description": "The version of what is shown; send it as `If-Match` to change that"
        " version, or as `If-None-Match` to hear whether there is a newer one.",
        "schema": {"type": "string", "examples": ['"3"']},
    },
    "WWW-Authenticate": {
        "description": "How to say who is calling.",
        "schema": {"type": "string", "examples": ["Bearer"]},
    },
}


def headers(*names: str) -> dict[str, Any]:
    """Refer to headers, those of every answer included."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*EVERYWHERE, *names)}


def reasons(
    path: str, method: str, operation: dict[str, Any], credentials: Iterable[type[Problem]]
) -> Iterator[type[Problem]]:
    """Say why the house itself may refuse an operation; `credentials`, where it asks who calls."""
    parameters = {parameter["name"] for parameter in operation.get("parameters", ())}
    has_body = "requestBody" in operation
    if parameters or has_body or method in CHANGING:
        yield InvalidRequest
    if operation.get("security"):
        yield from credentials
    if "{" in path:
        yield NotFound
    if "Idempotency-Key" in parameters:
        yield from (IdempotencyKeyInUse, IdempotencyKeyReused)
    if "If-Match" in parameters:
        yield from (PreconditionFailed, PreconditionRequired)
    if "application/json" in operation.get("requestBody", {}).get("content", ()):
        yield from (BodyTooLarge, UnsupportedMediaType)
    yield from (TooManyRequests, ServerFault, Unavailable)


class Refusals:
    """The refusals of all operations; those that are everywhere the same are kept once."""

    def __init__(self) -> None:
        self.shared: dict[str, Any] = {}
        self.examples: dict[str, Any] = {}
        self._known = all_problems()

    def of(
        self, documented: dict[str, Any], common: Iterable[type[Problem]], *, asks_who: bool
    ) -> dict[str, Any]:
        """Merge what a route documents with what the house adds, by status."""
        by_status: dict[str, list[type[Problem]]] = {status: [] for status in documented}
        if asks_who:
            by_status.setdefault("401", [])
        for reason in common:
            by_status.setdefault(str(int(reason.status)), []).append(reason)
        return {
            status: self._answer(status, documented.get(status), by_status[status])
            for status in sorted(by_status)
        }

    def _answer(
        self, status: str, documented: dict[str, Any] | None, common: list[type[Problem]]
    ) -> dict[str, Any]:
        own = "" if documented is None else str(documented["description"])
        added = [reason for reason in common if f"`{reason.type_path()}`" not in own]
        sentences = [own, *(f"`{reason.type_path()}`: {sentence(reason)}" for reason in added)]
        text = "\n\n".join(filter(None, sentences)) or "The request does not say who calls."
        answer: dict[str, Any] = {"description": text, "headers": headers(*_told_by(status, text))}
        content: dict[str, Any] = {"schema": {"$ref": PROBLEM_SCHEMA}}
        if examples := self._examples(text):
            content["examples"] = examples
        answer["content"] = {MEDIA_TYPE: content}
        return answer if own else self._share(status, added, answer)

    def _share(
        self, status: str, added: list[type[Problem]], answer: dict[str, Any]
    ) -> dict[str, Any]:
        name = added[0].__name__ if added else f"Status{status}"
        # The same first reason can stand before others: such an answer is its operation's own.
        if self.shared.setdefault(name, answer) != answer:
            return answer
        return {"$ref": f"#/components/responses/{name}"}

    def _examples(self, text: str) -> dict[str, Any]:
        found = {}
        for path in _TYPE.findall(text):
            if reason := self._known.get(path):
                self.examples.setdefault(reason.__name__, _example(reason))
                found[reason.__name__] = {"$ref": f"#/components/examples/{reason.__name__}"}
        return found


def _told_by(status: str, text: str) -> list[str]:
    if int(status) == HTTPStatus.UNAUTHORIZED:
        return ["WWW-Authenticate"]
    waiting = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
    if int(status) in waiting or f"`{IdempotencyKeyInUse.type_path()}`" in text:
        return ["Retry-After"]
    return []


def sentence(reason: type[Problem]) -> str:
    """Say what a problem means."""
    return " ".join((reason.__doc__ or reason.title).strip().partition("\n\n")[0].split())


def _example(reason: type[Problem]) -> dict[str, Any]:
    value: dict[str, Any] = {
        "type": reason.type_path(),
        "title": reason.title,
        "status": int(reason.status),
        "detail": sentence(reason),
        "instance": "/v1/things",
        "requestId": "01986a2b-5c1e-7a60-b5d4-0f6f2d3c9a11",
    }
    if reason is InvalidRequest:
        fault = {"in": "query", "parameter": "limit", "code": "greater-than-equal"}
        value |= {
            "detail": "The request has 1 fault; see errors.",
            "errors": [{**fault, "detail": "Input should be greater than or equal to 1"}],
        }
    return {"summary": reason.title, "value": value}


def all_problems() -> dict[str, type[Problem]]:
    """Find every reason for a refusal that the program knows, by its type."""
    found: dict[str, type[Problem]] = {}
    waiting = Problem.__subclasses__()
    while waiting:
        reason = waiting.pop(0)
        found.setdefault(reason.type_path(), reason)
        waiting += reason.__subclasses__()
    return found
