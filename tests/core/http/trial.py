"""Routes of the tests' own, that go wrong in every way a route can."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from fastapi import FastAPI, Header, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field, StringConstraints
from sqlalchemy.orm import Mapped

from app.core import paging, wire
from app.core.database import Base, Database, Session, Versioned
from app.core.http import etags
from app.core.http.etags import IfMatch
from app.core.http.routing import router as make_router
from app.core.paging import Page, PageOf, Paging
from app.core.problems import NotFound, Problem
from app.core.settings import Settings
from app.main import create_app

LEAK = "hunter2-of-the-inside"


class Note(Versioned):
    """A row that people change."""

    __tablename__ = "notes"

    title: Mapped[str]
    position: Mapped[int] = sa.orm.mapped_column(sa.BigInteger, default=0)


Base.metadata.remove(Base.metadata.tables["notes"])  # It is no table of the project's.


async def make_notes(settings: Settings) -> None:
    """Add the table to a test's own database, with a check that waits for the commit."""
    connection = await asyncpg.connect(settings.owner_url.replace("+asyncpg", ""))
    try:
        await connection.execute(NOTES)
    finally:
        await connection.close()


NOTES = """
    CREATE TABLE notes (
        id uuid PRIMARY KEY, version integer NOT NULL, title text NOT NULL,
        position bigint NOT NULL,
        CONSTRAINT uq_notes_title UNIQUE (title) DEFERRABLE INITIALLY IMMEDIATE
    );
    GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO PUBLIC
"""


class Kind(StrEnum):
    """A choice."""

    SMALL = "small"
    LARGE = "large"


class Line(wire.Request):
    """A part of an order."""

    quantity: Annotated[int, Field(ge=1, le=100)]
    note: str | None = None


class Circle(wire.Request):
    """One of two shapes."""

    kind: Literal["circle"]
    radius: int


class Square(wire.Request):
    """The other."""

    kind: Literal["square"]
    side: int


class Order(wire.Request):
    """Something of every sort."""

    unit_count: int
    is_urgent: bool
    weight: float | None = None
    subject_id: UUID
    due_on: date
    due_at: wire.Moment
    size: Kind
    lines: list[Line]
    counts: Annotated[dict[str, int], Field(default_factory=dict)]
    shape: Annotated[Circle | Square, Field(discriminator="kind")] | None = None
    either: int | list[int] | None = None


