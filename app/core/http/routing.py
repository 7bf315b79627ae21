"""Routers of the domains: every route goes through one door."""

import inspect
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from email.message import Message
from typing import Any, TypeAlias

from fastapi import APIRouter, Request, Response
from fastapi.params import Form
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from app.core import idempotency
from app.core.http import etags, strict_json
from app.core.http.edge import announced_bytes
from app.core.problems import BodyTooLarge, Problem, UnsupportedMediaType, refusals
from app.core.settings import Settings


class StrictRequest(Request):
    """A request whose JSON is read strictly, once."""

    async def json(self) -> Any:  # noqa: ANN401  JSON can be anything.
        """Read the body as JSON.

        Raises:
            InvalidRequest: it is none, or none that means one thing.
        """
        if not hasattr(self, "_json"):
            settings: Settings = self.app.state.settings
            self._json = strict_json.loads(await self.body(), settings.json_depth_limit)
        return self._json


@dataclass(frozen=True, slots=True)
class BodyReader:
    """Annotates a dependency that reads the body itself, and tells the OpenAPI document of it."""

    request_body: dict[str, Any]
    reasons: tuple[type[Problem], ...]
    """Why it may refuse."""


class Route(APIRoute):
    """A route that reads JSON strictly, keeps answers with their idempotency key and knows ETags.

    The answer is kept in the transaction of its effect: the unit of work ends after the door.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401  Those of FastAPI.
        self.body_readers = _body_readers(endpoint)
        for reader in self.body_readers:
            options["openapi_extra"] = {
                "requestBody": reader.request_body,
                **(options.get("openapi_extra") or {}),
            }
            options["responses"] = _joined(options.get("responses"), refusals(*reader.reasons))
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the endpoint."""
        endpoint = super().get_route_handler()
        field, takes_files = self.body_field, bool(self.body_readers)
        reads_json = field is not None and not isinstance(field.field_info, Form)

        async def door(request: Request) -> Response:
            if not takes_files:
                _insist_on_length(request)
            if reads_json:
                _insist_on_json(request)
            response = await endpoint(StrictRequest(request.scope, request.receive))
            idempotency.keep(request, response)
            await _tell(request, response)
            return etags.conditional(request, response)

        return door


async def _tell(request: Request, response: Response) -> None:
    """Tell who asked to hear of answers, before this one leaves; if that fails, it does not."""
    on_answer = getattr(request.app.state, "on_answer", None)
    if on_answer is not None:
        await on_answer(request, response)


def _body_readers(endpoint: Callable[..., Any]) -> list[BodyReader]:
    return [
        mark
        for parameter in inspect.signature(endpoint).parameters.values()
        for mark in getattr(parameter.annotation, "__metadata__", ())
        if isinstance(mark, BodyReader)
    ]


Responses = dict[int | str, dict[str, Any]]


def _joined(own: Responses | None, added: Responses) -> Responses:
    """Add reasons to a route's own, which may have the same status."""
    joined = dict(own or {})
    for status, answer in added.items():
        sentences = [joined.get(status, {}).get("description", ""), answer["description"]]
        joined[status] = {**answer, "description": "\n\n".join(filter(None, sentences))}
    return joined


def _insist_on_length(request: Request) -> None:
    settings: Settings = request.app.state.settings
    if announced_bytes(request.scope) > settings.body_limit_bytes:
        raise BodyTooLarge(f"The body is larger than {settings.body_limit_bytes} bytes.")


def _insist_on_json(request: Request) -> None:
    headers = request.headers
    if headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers:
        return
    message = Message()
    message["content-type"] = headers.get("content-type", "")
    # As FastAPI reads it: what it does not take for JSON would be called a malformed body.
    family, _, kind = message.get_content_type().partition("/")
    if family != "application" or not (kind == "json" or kind.endswith("+json")):
        raise UnsupportedMediaType("Send the body as `Content-Type: application/json`.")


class Router(APIRouter):
    """A router that is passed over where no route of it fits the shape of a path.

    FastAPI asks every route of every router, which is a large part of what a request costs. Most
    can be told by the length of the path and two of its words.
    """

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  Those of FastAPI.
        super().__init__(**options)
        self._shapes: set[_Shape] = set()
        self._shaped = 0

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Ask the routes of this router, if there is a chance."""
        if scope["type"] == "http" and not self._may_fit(scope["path"]):
            return Match.NONE, {}
        return super().matches(scope)

    def _may_fit(self, path: str) -> bool:
        if self._shaped != len(self.routes):
            self._shapes = {_shape_of(route) for route in self.routes}
            self._shaped = len(self.routes)
        words = path.split("/")
        noun, verb = words[2:3], words[4:5]
        shapes = ((len(words), *noun, *word) for word in (verb, _ANY))
        return not self._shapes.isdisjoint(shapes)


_Shape: TypeAlias = tuple[int | str, ...]
"""How many words a path has, and which the third and the fifth are: `/v1/orders/{id}/units`."""

_ANY = ["{}"]


def _shape_of(route: BaseRoute) -> _Shape:
    words = getattr(route, "path", "").split("/")
    noun, verb = words[2:3], words[4:5]
    if any("{" in word for word in noun) or any(":path}" in word for word in words):
        message = f"The path {'/'.join(words)} must say by its noun, after /v1, what it is about."
        raise ValueError(message)
    return (len(words), *noun, *(_ANY if verb and "{" in verb[0] else verb))


def router(path: str, tag: str) -> APIRouter:
    """Make the router of one noun, below `/v1`."""
    return Router(prefix=f"/v1{path}", tags=[tag], route_class=Route)
