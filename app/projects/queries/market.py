"""Questions about the public market. Every list is one statement, in the order of an index."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.files import File
from app.projects.models import Listing, MarketEntry, MarketVersion, Sale
from app.projects.schemas import MarketOrder, MarketRequest
from app.schemes.models import Scheme

Row = sa.Row[Any]

_ORDERS: dict[MarketOrder, tuple[Any, bool]] = {
    MarketOrder.NEWEST: (MarketEntry.listed_at, True),
    MarketOrder.ENDING_SOON: (MarketEntry.sale_ends_at, False),
    MarketOrder.PROGRESS: (MarketEntry.progress_percent, True),
    MarketOrder.PRICE: (MarketEntry.buyer_price_cents, False),
}
"""By which column, and whether downwards; the project's id settles what is equal."""

_VERSION = sa.select(MarketVersion.number).scalar_subquery().label("version")

_SHOWN = (
    MarketEntry.project_id.label("id"),
    Listing.title,
    Listing.summary,
    Listing.scheme_id,
    Scheme.code,
    Scheme.unit_name,
    Listing.round_id,
    Listing.entrepreneur_id,
    MarketEntry.entrepreneur_name,
    Listing.municipality,
    Listing.target_groups,
    MarketEntry.state,
    MarketEntry.sale,
    MarketEntry.listed_at,
    MarketEntry.sale_begins_at,
    MarketEntry.sale_ends_at,
    Listing.threshold_units,
    Listing.impact_units,
    MarketEntry.sold_units,
    MarketEntry.reserved_units,
    MarketEntry.remaining_units,
    MarketEntry.progress_percent,
    Listing.unit_price_cents,
    MarketEntry.buyer_price_cents,
    _VERSION,
)
"""Code and unit of a scheme never change once it is open; what may change, `refresh` copies."""


def _select(*more: Any) -> sa.Select[Any]:  # noqa: ANN401  Columns are of many types.
    return (
        sa.select(*_SHOWN, *more)
        .select_from(MarketEntry)
        .join(Listing, Listing.project_id == MarketEntry.project_id)
        .join(Scheme, Scheme.id == Listing.scheme_id)
    )


async def projects(session: AsyncSession, wanted: MarketRequest, today: date) -> Sequence[Row]:
    """List projects on the market; one more than the limit."""
    query = _select().where(*_narrowed(wanted, today))
    found: Sequence[Row] = (await session.execute(_ordered(query, wanted))).all()
    return found


def _ordered(query: sa.Select[Any], wanted: MarketRequest) -> sa.Select[Any]:
    column, downwards = _ORDERS[wanted.sort]
    if wanted.after is not None:
        last = sa.select(column).where(MarketEntry.project_id == wanted.after)
        place = sa.tuple_(column, MarketEntry.project_id)
        seen = sa.tuple_(last.correlate(None).scalar_subquery(), sa.literal(wanted.after))
        query = query.where(place < seen if downwards else place > seen)
    keys = (column, MarketEntry.project_id)
    order = [key.desc() for key in keys] if downwards else keys
    return query.order_by(*order).limit(wanted.limit + 1)


_NARROWING: dict[str, Callable[[Any], sa.ColumnElement[bool]]] = {
    "sale": lambda sale: MarketEntry.sale == sale,
    "scheme_id": lambda scheme_id: Listing.scheme_id == scheme_id,
    "round_id": lambda round_id: Listing.round_id == round_id,
    "municipality": lambda code: Listing.municipality == code,
    "target_group": lambda group: Listing.target_groups.bool_op("@>")([group.value]),
    "text": lambda text: Listing.search.bool_op("@@")(_words(text)),
    "lowest_price_cents": lambda cents: MarketEntry.buyer_price_cents >= cents,
    "highest_price_cents": lambda cents: MarketEntry.buyer_price_cents <= cents,
    "lowest_progress_percent": lambda percent: MarketEntry.progress_percent >= percent,
    "highest_progress_percent": lambda percent: MarketEntry.progress_percent <= percent,
}


def _narrowed(wanted: MarketRequest, today: date) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [MarketEntry.is_over.is_(wanted.sale is Sale.ENDED)]
    for name, narrow in _NARROWING.items():
        if (value := getattr(wanted, name)) is not None:
            conditions.append(narrow(value))
    if wanted.ending_within_days is not None:
        until = clock.midnight(today + timedelta(days=wanted.ending_within_days + 1))
        conditions.append(MarketEntry.sale_ends_at < until)
    return conditions


def _words(text: str) -> sa.ColumnElement[Any]:
    """Read what people type in a search box, as Dutch or as English.

    A hyphen leaves nothing out: what is to be absent in either language would be in the other.
    """
    words = text.replace("-", " ")
    dutch, english = (
        sa.func.websearch_to_tsquery(sa.literal_column(f"'{language}'::regconfig"), words)
        for language in ("dutch", "english")
    )
    return dutch.op("||")(english)


async def project(session: AsyncSession, project_id: UUID) -> Row | None:
    """Find a project on the market, whether its sale is over or not, with all that is public."""
    query = _select(Listing.content, Listing.valuation, Listing.attachments)
    query = query.where(MarketEntry.project_id == project_id)
    found: Row | None = (await session.execute(query)).one_or_none()
    return found


async def attachment(session: AsyncSession, project_id: UUID, attachment_id: UUID) -> File | None:
    """Find the file of a public attachment of a project on the market."""
    listed = await session.scalar(
        sa.select(Listing.attachments).where(Listing.project_id == project_id)
    )
    for attached in listed or ():
        if attached["id"] == str(attachment_id):
            return await session.get(File, UUID(attached["fileId"]))
    return None
