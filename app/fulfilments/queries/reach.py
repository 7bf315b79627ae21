"""Whom recognised value is for: the projects that it came from, and the placements."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import PageRequest
from app.fulfilments.dashboards.figures import Group, Source
from app.fulfilments.dashboards.spreading import UNKNOWN
from app.fulfilments.models import Fulfilment, FulfilmentKind, PlacementLine
from app.fulfilments.queries.recognised import Whose, of_all
from app.orders.models import Order
from app.projects.models import Listing


@dataclass(frozen=True, slots=True)
class Reach:
    """Only what is for one target group, or in one municipality."""

    target_group: str | None = None
    municipality: str | None = None


EVERYTHING = Reach()


async def sources(
    session: AsyncSession,
    whose: Whose,
    narrowed: Reach = EVERYTHING,
    paging: PageRequest | None = None,
) -> Sequence[Source]:
    """List what counts and whom it is for, in the order of ids: all of it, or a page and one."""
    found = [
        *await _projects(session, whose, narrowed, paging),
        *await _placements(session, whose, narrowed, paging),
    ]
    found.sort(key=attrgetter("id"))
    return found if paging is None else found[: paging.limit + 1]


async def _projects(
    session: AsyncSession, whose: Whose, narrowed: Reach, paging: PageRequest | None
) -> list[Source]:
    recognised = of_all(whose)
    query = (
        sa.select(
            Listing.project_id,
            Listing.title,
            Listing.municipality,
            Listing.content["targetGroups"].label("groups"),
            sa.func.sum(recognised.c.cents).cast(sa.BigInteger).label("cents"),
        )
        .join(Order, Order.project_id == Listing.project_id)
        .join(Fulfilment, Fulfilment.order_id == Order.id)
        .join(recognised, recognised.c.fulfilment_id == Fulfilment.id)
        .group_by(Listing.id)
        .order_by(Listing.project_id)
    )
    if narrowed.target_group is not None:
        query = query.where(Listing.target_groups.bool_op("@>")([narrowed.target_group]))
    if narrowed.municipality is not None:
        query = query.where(Listing.municipality == narrowed.municipality)
    if paging is not None:
        query = query.limit(paging.limit + 1)
        if paging.after is not None:
            query = query.where(Listing.project_id > paging.after)
    return [_project(row) for row in await session.execute(query)]


def _project(row: sa.Row[Any]) -> Source:
    groups = {each["group"]: Group(each["people"], each["people"]) for each in row.groups}
    return Source(
        row.project_id, FulfilmentKind.RIKX, row.title, row.municipality, groups, row.cents
    )


async def _placements(
    session: AsyncSession, whose: Whose, narrowed: Reach, paging: PageRequest | None
) -> list[Source]:
    if narrowed.municipality not in {None, UNKNOWN}:
        return []
    recognised = of_all(whose)
    picked = sa.select(recognised.c.fulfilment_id, recognised.c.cents).where(
        sa.exists().where(
            PlacementLine.fulfilment_id == recognised.c.fulfilment_id,
            *([PlacementLine.block == narrowed.target_group] if narrowed.target_group else []),
        )
    )
    if paging is not None:
        picked = picked.order_by(recognised.c.fulfilment_id).limit(paging.limit + 1)
        if paging.after is not None:
            picked = picked.where(recognised.c.fulfilment_id > paging.after)
    claims = picked.subquery()
    query = (
        sa.select(
            claims.c.fulfilment_id,
            claims.c.cents,
            PlacementLine.block,
            sa.func.count(sa.distinct(PlacementLine.candidate_mark)).label("people"),
            sa.func.sum(PlacementLine.value_cents).cast(sa.BigInteger).label("weight"),
        )
        .join(PlacementLine, PlacementLine.fulfilment_id == claims.c.fulfilment_id)
        .group_by(claims.c.fulfilment_id, claims.c.cents, PlacementLine.block)
        .order_by(claims.c.fulfilment_id, PlacementLine.block)
    )
    rows = (await session.execute(query)).all()
    return [_claim(list(lines)) for _, lines in groupby(rows, key=attrgetter("fulfilment_id"))]


def _claim(lines: Sequence[sa.Row[Any]]) -> Source:
    groups = {line.block: Group(line.people, line.weight) for line in lines}
    first, kind = lines[0], FulfilmentKind.BUILDING_BLOCK
    return Source(first.fulfilment_id, kind, None, None, groups, first.cents)
