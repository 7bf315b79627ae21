"""Attachments: taken with suspicion, frozen with the plan, kept from whom they do not concern."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from urllib.parse import quote
from uuid import UUID

import httpx
import sqlalchemy as sa

from app.core.database import Database
from app.core.files import File
from app.core.settings import Settings
from app.main import create_app
from app.organisations.models import Membership
from app.projects import queries
from app.projects.models import ProjectState
from tests.conftest import calling, living
from tests.make import contents
from tests.projects.conftest import Fair, events_of, said, somebody_waits


async def attached(  # noqa: PLR0913  A file has three of these.
    client: httpx.AsyncClient,
    fair: Fair,
    path: str,
    content: bytes | None = None,
    name: str = "begroting.pdf",
    kind: str = "application/pdf",
) -> httpx.Response:
    return await client.post(
        f"{path}/attachments?isPublic=true",
        content=contents.a_pdf() if content is None else content,
        headers={
            **fair.writer.headers,
            "Content-Type": kind,
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        },
    )


async def a_path(database: Database, fair: Fair, state: ProjectState) -> str:
    async with database.work() as session:
        return f"/v1/projects/{(await fair.a_project(session, state)).id}"


async def test_a_version_keeps_what_was_attached(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    path = await a_path(database, fair, ProjectState.DRAFT)
    kept, dropped = [(await attached(client, fair, path)).json() for _ in range(2)]
    content = f"{path}/attachments/{kept['id']}/content"
    # The operator reads what was submitted, and no drafts.
    assert said(await client.get(content, headers=fair.viewer.headers))[0] == 404
    gone = await client.delete(f"{path}/attachments/{dropped['id']}", headers=fair.writer.headers)
    assert gone.status_code == 204

    headers = {**fair.owner.headers, "If-Match": "*"}
    version = (await client.post(f"{path}/submissions", headers=headers)).json()
    [frozen] = version["attachments"]
    assert frozen["id"] == kept["id"]
    assert frozen["fileId"] == kept["file"]["id"]
    assert frozen["sha256"] == hashlib.sha256(contents.a_pdf()).hexdigest()
    assert (frozen["name"], frozen["isPublic"]) == ("begroting.pdf", True)
    given = await client.get(content, headers=fair.viewer.headers)
    assert given.content == contents.a_pdf()
    assert given.headers["content-disposition"].startswith("attachment")
    assert given.headers["cache-control"] == "private, no-store"
    late = await client.delete(f"{path}/attachments/{kept['id']}", headers=fair.writer.headers)
    assert said(late) == (409, "/problems/project-state-forbids")
    async with database.reading() as session:
        assert (await session.get_one(File, dropped["file"]["id"])).erased_at is not None
        assert (await session.get_one(File, kept["file"]["id"])).erased_at is None


async def test_files_are_attached_to_what_is_written(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    for state in ProjectState:
        path = await a_path(database, fair, state)
        writable = state in {ProjectState.DRAFT, ProjectState.RETURNED}
        expected = (201, None) if writable else (409, "/problems/project-state-forbids")
        assert said(await attached(client, fair, path)) == expected, state


async def test_a_file_is_removed_once_whoever_else_removes_it(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    path = await a_path(database, fair, ProjectState.DRAFT)
    file = f"{path}/attachments/{(await attached(client, fair, path)).json()['id']}"
    project_id = UUID(path.rpartition("/")[2])
    async with database.work() as session:
        await queries.projects.locked(session, project_id)
        both = [
            asyncio.create_task(client.delete(file, headers=fair.writer.headers)) for _ in range(2)
        ]
        await somebody_waits(database, 2)
    assert [(await each).status_code for each in both] == [204, 204]
    happened = await events_of(database, project_id)
    assert happened.count("project.file-removed") == 1


async def test_who_left_while_a_file_came_in_attaches_nothing(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    path = await a_path(database, fair, ProjectState.DRAFT)

    async def slowly() -> AsyncIterator[bytes]:
        content = contents.a_pdf()
        yield content[:10]
        async with database.work() as session:
            leaving = sa.delete(Membership).where(Membership.user_id == fair.writer.user_id)
            await session.execute(leaving)
        yield content[10:]

    answer = await client.post(
        f"{path}/attachments",
        content=slowly(),
        headers={
            **fair.writer.headers,
            "Content-Type": "application/pdf",
            "Content-Disposition": "attachment; filename*=UTF-8''begroting.pdf",
        },
    )
    assert said(answer) == (404, "/problems/not-found")
    listed = await client.get(f"{path}/attachments", headers=fair.owner.headers)
    assert listed.json()["items"] == []


def a_bomb() -> bytes:
    return contents.an_ooxml(contents.DOCX, ("word/document.xml", b"\x00" * 300_000_000))


BAD = [
    (b"<html><script>alert(1)</script>", "plan.pdf", "application/pdf", 415),
    (contents.a_png(), "plan.pdf", "application/pdf", 415),
    (b"MZ\x90\x00" + b"\x00" * 60, "plan.exe", "application/x-msdownload", 415),
    (contents.a_pdf(), "../../etc/plan.pdf", "application/pdf", 400),
    (contents.a_pdf(), "plan\u202efdp.exe", "application/pdf", 400),
    (b"", "plan.pdf", "application/pdf", 400),
]


async def test_bad_files_are_refused(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    path = await a_path(database, fair, ProjectState.DRAFT)
    for content, name, kind, status in BAD:
        answer = await attached(client, fair, path, content, name, kind)
        assert answer.status_code == status, answer.text
    listed = await client.get(f"{path}/attachments", headers=fair.writer.headers)
    assert listed.json()["items"] == []


async def test_a_bomb_is_refused(client: httpx.AsyncClient, database: Database, fair: Fair) -> None:
    path = await a_path(database, fair, ProjectState.DRAFT)
    answer = await attached(client, fair, path, a_bomb(), "plan.docx", contents.DOCX)
    assert said(answer) == (400, "/problems/file-unsafe")


async def test_a_file_is_no_larger_than_the_installation_takes(
    settings: Settings, database: Database, fair: Fair
) -> None:
    path = await a_path(database, fair, ProjectState.DRAFT)
    small = settings.model_copy(update={"file_limit_bytes": 1_000})
    async with living(create_app(small)) as app, calling(app) as client:
        answer = await attached(client, fair, path, contents.a_pdf(5_000))
    assert said(answer) == (413, "/problems/file-too-large")
