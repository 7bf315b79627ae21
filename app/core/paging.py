"""Keyset pages: lists are read in the order of their ids, from the last id that was seen."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import sqlalchemy as sa
from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Identified

LARGEST_PAGE = 200


class PageRequest(BaseModel):
    """Which part of a list the caller wants."""

    after: Annotated[
        UUID | None, Field(description="The `next` of the page before; absent for the first.")
    ] = None
    limit: Annotated[
        int, Field(ge=1, le=LARGEST_PAGE, description="How many items at the most.")
    ] = 50


Paging = Annotated[PageRequest, Query()]


Row = TypeVar("Row", bound=Identified)
Item = TypeVar("Item")
Other = TypeVar("Other")
View = TypeVar("View", bound=BaseModel)


class Page(Generic[Item]):
    """Rows of one page, each with an `id`; a route's `PageOf` view reads it."""

    def __init__(self, rows: Sequence[Item], limit: int) -> None:
        self.items: Sequence[Item] = rows[:limit]
        last: Any = self.items[-1] if len(rows) > limit else None
        self.next: UUID | None = last and last.id

    def showing(self, shown: Callable[[Item], Other]) -> "Page[Other]":
        """Give the same page of what each of its items is shown as."""
        made: Page[Other] = Page([], 0)
        made.items, made.next = [shown(item) for item in self.items], self.next
        return made


class PageOf(BaseModel, Generic[View]):
    """A part of a list, and how to go on."""

    model_config = ConfigDict(
        from_attributes=True, json_schema_serialization_defaults_required=True
    )

    items: list[View]
    next: Annotated[
        UUID | None, Field(description="Pass it as `after` to read on; null at the end.")
    ] = None


async def page(
    session: AsyncSession,
    rows: sa.Select[Row],
    kind: type[Row],
    request: PageRequest,
    *,
    newest_first: bool = False,
) -> Page[Row]:
    """Run a query for one page, in the order of the ids of `kind`."""
    if request.after is not None:
        rows = rows.where(kind.id < request.after if newest_first else kind.id > request.after)
    order = kind.id.desc() if newest_first else kind.id
    found = await session.scalars(rows.order_by(order).limit(request.limit + 1))
    return Page(found.all(), request.limit)
