"""Drawers in a cabinet: a domain of the tests' own, which takes and gives files as real ones do."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI, Header, Request, Response
from sqlalchemy import text

from app.core import files
from app.core.database import Session
from app.core.events import Actor
from app.core.files import File, FileView, Upload
from app.core.http.routing import router as make_router
from app.core.problems import NotAllowed, NotFound, Problem, refusals
from app.core.settings import Settings
from app.main import create_app

router = make_router("/drawers", "Drawers")

CLERK = Actor.system("clerk")


class DrawerFull(Problem):
    """Nothing fits into the drawer any more."""

    status = 409
    title = "The drawer is full"


async def _drawer(drawer_id: int, session: Session, key: Annotated[str, Header()] = "") -> int:
    # A guard reads: from here on a transaction is open.
    await session.execute(text("SELECT 1"))
    if key != "brass":
        raise NotAllowed("You have no key to this drawer.")
    return drawer_id


OwnDrawer = Annotated[int, Depends(_drawer)]


@router.post(
    "/{drawer_id}/files",
    status_code=201,
    response_model=FileView,
    responses=refusals(NotAllowed, DrawerFull),
)
async def put_in(drawer: OwnDrawer, upload: Upload, session: Session) -> File:
    """Put a file into a drawer."""
    file = await files.keep(session, await upload.receive(), CLERK)
    if drawer == FULL:
        raise DrawerFull("The drawer is full.")
    return file


FULL = 13


@router.post("/{drawer_id}/written-before", status_code=201, response_model=FileView)
async def write_too_early(drawer: OwnDrawer, upload: Upload, session: Session) -> File:
    """Do what no route may: write before the file is received."""
    await session.execute(text("INSERT INTO file_arrivals VALUES (gen_random_uuid(), now())"))
    assert drawer
    return await files.keep(session, await upload.receive(), CLERK)


@router.get(
    "/files/{file_id}/content",
    response_class=Response,
    responses={**files.DOWNLOAD, **refusals(NotFound)},
)
async def take_out(
    file_id: UUID, request: Request, session: Session, *, public: bool = False
) -> Response:
    """Take a file out of its drawer."""
    file = await session.get(File, file_id)
    if file is None:
        raise NotFound(f"There is no file {file_id}.")
    return await files.download(request, session, file, is_public=public)


@router.delete("/files/{file_id}", status_code=204, responses=refusals(NotFound))
async def burn(file_id: UUID, session: Session) -> None:
    """Erase a file."""
    await files.erase(session, file_id, CLERK)


def trial_app(settings: Settings) -> FastAPI:
    """The application, with these routes too."""
    app = create_app(settings)
    app.include_router(router)
    return app
