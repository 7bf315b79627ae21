"""Splits, assessments and fulfilments on the wire."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, field_validator, model_validator

from app.core.wire import Moment, Request, View
from app.fulfilments.actions.deciding import Verdict
from app.fulfilments.models import FulfilmentDecisionKind, FulfilmentKind, FulfilmentState
from app.obligations.schemas.obligations import StepView
from app.orders.schemas.units import written
from app.organisations.schemas.fields import Reason

Units = Annotated[int, Field(strict=True, ge=1, le=2**31, examples=[10])]


class PartOfSplit(Request):
    """Units for one obligation."""

    obligation_id: UUID
    quantity_units: Units


class SplitRequest(Request):
    """For which obligations the units of an order are meant, and for no other."""

    parts: Annotated[list[PartOfSplit], Field(max_length=100)]

    @model_validator(mode="after")
    def _each_is_named_once(self) -> Self:
        if len({part.obligation_id for part in self.parts}) < len(self.parts):
            message = "an obligation is named more than once"
            raise ValueError(message)
        return self


class AllocationView(View):
    """Units of an order that are meant for one obligation."""

    obligation_id: UUID
    quantity_units: int
    provisional_units: Annotated[int, Field(description="Of them: those that count so far.")]
    provisional_cents: Annotated[int, Field(description="What those count for, provisionally.")]


class SplitView(View):
    """For which obligations the units of an order are meant."""

    order_id: UUID
    parts: list[AllocationView]


class AssessmentView(View):
    """Whether units count for an obligation, for how much, by which rules, and why."""

    obligation_id: UUID
    rules_id: Annotated[UUID, Field(description="The version of the rules that says so.")]
    counts: bool
    value_cents: Annotated[int, Field(description="Of social-return value, VAT excluded.")]
    surplus_cents: Annotated[int, Field(description="Of the value: what is more than is open.")]
    beyond_cents: Annotated[int, Field(description="More than its kind may fill: not counted.")]
    reason: Annotated[str | None, Field(description="Why it does not count.")]
    steps: list[StepView]


class FulfilmentRequest(Request):
    """Claim units of an order for an obligation."""

    obligation_id: UUID
    quantity_units: Units


class FulfilmentView(View):
    """A claim that something counts for an obligation."""

    id: UUID
    kind: FulfilmentKind
    state: FulfilmentState
    authority_id: UUID
    obligation_id: UUID
    claimant_id: UUID
    order_id: UUID
    quantity_units: int
    first_serial: Annotated[str | None, Field(examples=["12-1"])]
    last_serial: Annotated[str | None, Field(examples=["12-10"])]
    rules_id: UUID
    value_cents: Annotated[int, Field(description="As submitted, then as approved; without VAT.")]
    surplus_cents: int
    steps: list[StepView]
    revoked_units: Annotated[int, Field(description="Its last units that count no more.")]
    revoked_cents: int
    drafted_at: Moment
    submitted_at: Moment | None
    decided_at: Moment | None
    version: Annotated[int, Field(description="The same as the ETag.")]

    _serials = field_validator("first_serial", "last_serial", mode="before")(written)


class VerdictRequest(Request):
    """What the authority decides, and why."""

    verdict: Verdict
    reason: Reason


class FulfilmentDecisionView(View):
    """What happened to a fulfilment."""

    id: UUID
    kind: FulfilmentDecisionKind
    quantity_units: int
    value_cents: int
    reason: str
    decided_at: Moment
