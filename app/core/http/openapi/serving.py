"""Hand the document to everybody who asks, from any web page (`/v1/openapi.json`)."""

import json
from collections.abc import Sequence
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRouter

from app.core.http import etags
from app.core.http.openapi.building import Document, document
from app.core.http.routing import Route
from app.core.problems import Problem

PATH = "/v1/openapi.json"
MAX_AGE_SECONDS = 300
# Dutch API Design Rules 2.1, /core/publish-openapi: scripts of any site may read it.
_ANYONE = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "API-Version, ETag"}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}


def install(
    app: FastAPI, credentials: Sequence[type[Problem]] = (), examples: Path | None = None
) -> None:
    """Publish the document of an application, made when it is first asked for.

    `credentials` are the refusals that every operation may give which asks who calls; `examples`
    is a file with worked examples of operations (`worked`).
    """
    made: dict[str, Document] = {}

    def once() -> Document:
        if "document" not in made:
            made["document"] = document(app, credentials, examples)
        return made["document"]

    # The way to extend the document that FastAPI itself describes.
    app.openapi = once  # type: ignore[method-assign]  # FastAPI's own way to replace it.
    app.include_router(router)


router = APIRouter(include_in_schema=False, route_class=Route)


# Not a coroutine: making the document takes a while, and others needn't wait for it.
@router.get(PATH)
def read_document(request: Request) -> Response:
    """Read the OpenAPI document."""
    app: FastAPI = request.app
    body = json.dumps(app.openapi(), ensure_ascii=False, separators=(",", ":"))
    response = Response(body, media_type="application/json", headers=_ANYONE)
    etags.mark_public(response, MAX_AGE_SECONDS)
    return response


@router.options(PATH)
async def allow_everybody() -> Response:
    """Answer a browser that asks whether a page of another site may read the document."""
    return Response(status_code=204, headers=_ANYONE | _PREFLIGHT)
