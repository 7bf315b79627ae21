"""Drafts that several people write, and that somebody who wrote none of it publishes.

What is published is a version: it applies from a day on, until one of a later number does.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Identified, Versioned
from app.core.paging import Page, PageRequest, page
from app.core.problems import NotFound, PreconditionFailed


class Draft(Versioned):
    """A draft, and everybody who wrote in it."""

    __abstract__ = True

    editor_ids: Mapped[list[UUID]] = mapped_column(sa.ARRAY(sa.Uuid()))
    """None of them publishes it."""
    valid_from: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)


class Version(Identified):
    """What was published of a draft. Never changed."""

    __abstract__ = True

    number: Mapped[int]
    """Counts the versions of whoever they are of, from 1 and without a gap."""
    valid_from: Mapped[date]
    editor_ids: Mapped[list[UUID]] = mapped_column(sa.ARRAY(sa.Uuid()))
    reason: Mapped[str]
    published_at: Mapped[datetime] = mapped_column(default=clock.now)


AnyDraft = TypeVar("AnyDraft", bound=Draft)
AnyVersion = TypeVar("AnyVersion", bound=Version)
Whose: TypeAlias = sa.ColumnElement[bool]
"""Which versions count each other: `RuleVersion.authority_id == authority_id`."""


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


async def published(
    session: AsyncSession,
    kind: type[AnyVersion],
    whose: Whose,
    paging: PageRequest,
    on: date | None,
) -> Page[AnyVersion]:
    """List versions by number, or the one that applies on a day."""
    if on is not None:
        found = await applying(session, kind, whose, on)
        return Page([found] if found else [], paging.limit)
    return await page(session, sa.select(kind).where(whose), kind, paging)


async def applying(
    session: AsyncSession, kind: type[AnyVersion], whose: Whose, on: date
) -> AnyVersion | None:
    """Find the version that applies on a day: the last one that has begun by then."""
    return await last(session, kind, sa.and_(whose, kind.valid_from <= on))


async def last(session: AsyncSession, kind: type[AnyVersion], whose: Whose) -> AnyVersion | None:
    """Find the version that was published last, whether it has begun or not."""
    query = sa.select(kind).where(whose).order_by(kind.number.desc()).limit(1)
    found: AnyVersion | None = await session.scalar(query)
    return found
