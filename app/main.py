"""Put the house together: routers, handlers of jobs, hooks. Nobody imports this but `cli`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

from app import __version__
from app.core import installation
from app.core.database import open_database
from app.core.settings import Settings

ROUTERS: tuple[APIRouter, ...] = ()


def create_app(settings: Settings) -> FastAPI:
    """Build the web application; nothing connects before its lifespan begins."""
    app = FastAPI(
        title="Baat",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.settings = settings
    for router in ROUTERS:
        app.include_router(router)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    database = open_database(settings)
    app.state.database = database
    try:
        async with database.reading() as session:
            await installation.check(session, settings)
        yield
    finally:
        await database.close()
