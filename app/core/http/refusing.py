"""Refusals become answers: whatever goes wrong, the client reads `application/problem+json`."""

import json
from collections.abc import Iterator, Mapping
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

from app.core import faults, problems
from app.core.database import unavailable
from app.core.idempotency import Replay
from app.core.problems import MEDIA_TYPE, InvalidRequest, Problem, ServerFault

logger = structlog.get_logger(__name__)


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
    told = [_fault(fault, invalid.body) for fault in invalid.errors()[: faults.MOST]]
    return _answered(request, InvalidRequest(told))


def _fault(fault: Mapping[str, Any], body: object) -> dict[str, str]:
    place, *path = fault["loc"]
    if place == "body":
        where = {"pointer": faults.pointer(faults.place(fault, path, body))}
    else:
        where = {"parameter": str(path[0]) if path else str(place)}
    return {"in": str(place), **where, **faults.said(fault)}


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
