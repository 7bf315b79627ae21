"""Hooks in walls: a noun with every trait that an operation can have, to test the document."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response
from fastapi.security import HTTPBearer

from app.core import wire
from app.core.http import etags
from app.core.http.etags import IfMatch
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.ids import new_id
from app.core.paging import PageOf, Paging
from app.core.problems import NotFound, Problem, refusals
from app.core.wire import Moment, View

router = router_of("/hooks", "Hooks")

Caller = Annotated[object, Depends(HTTPBearer(scheme_name="bearer", auto_error=False))]


class HookTaken(Problem):
    """Something hangs on the hook already."""

    status = 409
    title = "The hook is taken"


class CallerUnknown(Problem):
    """Nobody knows the caller."""

    status = 401
    title = "Who are you?"


class HookRequest(wire.Request):
    """A hook to be."""

    wall_height: int
    due_date: date


class HookPlaceView(View):
    """Where a hook is."""

    wall: str


class HookView(View):
    """A hook in a wall."""

    id: UUID
    wall_height: int
    due_date: date
    made_at: Moment
    place: HookPlaceView
    title: str | None = None


@router.get("", response_model=PageOf[HookView])
async def list_hooks(_paging: Paging, of_wall: Annotated[str, Query(alias="ofWall")] = "") -> None:
    """List the hooks. The oldest come first.

    They `never` move.
    """


@router.post(
    "", status_code=201, response_model=HookView, responses=refusals(HookTaken, CallerUnknown)
)
async def make_hook(_request: HookRequest, _caller: Caller, _once: Idempotent) -> None:
    """Make a hook.

    Raises:
        HookTaken: as it says.
    """


@router.get("/{hook_id}", response_model=HookView, responses=refusals(NotFound))
async def read_hook(hook_id: UUID, _caller: Caller) -> None:
    """Look at a hook."""


@router.patch("/{hook_id}", response_model=HookView)
async def change_hook(
    hook_id: UUID, _request: HookRequest, _caller: Caller, _expected: IfMatch
) -> None:
    """Change a hook."""


@router.delete("/{hook_id}", status_code=204, responses=refusals(HookTaken))
async def remove_hook(hook_id: UUID, _caller: Caller) -> None:
    """Remove a hook."""


@router.get("/public/colours", response_model=list[str], responses={304: {}})
async def list_colours(response: Response) -> list[str]:
    """List the colours of hooks."""
    etags.mark_public(response)
    return [str(new_id())]
