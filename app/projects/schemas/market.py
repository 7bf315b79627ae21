"""The public market on the wire."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.core import clock
from app.core.paging import PageOf, PageRequest
from app.core.wire import Moment, View
from app.projects.contents import PublicPlan, ResultCategory, TargetGroup, ValuationDocument
from app.projects.contents.plan import Text, Title
from app.projects.models import ProjectState, Sale


class MarketOrder(StrEnum):
    """In which order projects are listed."""

    NEWEST = "newest"
    ENDING_SOON = "ending-soon"
    PROGRESS = "progress"
    """The nearest to its threshold, or the furthest beyond it, first."""
    PRICE = "price"
    """The cheapest unit first."""


class MarketRequest(PageRequest):
    """Which projects of the market the caller wants, and in which order."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    sort: MarketOrder = MarketOrder.NEWEST
    sale: Annotated[
        Sale | None,
        Field(description="Only these; absent: those whose sale runs or is to come."),
    ] = None
    scheme_id: Annotated[UUID | None, Field(description="Only of this scheme.")] = None
    round_id: Annotated[UUID | None, Field(description="Only of this round.")] = None
    municipality: Annotated[
        str | None,
        Field(
            pattern=r"^GM[0-9]{4}$",
            description="Only what is done in this municipality (CBS).",
            examples=["GM0599"],
        ),
    ] = None
    target_group: Annotated[
        TargetGroup | None, Field(description="Only for this target group.")
    ] = None
    text: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=200,
            description="Words of the title, the summary or the objectives, in Dutch or English;"
            ' "in quotes" for a phrase, `or` between words for either.',
            examples=["chauffeurs doelgroepenvervoer"],
        ),
    ] = None
    lowest_price_cents: Annotated[
        int | None,
        Field(ge=0, le=2**53, description="What the buyer of one unit pays, at the least."),
    ] = None
    highest_price_cents: Annotated[
        int | None,
        Field(ge=0, le=2**53, description="What the buyer of one unit pays, at the most."),
    ] = None
    lowest_progress_percent: Annotated[
        int | None,
        Field(ge=0, le=1_000_000, description="The share of the threshold that is sold."),
    ] = None
    highest_progress_percent: Annotated[
        int | None,
        Field(ge=0, le=1_000_000, description="The share of the threshold that is sold."),
    ] = None
    ending_within_days: Annotated[
        int | None,
        Field(ge=0, le=3_650, description="Only what can be bought no longer; 0: today."),
    ] = None


class MarketSchemeView(View):
    """The scheme in which a project is sold."""

    id: UUID
    code: str
    unit_name: str


class MarketEntrepreneurView(View):
    """Who offers a project."""

    id: UUID
    legal_name: str


class MarketProjectView(View):
    """A project on the market: what it is worth, what is sold, and what one unit costs."""

    id: UUID
    title: Title
    summary: Text
    scheme: MarketSchemeView
    round_id: UUID
    entrepreneur: MarketEntrepreneurView
    municipality: str
    target_groups: list[TargetGroup]
    state: ProjectState
    sale: Annotated[Sale, Field(description="`upcoming`, `running` or `ended`.")]
    listed_at: Moment
    sale_begins_at: Moment
    sale_ends_at: Moment
    days_left: Annotated[
        int, Field(description="Whole days to the last day of the sale; 0 on it and after it.")
    ]
    threshold_units: Annotated[
        int, Field(description="So many must be sold for the project to start.", examples=[108])
    ]
    impact_units: Annotated[
        int, Field(description="What it is worth: so many can be sold.", examples=[120])
    ]
    sold_units: Annotated[int, Field(description="Paid and owned.", examples=[54])]
    reserved_units: Annotated[int, Field(description="Kept for orders not paid yet.", examples=[6])]
    remaining_units: Annotated[int, Field(description="Free to be bought.", examples=[60])]
    progress_percent: Annotated[
        int,
        Field(description="The share of the threshold that is sold; may pass 100.", examples=[50]),
    ]
    unit_price_cents: Annotated[
        int, Field(description="Of one unit, without VAT and fee.", examples=[10_000])
    ]
    buyer_price_cents: Annotated[
        int,
        Field(
            description="What the buyer of one unit pays, VAT and fee included. A fee that is"
            " fixed per order weighs less on more units.",
            examples=[10_605],
        ),
    ]


class ProjectResultView(View):
    """What the last accepted report said came out of a project, by group and category."""

    group: TargetGroup
    category: ResultCategory
    expected_people: Annotated[
        int | None, Field(description="As the plan promised; null where it names no number.")
    ]
    is_suppressed: Annotated[
        bool,
        Field(
            description="Whether what was reported and measured is left out: it is of fewer people"
            " than the rules of the authorities let everybody see, or would give such a count"
            " away.",
            examples=[False],
        ),
    ]
    reported_people: int | None
    measured_people: Annotated[
        int | None, Field(description="As the operator found afterwards; null: not measured.")
    ]


class PublicAttachmentView(View):
    """A file that everybody may read; its address is `…/attachments/{id}`."""

    id: UUID
    name: str
    media_type: str
    size_bytes: int
    sha256: Annotated[str, Field(description="In hexadecimal digits.")]


class WholeMarketProjectView(MarketProjectView):
    """A project's page: all that everybody may know of it."""

    plan: Annotated[PublicPlan, Field(description="The public part of its plan.")]
    valuation: Annotated[
        ValuationDocument,
        Field(description="Enough for everybody to do the arithmetic again; no remarks."),
    ]
    attachments: list[PublicAttachmentView]
    results: Annotated[
        list[ProjectResultView],
        Field(description="What the last accepted report said; empty until there is one."),
    ]


def on_pages(rows: Sequence[Any], limit: int, today: date) -> PageOf[MarketProjectView]:
    """Make a page of rows as `queries.market.projects` reads them."""
    items = [MarketProjectView.model_validate(_item(row, today)) for row in rows[:limit]]
    more = len(rows) > limit
    return PageOf[MarketProjectView](items=items, next=items[-1].id if more else None)


def on_page(
    row: Any,  # noqa: ANN401  A row of many columns.
    results: Sequence[object],
    today: date,
) -> WholeMarketProjectView:
    """Make a project's page of the row that `queries.market.project` reads, and what came of it."""
    return WholeMarketProjectView.model_validate(
        {
            **_item(row, today),
            "plan": row.content,
            "valuation": row.valuation,
            "attachments": row.attachments,
            "results": results,
        }
    )


def _item(row: Any, today: date) -> dict[str, Any]:  # noqa: ANN401  A row of many columns.
    last_day = clock.day_of(row.sale_ends_at)
    return {
        **row._mapping,  # noqa: SLF001  The public name that SQLAlchemy gives it.
        "scheme": {"id": row.scheme_id, "code": row.code, "unit_name": row.unit_name},
        "entrepreneur": {"id": row.entrepreneur_id, "legal_name": row.entrepreneur_name},
        "days_left": max(0, (last_day - today).days),
    }
