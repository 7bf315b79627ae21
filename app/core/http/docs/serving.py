"""Hand out the pages; everybody may keep them for a while."""

from operator import itemgetter
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response

from app.core.http import etags
from app.core.http.docs import contents
from app.core.http.docs.members import prose
from app.core.http.openapi.answers import all_problems
from app.core.http.routing import Route
from app.core.languages import SOURCE, templates
from app.core.problems import NotFound, Problem
from app.core.settings import Settings

MAX_AGE_SECONDS = 300
STYLE = Path(__file__).with_name("style.css")
# The edge forbids everything; these pages load their own style and nothing else.
POLICY = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)

router = APIRouter(include_in_schema=False, route_class=Route)


def install(app: FastAPI) -> None:
    """Serve the documentation of an application."""
    app.state.reference = None
    app.include_router(router)


# No coroutine: the first page takes a while to make, and others needn't wait for it.
@router.get("/docs")
def read_reference(request: Request) -> Response:
    """Read about every operation."""
    app: FastAPI = request.app
    if app.state.reference is None:
        document = app.openapi()
        app.state.reference = _rendered(
            app,
            "reference",
            about=prose(document["info"]["description"]),
            server=document["servers"][0]["url"],
            groups=contents.groups(document),
        )
    return _page(app.state.reference)


@router.get("/docs/style.css")
async def read_style() -> Response:
    """Read how the pages look."""
    response = Response(STYLE.read_bytes(), media_type="text/css")
    etags.mark_public(response, MAX_AGE_SECONDS)
    return response


@router.get("/problems")
async def list_problems(request: Request) -> Response:
    """Read which refusals there are."""
    found = [_explained(reason) for reason in all_problems().values()]
    found.sort(key=itemgetter("status", "title"))
    return _page(_rendered(request.app, "problems", problems=found))


@router.get("/problems/{slug}")
async def read_problem(request: Request, slug: str) -> Response:
    """Read what a refusal means: the page that its `type` leads to."""
    reason = all_problems().get(f"/problems/{slug}")
    if reason is None:
        message = "There is no such problem; /problems lists them."
        raise NotFound(message)
    return _page(_rendered(request.app, "problem", problem=_explained(reason)))


def _explained(reason: type[Problem]) -> dict[str, Any]:
    # The docstring that a class merely inherits speaks of another one.
    text = " ".join((vars(reason).get("__doc__") or reason.title).split("\n    "))
    return {
        "path": reason.type_path(),
        "slug": reason.type_path().rpartition("/")[2],
        "title": reason.title,
        "status": int(reason.status),
        "text": prose(text),
    }


def _rendered(app: FastAPI, name: str, **values: object) -> str:
    settings: Settings = app.state.settings
    template = templates(SOURCE).get_template(f"core/http/docs/{name}.html")
    return template.render(
        title=app.title,
        version=app.version,
        mode="demo" if settings.demo else settings.mode.value,
        **values,
    )


def _page(html: str) -> Response:
    response = Response(html, media_type="text/html", headers={"Content-Security-Policy": POLICY})
    etags.mark_public(response, MAX_AGE_SECONDS)
    return response