class NoteRequest(wire.Request):
    """What a note is made of."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=100)]


class NoteView(wire.View):
    """A note."""

    id: UUID
    title: str
    version: int


class Refused(Problem):
    """The route does not want to."""

    status = 409
    title = "No"


router = make_router("/trials", "trials")


@router.post("/orders")
async def order(request: Order) -> dict[str, Any]:
    """Say what was understood."""
    return request.model_dump(mode="json", by_alias=True)


@router.post("/anything")
async def anything(body: dict[str, Any]) -> dict[str, Any]:
    """Say it back."""
    return body


@router.get("/parameters/{number}/{name}")
async def parameters(
    number: Annotated[int, Path(le=100)],
    name: str,
    size: Kind,
    page_count: Annotated[int, Query(alias="pageCount", ge=1)],
    trace: Annotated[UUID, Header(alias="X-Trace")],
) -> dict[str, Any]:
    """Read parameters from everywhere."""
    return {"number": number, "name": name, "size": size, "pages": page_count, "trace": trace}


@router.get("/echo/{text}")
async def echo(text: str, session: Session, word: str = "") -> dict[str, Any]:
    """Show text to the database and back."""
    query = sa.select(sa.literal(text), sa.literal(word))
    found = (await session.execute(query)).one()
    return {"text": found[0], "word": found[1]}


@router.get("/notes", response_model=PageOf[NoteView])
async def list_notes(
    session: Session, response: Response, page: Paging, title: str | None = None
) -> Page[Note]:
    """List them, for everybody."""
    etags.mark_public(response)
    rows = sa.select(Note)
    if title is not None:
        rows = rows.where(Note.title == title)
    return await paging.page(session, rows, Note, page)


@router.post("/notes", status_code=201, response_model=NoteView)
async def write_note(request: NoteRequest, session: Session, response: Response) -> Note:
    """Write one."""
    note = Note(title=request.title)
    session.add(note)
    await session.flush()
    etags.mark(response, note)
    return note


async def _note(session: Session, note_id: UUID) -> Note:
    if note := await session.get(Note, note_id):
        return note
    raise NotFound(f"There is no note {note_id}.")


@router.get("/notes/{note_id}", response_model=NoteView)
async def read_note(note_id: UUID, session: Session, response: Response) -> Note:
    """Read one."""
    note = await _note(session, note_id)
    etags.mark(response, note)
    return note


@router.patch("/notes/{note_id}", response_model=NoteView)
async def change_note(
    note_id: UUID, request: NoteRequest, expected: IfMatch, session: Session, response: Response
) -> Note:
    """Change one."""
    note = await _note(session, note_id)
    etags.check(note, expected)
    await _meet(request.title)
    note.title = request.title
    await session.flush()
    etags.mark(response, note)
    return note


MEETING: dict[str, asyncio.Barrier] = {}
"""Titles at which requests wait for each other, so that both have read before one writes."""


async def _meet(title: str) -> None:
    if barrier := MEETING.get(title):
        await barrier.wait()


@router.get("/writing")
async def write_while_reading(session: Session) -> None:
    """Do what a reading route may not."""
    session.add(Note(title="written by a GET"))
    await session.flush()


@router.get("/read-only")
async def tell_read_only(session: Session, response: Response) -> dict[str, str]:
    """Say whether the transaction is READ ONLY, in a header too: a HEAD has no body."""
    found = str(await session.scalar(sa.text("SHOW transaction_read_only")))
    response.headers["X-Read-Only"] = found
    return {"readOnly": found}


@router.get("/standby")
async def tell_standby(session: Session) -> dict[str, object]:
    """Say who answers, and what notes it has."""
    standby = await session.scalar(sa.select(sa.func.pg_is_in_recovery()))
    titles = await session.scalars(sa.select(Note.title).order_by(Note.id))
    return {"standby": standby, "titles": list(titles)}


@router.post("/broken")
async def break_down(session: Session) -> None:
    """Write, then fall over a bug."""
    session.add(Note(title="written before the bug"))
    await session.flush()
    raise RuntimeError(LEAK)


@router.post("/refusing")
async def refuse(session: Session, request: Request) -> None:
    """Write in both transactions, then refuse."""
    session.add(Note(title="written before the refusal"))
    await session.flush()
    database: Database = request.app.state.database
    async with database.aside() as aside:
        aside.add(Note(title="written aside"))
    raise Refused("I will not.", reason="none", retry_after_seconds=7)


@router.post("/too-late", status_code=201)
async def be_refused_at_commit(session: Session) -> None:
    """Break a rule that the database looks at when the transaction ends."""
    await session.execute(sa.text("SET CONSTRAINTS ALL DEFERRED"))
    session.add_all([Note(title="twice"), Note(title="twice")])
    await session.flush()


@router.get("/slow")
async def be_slow(session: Session, seconds: float = 30) -> None:
    """Keep the database busy."""
    await session.execute(sa.select(sa.func.pg_sleep(seconds)))


@router.post("/locks/{number}")
async def lock(number: int, session: Session) -> None:
    """Wait for a lock."""
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


@router.post("/killed")
async def lose_the_connection(session: Session) -> None:
    """Be cut off in the middle."""
    session.add(Note(title="written before the cut"))
    await session.flush()
    await session.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))


@router.get("/stream")
async def stream() -> StreamingResponse:
    """Send parts, publicly."""

    async def parts() -> AsyncIterator[bytes]:
        for number in range(3):
            yield f"part {number}\n".encode()

    return StreamingResponse(parts(), headers={"Cache-Control": "public, max-age=60"})


@router.get("/half")
async def break_off() -> StreamingResponse:
    """Fall over a bug when half the answer is out."""

    async def parts() -> AsyncIterator[bytes]:
        yield b"half of it"
        raise RuntimeError(LEAK)

    return StreamingResponse(parts())


def trial_app(settings: Settings) -> FastAPI:
    """The application, with these routes too."""
    app = create_app(settings)
    app.include_router(router)
    return app
