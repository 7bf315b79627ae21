"""Fulfilments on the wire."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, field_validator

from app.core.paging import PageRequest
from app.core.wire import Moment, Request, View
from app.fulfilments import candidates
from app.fulfilments.models import (
    FulfilmentDecisionKind,
    FulfilmentKind,
    FulfilmentState,
    Verdict,
)
from app.fulfilments.schemas.claims import AnyClaim, NewClaim, WrittenClaim
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

    claim: WrittenClaim


class FulfilmentsRequest(PageRequest):
    """Which fulfilments the caller wants."""

    state: Annotated[FulfilmentState | None, Field(description="Only those in this state.")] = None
    contested: Annotated[
        bool | None, Field(description="Only those about which an objection waits; or the others.")
    ] = None


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
    lowered_cents: Annotated[
        int, Field(description="Of the value: what did not come about, by the final report.")
    ]
    counted_cents: Annotated[
        int, Field(description="What is left of the value; it counts while it is approved.")
    ]
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


class PlacementView(View):
    """One person's work in a period, as a claim names it; never who it is."""

    id: UUID
    number: Annotated[int, Field(description="Its place in the claim, from 1.")]
    block: str
    starts_on: date
    ends_on: date
    minutes_per_week: int
    age: int | None
    is_permanent: bool
    counted_months: Annotated[
        str, Field(description="How many months of it count, exactly.", examples=["187/31"])
    ]
    value_cents: int
    steps: list[StepView]


class CandidateSaltView(View):
    """How to make a candidate's key where the person works: nobody here needs to know who it is.

    The text is four lines: the version; the family name at birth with its prefix; all given names;
    the date of birth as `1990-01-31`. Of names only the letters are left: NFKD, case folded,
    without accents, spaces and signs. The key is scrypt of that text in UTF-8, in hexadecimal.
    Take the names from the identity document. Whoever hires through an agency asks the agency for
    the key, and for nothing else about the person.
    """

    version: Annotated[str, Field(examples=[candidates.VERSION])]
    salt: Annotated[str, Field(description="Of this installation; in hexadecimal.")]
    cost: Annotated[int, Field(description="scrypt's N.", examples=[candidates.COST])]
    block_size: Annotated[int, Field(description="scrypt's r.")]
    parallel: Annotated[int, Field(description="scrypt's p.")]
    key_bytes: int
    example_key: Annotated[
        str,
        Field(
            description="Of family name `van den Berg-Özdemir`, given names `Élise Anna Maria`,"
            " born on 1990-01-31: compare it with what your own system makes."
        ),
    ]
