"""What this service is, and where to read on."""

from typing import Annotated

from fastapi import Request
from pydantic import Field

from app import __version__
from app.core import clock
from app.core.http.routing import router as router_of
from app.core.settings import Mode, Settings
from app.core.wire import Moment, View

router = router_of("", "Service")


class ServiceLinksView(View):
    """Where to read on."""

    documentation: Annotated[str, Field(json_schema_extra={"format": "uri"})]
    openapi: Annotated[str, Field(json_schema_extra={"format": "uri"})]
    problems: Annotated[
        str, Field(description="What each refusal means.", json_schema_extra={"format": "uri"})
    ]


class ServiceView(View):
    """An installation of this service."""

    name: str
    version: Annotated[str, Field(description="Semantic; as in the `API-Version` header.")]
    mode: Annotated[Mode, Field(description="In `test` nothing is real; in `live` everything is.")]
    is_demo: Annotated[bool, Field(description="A demo's clock can be set.")]
    now: Annotated[Moment, Field(description="The present time of this installation.")]
    links: ServiceLinksView


# The root is the one resource that answers with a slash too: it is where the server's URL ends.
@router.get("/", include_in_schema=False)
@router.get("")
async def read_service(request: Request) -> ServiceView:
    """See what this service is, what time it has, and where to read on."""
    settings: Settings = request.app.state.settings
    here = settings.public_url
    return ServiceView(
        name=request.app.title,
        version=__version__,
        mode=settings.mode,
        is_demo=settings.demo,
        now=clock.now(),
        links=ServiceLinksView(
            documentation=f"{here}/docs",
            openapi=f"{here}/v1/openapi.json",
            problems=f"{here}/problems",
        ),
    )
