"""Routers of the domains: every route goes through one door."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from app.core import idempotency


class Route(APIRoute):
    """A route whose answer is kept with its idempotency key, in the same transaction."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the endpoint; the unit of work ends after this returns."""
        endpoint = super().get_route_handler()

        async def door(request: Request) -> Response:
            response = await endpoint(request)
            idempotency.keep(request, response)
            return response

        return door


def router(path: str, tag: str) -> APIRouter:
    """Make the router of one noun, below `/v1`."""
    return APIRouter(prefix=f"/v1{path}", tags=[tag], route_class=Route)
