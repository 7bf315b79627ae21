"""Refusals become answers: whatever goes wrong, the client reads `application/problem+json`."""

import json
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from app.core import problems
from app.core.database import unavailable
from app.core.idempotency import Replay
from app.core.problems import MEDIA_TYPE, InvalidRequest, Problem, ServerFault

logger = structlog.get_logger(__name__)

CODES = {
    "extra_forbidden": "unknown-member",
    "json_invalid": "not-json",
    "dict_type": "not-an-object",
    "model_attributes_type": "not-an-object",
    "model_type": "not-an-object",
}
"""Words of ours for some of the validator's; the others are its own, in kebab-case."""

DETAILS = {
    "dict_type": "Input should be an object",
    "extra_forbidden": "This member is not known here",
    "model_attributes_type": "Input should be an object",
    "model_type": "Input should be an object",
    "union_tag_invalid": "This is none of the kinds that are known here",
    "uuid_parsing": "Input should be a valid UUID",
}
"""Sentences of ours where the validator's own repeat what was sent, or speak of Python."""

MOST_FAULTS = 1_000
"""More are not told: a body full of faults would get an answer many times its size."""


def install(app: FastAPI) -> None:
    """Answer every refusal of an application as a problem."""
    app.add_exception_handler(Problem, _refused)
    app.add_exception_handler(Replay, _replayed)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _framework)
    app.add_exception_handler(StaleDataError, _stale)
    app.add_exception_handler(SQLAlchemyError, _database)


def answer(problem: Problem, *, path: str, request_id: str) -> Response:
    """Write a problem down."""
    members = {**problem.members(), "instance": quote(path), "requestId": request_id}
    response = Response(
        json.dumps(members, ensure_ascii=False), problem.status, media_type=MEDIA_TYPE
    )
    if problem.retry_after_seconds is not None:
        response.headers["Retry-After"] = str(problem.retry_after_seconds)
    if problem.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


async def _refused(request: Request, error: Exception) -> Response:
    problem = cast("Problem", error)
    note = getattr(request.app.state, "on_refusal", None)
    if problem.in_trail and note is not None:
        await note(request, problem)
    return _answered(request, problem)


def _answered(request: Request, problem: Problem) -> Response:
    request_id = getattr(request.state, "request_id", "")
    return answer(problem, path=request.scope["path"], request_id=request_id)


async def _replayed(_request: Request, error: Exception) -> Response:
    return cast("Replay", error).response


async def _malformed(request: Request, error: Exception) -> Response:
    invalid = cast("RequestValidationError", error)
    faults = [_fault(fault, invalid.body) for fault in invalid.errors()[:MOST_FAULTS]]
    return _answered(request, InvalidRequest(faults))


def _fault(fault: Mapping[str, Any], body: object) -> dict[str, str]:
    """Say where a fault is and what it is; never the value, which may be a password."""
    place, *path = fault["loc"]
    if place == "body":
        where = {"pointer": _pointer(_present(path, body, is_missing=fault["type"] == "missing"))}
    else:
        where = {"parameter": str(path[0]) if path else str(place)}
    code = CODES.get(fault["type"], fault["type"].replace("_", "-"))
    detail = DETAILS.get(fault["type"], str(fault["msg"])).removeprefix("Value error, ")
    return {"in": str(place), **where, "code": code, "detail": detail}


def _present(path: list[str | int], body: object, *, is_missing: bool) -> Iterator[str | int]:
    """Leave out the steps that are the validator's own: tags and branches of unions."""
    here: Any = body
    for step in path:
        if _holds(here, step):
            yield step
            here = here[step]
    if is_missing and path:
        yield path[-1]


def _holds(value: object, step: str | int) -> bool:
    if isinstance(value, list):
        return isinstance(step, int) and step < len(value)
    return isinstance(value, dict) and step in value


def _pointer(path: Iterable[str | int]) -> str:
    """Write a JSON Pointer as a URI fragment (RFC 6901, section 6)."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in path)
    return "#" + "".join(f"/{quote(step, safe=_FRAGMENT)}" for step in steps)


_FRAGMENT = "!$&'()*+,;=:@?~"


_FRAMEWORK: dict[int, type[Problem]] = {
    HTTPStatus.NOT_FOUND: problems.NotFound,
    HTTPStatus.METHOD_NOT_ALLOWED: problems.MethodNotAllowed,
}

_SENTENCES = {
    HTTPStatus.NOT_FOUND: "There is nothing at this path.",
    HTTPStatus.METHOD_NOT_ALLOWED: "Allow lists the methods of this resource.",
}


async def _framework(request: Request, error: Exception) -> Response:
    refusal = cast("HTTPException", error)
    if isinstance(refusal.__cause__, Problem):  # The framework wraps what reading a body raises.
        return _answered(request, refusal.__cause__)
    kind = _FRAMEWORK.get(refusal.status_code)
    if kind is None:
        problem: Problem = InvalidRequest(
            [{"in": "body", "pointer": "#", "code": "unreadable", "detail": "Can't be read."}]
        )
    else:
        problem = kind(_SENTENCES[HTTPStatus(refusal.status_code)])
    response = _answered(request, problem)
    response.headers.update(refusal.headers or {})
    if refusal.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = ", ".join(_methods(request))
    return response


def _methods(request: Request) -> Iterator[str]:
    """Ask every route: the framework names the methods of the first that has the path."""
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        scope = {**request.scope, "method": method}
        if any(route.matches(scope)[0] is Match.FULL for route in request.app.router.routes):
            yield method
            if method == "GET":
                yield "HEAD"


async def _stale(request: Request, _error: Exception) -> Response:
    message = "Somebody changed the resource in the meantime. Read it again."
    return _answered(request, problems.PreconditionFailed(message))


async def _database(request: Request, error: Exception) -> Response:
    if (passing := unavailable(error)) is None:
        raise error
    logger.warning("database_unavailable", reason=str(passing))
    return _answered(request, passing)


def fault(error: BaseException, *, path: str, request_id: str) -> Response:
    """Answer a bug: the log learns what happened, the client does not."""
    logger.error("server_fault", exc_info=error)
    return answer(ServerFault(), path=path, request_id=request_id)
