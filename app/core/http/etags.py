"""Versions of resources over HTTP: who changes one says which, who has a public list keeps it.

- A route that reads or changes a row says `etags.mark(response, row)`.
- A route that changes one takes `expected: IfMatch` and says `etags.check(row, expected)`.
- A public list says `etags.mark_public(response)`; its ETag comes from its body.

Decision: only what is public is answered with a 304. A view may show more than its row (the
rights of a user, say), and that may change while the row keeps its version.
"""

import hashlib
import re
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Header, Request, Response
from fastapi.responses import StreamingResponse

from app.core.database import READING, Versioned
from app.core.problems import InvalidRequest, PreconditionFailed, PreconditionRequired

ANY = "*"
_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_TAGS = re.compile(rf"\s*{_TAG.pattern}(?:\s*,\s*{_TAG.pattern})*\s*")
KEPT_ON_304 = ("etag", "cache-control", "vary", "content-location", "access-control-allow-origin")

Expected = frozenset[str]


def tag(row: Versioned) -> str:
    """The ETag of a row."""
    return f'"{row.version}"'


def mark(response: Response, row: Versioned) -> None:
    """Say which version of a row the answer shows."""
    response.headers["ETag"] = tag(row)


def mark_public(response: Response, max_age_seconds: int = 60) -> None:
    """Let everybody keep the answer for a while; it says nothing that depends on its reader."""
    response.headers["Cache-Control"] = f"public, max-age={max_age_seconds}"


async def _if_match(
    value: Annotated[
        str | None,
        Header(
            alias="If-Match",
            description="Required: the ETag of the version that you change (`*` for any).",
            examples=['"3"'],
        ),
    ] = None,
) -> Expected:
    if value is None:
        message = "Send the ETag of the version that you change as If-Match."
        raise PreconditionRequired(message)
    if value.strip() == ANY:
        return frozenset({ANY})
    if not _TAGS.fullmatch(value):
        fault = {
            "in": "header",
            "parameter": "If-Match",
            "code": "not-an-etag",
            "detail": 'An ETag is written in double quotes, such as "3".',
        }
        raise InvalidRequest([fault])
    return frozenset(_TAG.findall(value))


IfMatch = Annotated[Expected, Depends(_if_match)]


def check(row: Versioned, expected: Expected) -> None:
    """Insist that the row is still as the caller knows it.

    Raises:
        PreconditionFailed: somebody changed it meanwhile.
    """
    if ANY not in expected and tag(row) not in expected:
        message = "The resource has changed since you read it. Read it again, then decide."
        raise PreconditionFailed(message)


def conditional(request: Request, response: Response) -> Response:
    """Answer 304 where the caller has this very public answer already (RFC 9110, 13.1.2)."""
    if request.method not in READING or response.status_code != HTTPStatus.OK:
        return response
    if not response.headers.get("cache-control", "").startswith("public"):
        return response
    if not isinstance(response, StreamingResponse):
        digest = hashlib.sha256(bytes(response.body)).hexdigest()[:32]
        response.headers.setdefault("ETag", f'"{digest}"')
    current = response.headers.get("etag")
    if current is None or not knows(request, current):
        return response
    kept = {name: response.headers[name] for name in KEPT_ON_304 if name in response.headers}
    return Response(status_code=304, headers=kept)


def knows(request: Request, current: str) -> bool:
    """Tell whether the caller has the version with this ETag already (`If-None-Match`)."""
    known = request.headers.get("if-none-match")
    if known is None:
        return False
    # A weak comparison: for reading, nearly the same is the same.
    tags = {given.removeprefix("W/") for given in _TAG.findall(known)}
    return known.strip() == ANY or current.removeprefix("W/") in tags
