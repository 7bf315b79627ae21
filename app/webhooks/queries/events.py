"""Which events an organisation is told of, in the order of the log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page
from app.webhooks import hooks
from app.webhooks.models import EventAudience, EventPosition
from app.webhooks.schemas.events import EventView


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: for which organisations, and whether of their inner affairs too."""

    organisations: Mapping[UUID, bool]
    nouns: frozenset[str] | None = None
    """What an API key may read of; None: all."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events."""

    after: int
    """The position that was seen last; 0 at the beginning."""
    limit: int
    type: str | None = None
    """One type, or all of a noun: `order.*`."""


async def position_of(session: AsyncSession, event_id: UUID) -> int | None:
    """Find the place of an event; None if it has none."""
    query = sa.select(EventPosition.position).where(EventPosition.event_id == event_id)
    found: int | None = await session.scalar(query)
    return found


@dataclass(frozen=True, slots=True)
class Named:
    """An event by its id and type."""

    event_id: UUID
    type: str


async def told_since(
    session: AsyncSession,
    organisation_id: UUID,
    moment: datetime,
    types: Sequence[str],
    most: int,
) -> list[Named]:
    """List what an organisation was told since a moment, of some types (none: of all)."""
    exact = [each for each in types if not each.endswith(".*")]
    nouns = [hooks.noun_of(each) for each in types if each.endswith(".*")]
    first = sa.select(sa.func.min(EventPosition.position)).where(EventPosition.placed_at >= moment)
    query = (
        sa.select(EventPosition.event_id, EventAudience.type)
        .join(EventPosition, EventPosition.position == EventAudience.position)
        .where(
            EventAudience.organisation_id == organisation_id,
            EventAudience.position >= first.scalar_subquery(),
        )
        .order_by(EventAudience.position)
        .limit(most)
    )
    if types:
        noun = sa.func.split_part(EventAudience.type, ".", 1)
        query = query.where(sa.or_(EventAudience.type.in_(exact), noun.in_(nouns)))
    return [Named(*row) for row in await session.execute(query)]


async def page(session: AsyncSession, reader: Reader, wanted: Wanted) -> Page[EventView]:
    """List what a reader is told of, from a position on."""
    kind = wanted.type
    of_noun = kind is None or kind.endswith(".*")
    rows = await session.execute(
        _PAGE if of_noun else _PAGE_OF_TYPE,
        {
            "organisation_ids": list(reader.organisations),
            "inners": list(reader.organisations.values()),
            "nouns": None if reader.nouns is None else sorted(reader.nouns),
            "after": wanted.after,
            "kind": kind.removesuffix("*") if kind else None,
            "most": wanted.limit + 1,
        },
    )
    return Page([_view(*row) for row in rows], wanted.limit)


def _view(
    event_id: UUID, kind: str, subject_id: UUID, occurred_at: datetime, data: dict[str, Any]
) -> EventView:
    return EventView(
        id=event_id,
        type=kind,
        subject_id=subject_id,
        occurred_at=occurred_at,
        data=hooks.shown(kind, data),
    )


# For each organisation its next events, by its own index; then those of all of them, each once.
_FOUND = """
SELECT e.id, e.type, e.subject_id, e.occurred_at, e.data
  FROM (SELECT DISTINCT a.position
          FROM unnest(:organisation_ids, :inners) AS o(id, inner_too)
         CROSS JOIN LATERAL (
               SELECT position FROM event_audiences
                WHERE organisation_id = o.id AND position > :after
                  AND (o.inner_too OR NOT "inner")
                  AND (:nouns IS NULL OR split_part(type, '.', 1) = ANY(:nouns))
                  AND {of_type}
                ORDER BY position LIMIT :most) a
         ORDER BY a.position LIMIT :most) found
  JOIN event_positions p ON p.position = found.position
  JOIN events e ON e.id = p.event_id
 ORDER BY p.position
"""


def _page(of_type: str) -> sa.TextClause:
    return sa.text(_FOUND.format(of_type=of_type)).bindparams(
        sa.bindparam("organisation_ids", type_=sa.ARRAY(sa.Uuid())),
        sa.bindparam("inners", type_=sa.ARRAY(sa.Boolean())),
        sa.bindparam("nouns", type_=sa.ARRAY(sa.Text())),
        sa.bindparam("after", type_=sa.BigInteger()),
        sa.bindparam("kind", type_=sa.Text()),
        sa.bindparam("most", type_=sa.BigInteger()),
    )


_PAGE = _page("(:kind IS NULL OR starts_with(type, :kind))")
_PAGE_OF_TYPE = _page("type = :kind")
"""By an index of its own, which knows at once that there is none of a type."""
