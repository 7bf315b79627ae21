"""Splits, and what units would count for, on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.wire import Request, View
from app.obligations.schemas.obligations import StepView
from app.orders.schemas import QuoteView, Split

Units = Annotated[int, Field(strict=True, ge=1, le=2**31, examples=[10])]


class SplitRequest(Request):
    """For which obligations the units of an order are meant, and for no other."""

    parts: Split


class AllocationView(View):
    """Units of an order that are meant for one obligation."""

    obligation_id: UUID
    quantity_units: int
    provisional_units: Annotated[int, Field(description="Of them: those that count so far.")]
    provisional_cents: Annotated[int, Field(description="What those count for, provisionally.")]
    lowered_cents: Annotated[
        int, Field(description="What they do not count for: it did not come about.")
    ]


class SplitView(View):
    """For which obligations the units of an order are meant."""

    order_id: UUID
    parts: list[AllocationView]


class AssessmentView(View):
    """Whether units count for an obligation, for how much, by which rules, and why."""

    obligation_id: UUID
    quantity_units: Annotated[int | None, Field(description="Null where no units are claimed.")]
    rules_id: Annotated[UUID, Field(description="The version of the rules that says so.")]
    counts: bool
    value_cents: Annotated[int, Field(description="Of social-return value, VAT excluded.")]
    surplus_cents: Annotated[int, Field(description="Of the value: what is more than is open.")]
    beyond_cents: Annotated[int, Field(description="More than its kind may fill: not counted.")]
    reason: Annotated[str | None, Field(description="Why it does not count.")]
    steps: list[StepView]


class SplitQuoteView(View):
    """What units cost, and what they would count for of the obligations that were named."""

    quote: QuoteView
    split: list[AssessmentView]
