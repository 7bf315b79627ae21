"""Answering with a list: a page of it, or all of it as a file."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.problems import ExportTooLong
from app.audits.schemas.lists import ListLinksView, ListOf, ListRequest
from app.core import clock
from app.core.files import names
from app.core.paging import LARGEST_PAGE, Page, PageRequest
from app.core.problems import refusals
from app.core.sheets import ExportFormat, Origin, exported
from app.core.wire import View
from app.ledger import positions
from app.ledger.problems import NotKnownYet

MOST_EXPORTED_ROWS = 20_000
"""A file is made in memory, so that its SHA-256 can be written down before it leaves."""

Shown = TypeVar("Shown", bound=View)
Read = Callable[[PageRequest, int], Awaitable[Page[Shown]]]
"""Reads a part of a list, as known at a position."""

FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            each.media_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
            for each in (ExportFormat.CSV, ExportFormat.XLSX)
        }
    },
    **refusals(NotKnownYet, ExportTooLong),
}
"""`responses` of a route that answers with a list."""


async def answer(
    request: Request,
    session: AsyncSession,
    asked: ListRequest,
    view: type[Shown],
    read: Read[Shown],
) -> Response | ListOf[Shown]:
    """Answer with a page, or with the whole list as a file.

    Raises:
        NotKnownYet: the books have not come so far.
        ExportTooLong: it has too many rows for a file.
    """
    position = await known(session, asked.position)
    path, filters = request.scope["path"], {**asked.filters(), "position": position}
    links = ListLinksView(
        **{each: _query(path, {**filters, "format": each.value}) for each in ExportFormat}
    )
    if asked.format is None:
        page = await read(asked, position)
        return ListOf[Shown](items=list(page.items), next=page.next, position=position, links=links)
    rows = await _all(asked, position, read)
    for name, end in (("after", asked.after), ("until", asked.until)):
        if end is not None:
            filters[name] = str(end)
    origin = Origin(_query(path, filters), clock.now(), position)
    whole = {"next": None, "position": position, "links": links.model_dump(by_alias=True)}
    name = f"{path.rpartition('/')[2]}-{position}.{asked.format}"
    return Response(
        await exported(asked.format, view, rows, origin, whole),
        headers={
            "Content-Type": asked.format.media_type,
            names.HEADER: names.attachment(name),
        },
    )


async def known(session: AsyncSession, position: int | None) -> int:
    """Take the position that is asked for, or the newest.

    Raises:
        NotKnownYet: the books have not come so far.
    """
    if position is None:
        return await positions.latest(session)
    return await positions.insist(session, position)


async def _all(asked: ListRequest, position: int, read: Read[Shown]) -> list[Shown]:
    rows: list[Shown] = []
    after = asked.after
    while True:
        page = await read(PageRequest(after=after, limit=LARGEST_PAGE), position)
        for row in page.items:
            rows.append(row)
            if _id(row) == asked.until:
                return rows
        after = page.next
        if after is None:
            return rows
        if len(rows) >= MOST_EXPORTED_ROWS:
            last = str(_id(rows[MOST_EXPORTED_ROWS - 1]))
            message = f"A file has {MOST_EXPORTED_ROWS} rows at the most: take the list in parts,"
            message += f" the first one until={last}, the next one after={last}."
            raise ExportTooLong(message, until=last)


def _id(row: View) -> UUID:
    found: UUID = vars(row)["id"]
    return found


def _query(path: str, query: dict[str, Any]) -> str:
    return f"{path}?{urlencode(query)}"
