"""What every test would make anew, and all of one process can share.

Making it took a third of the suite's time, because each test has an application and engines of its
own. Applications of one process are made of the same routers and speak to the same PostgreSQL.
"""

from collections.abc import Hashable, Sequence
from copy import deepcopy
from typing import Any

import sqlalchemy as sa
from fastapi.openapi.utils import get_openapi
from fastapi.routing import _EffectiveRouteContext, _IncludedRouter
from sqlalchemy import event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from starlette.routing import BaseRoute

from app.core.http.openapi import building


def share() -> None:
    """Share all of it, from now on."""
    _share_compiled_statements()
    _share_routes()
    _share_drafts()


class SharedDialect(PGDialect_asyncpg):
    """The dialect of PostgreSQL by asyncpg, equal to every other one of this process.

    It is a part of the key under which SQLAlchemy keeps a compiled statement.
    """

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))


def _share_compiled_statements() -> None:
    compiled: dict[object, object] = {}
    registry.register("postgresql.asyncpg", __name__, SharedDialect.__name__)

    @event.listens_for(sa.Engine, "engine_connect")
    def _connect(connection: sa.Connection) -> None:
        connection.execution_options(compiled_cache=compiled)


def _share_routes() -> None:
    """Let what FastAPI finds out about a route of an included router serve the next application.

    Of the application itself it holds only whose dependencies are overridden: nobody's.
    """
    build = _IncludedRouter._build_effective_context
    built: dict[Hashable, tuple[BaseRoute, _EffectiveRouteContext | None]] = {}

    def once(self: _IncludedRouter, route: BaseRoute) -> _EffectiveRouteContext | None:
        context = self.include_context
        key = (id(route), context.prefix, len(context.dependencies), len(context.responses))
        if key not in built:
            # The route is kept as well: no other one gets its id.
            built[key] = (route, build(self, route))
        return built[key][1]

    _IncludedRouter._build_effective_context = once  # type: ignore[method-assign]  # For all tests.


def _share_drafts() -> None:
    """Let FastAPI describe the same routes only once; what we make of it is made each time."""
    drafts: dict[Hashable, tuple[object, dict[str, Any]]] = {}

    def once(
        *, title: str, version: str, routes: Sequence[BaseRoute], webhooks: Sequence[BaseRoute]
    ) -> dict[str, Any]:
        key = (title, version, *map(_identity, routes), None, *map(_identity, webhooks))
        if key not in drafts:
            draft = get_openapi(title=title, version=version, routes=routes, webhooks=webhooks)
            drafts[key] = ([*routes, *webhooks], draft)
        return deepcopy(drafts[key][1])

    vars(building)[get_openapi.__name__] = once


def _identity(route: BaseRoute) -> Hashable:
    if isinstance(route, _IncludedRouter):
        return id(route.original_router), route.include_context.prefix
    return id(getattr(route, "endpoint", route))
