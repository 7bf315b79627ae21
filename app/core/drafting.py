"""Drafts that several people write, and that somebody who wrote none of it publishes."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Versioned
from app.core.problems import NotFound, PreconditionFailed


class Draft(Versioned):
    """A draft, and everybody who wrote in it."""

    __abstract__ = True

    editor_ids: Mapped[list[UUID]] = mapped_column(sa.ARRAY(sa.Uuid()))
    """None of them publishes it."""


AnyDraft = TypeVar("AnyDraft", bound=Draft)


def edit(draft: Draft, wanted: Mapping[str, Any], editor_id: UUID) -> bool:
    """Put new values into a draft and note who wrote them; say whether anything changed."""
    changes = {name: value for name, value in wanted.items() if value != getattr(draft, name)}
    for name, value in changes.items():
        setattr(draft, name, value)
    if changes and editor_id not in draft.editor_ids:
        draft.editor_ids = [*draft.editor_ids, editor_id]
    return bool(changes)


def first_day(last_began_on: date, today: date) -> date:
    """Say when the next version can begin at the earliest: one that has begun keeps a day.

    One that has not begun may be replaced altogether.
    """
    return last_began_on if last_began_on > today else last_began_on + timedelta(days=1)


async def keep_as_read(session: AsyncSession, draft: AnyDraft) -> None:
    """Lock a draft, as whoever decides about it knows it.

    Raises:
        NotFound: it was published or thrown away meanwhile.
        PreconditionFailed: somebody changed it meanwhile.
    """
    known, kind = draft.version, type(draft)
    query = sa.select(kind).where(kind.id == draft.id).with_for_update()
    current = await session.scalar(query.execution_options(populate_existing=True))
    if current is None:
        message = "The draft was published or thrown away in the meantime."
        raise NotFound(message)
    if current.version != known:
        message = "Somebody changed the draft in the meantime. Read it again, then decide."
        raise PreconditionFailed(message)
