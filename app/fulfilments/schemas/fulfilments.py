"""Fulfilments on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, field_validator

from app.core.wire import Moment, Request, View
from app.fulfilments.models import (
    FulfilmentDecisionKind,
    FulfilmentKind,
    FulfilmentState,
    Verdict,
)
from app.fulfilments.schemas.claims import AnyClaim, NewClaim
from app.fulfilments.schemas.splits import Units
from app.obligations.schemas.obligations import StepView
from app.orders.schemas.units import written
from app.organisations.schemas.fields import Reason


class FulfilmentRequest(Request):
    """Claim units of an order for an obligation."""

    obligation_id: UUID
    quantity_units: Units


class NewFulfilmentRequest(Request):
    """Claim something else than units for an obligation."""

    obligation_id: UUID
    claim: NewClaim


class ClaimRequest(Request):
    """Say anew what is claimed; the kind stays."""

    claim: AnyClaim


class FulfilmentView(View):
    """A claim that something counts for an obligation."""

    id: UUID
    kind: FulfilmentKind
    state: FulfilmentState
    authority_id: UUID
    obligation_id: UUID
    claimant_id: UUID
    claim: AnyClaim
    order_id: Annotated[UUID | None, Field(description="Of RIKX; null for the other kinds.")]
    quantity_units: Annotated[int, Field(description="Of RIKX; 0 for the other kinds.")]
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
    quantity_units: Annotated[int, Field(description="Of RIKX; 0 for the other kinds.")]
    value_cents: int
    reason: str
    decided_at: Moment
