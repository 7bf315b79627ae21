"""Obligations on the wire."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.core.money import Cents
from app.core.paging import PageRequest
from app.core.wire import Moment, Request, View
from app.obligations.models import (
    ObligationDecisionKind,
    ObligationState,
    ProposalKind,
    ProposalSide,
    ProposalState,
)
from app.organisations.schemas.fields import Reason

SOON_DAYS = 90


class StepView(View):
    """One line of the arithmetic."""

    text: str
    figures: Annotated[str, Field(examples=["1,000,000.00 × 5 % = 50,000.00"])]
    cents: Annotated[int | None, Field(description="What it came to, where that is an amount.")]


class ObligationView(View):
    """What a contract obliges to, and how that follows from the rules."""

    id: UUID
    authority_id: UUID
    contract_id: UUID
    rules_id: Annotated[UUID, Field(description="The rules of the contract's reference date.")]
    state: ObligationState
    computed_cents: Annotated[
        int, Field(description="What follows from the contract as it stands.")
    ]
    confirmed_cents: Annotated[
        int | None,
        Field(description="What the authority imposed; another figure waits for confirmation."),
    ]
    steps: list[StepView]
    starts_on: date
    due_on: date
    recovery_ends_on: date | None
    registered_at: Moment
    version: Annotated[int, Field(description="The same as the ETag; send it as `If-Match`.")]


class ObligationsRequest(PageRequest):
    """Which obligations the caller wants."""

    state: Annotated[ObligationState | None, Field(description="Only those in this state.")] = None


class BalanceRequest(BaseModel):
    """As of when, and as known when."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True)

    as_of: Annotated[
        Moment | None, Field(description="After all that had happened by this moment.")
    ] = None
    position: Annotated[
        int | None,
        Field(ge=0, le=2**63 - 1, description="As far as the books were known at this position."),
    ] = None
    known_at: Annotated[
        Moment | None, Field(description="As known at this moment; `position` goes before it.")
    ] = None


class ObligationBalanceView(View):
    """How an obligation stands in the book, in cents of social-return value.

    Always imposed + surplus = open + provisional + approved + waived + sanctioned.
    """

    obligation_id: UUID
    imposed_cents: int
    surplus_cents: int
    open_cents: Annotated[int, Field(description="Owed, and not recognised provisionally.")]
    provisional_cents: int
    approved_cents: int
    waived_cents: int
    sanctioned_cents: int
    expiring_cents: Annotated[
        int, Field(description=f"What is open and due within {SOON_DAYS} days.")
    ]
    as_of: Moment | None
    position: Annotated[
        int | None, Field(description="As known at this position of the books, if asked.")
    ]


class ObligationDecisionView(View):
    """What happened to an obligation."""

    id: UUID
    kind: ObligationDecisionKind
    amount_cents: int | None
    reason: str
    decided_at: Moment


class WaiverRequest(Request):
    """Let go of a part of what is owed, or of all of it."""

    amount_cents: Annotated[Cents, Field(gt=0)]
    reason: Reason


class SanctionRequest(Request):
    """Withhold for all that is owed and was not realised."""

    reason: Reason


class ProposalDecisionRequest(Request):
    """Yes or no, and why."""

    approved: bool
    reason: Reason


class ObligationProposalView(View):
    """A waiver or a sanction that somebody proposes and somebody else decides."""

    id: UUID
    obligation_id: UUID
    kind: ProposalKind
    side: ProposalSide
    state: ProposalState
    amount_cents: Annotated[int, Field(description="Of what is owed.")]
    withheld_cents: Annotated[
        int | None, Field(description="Of a sanction: what is withheld for it, by the rules.")
    ]
    steps: list[StepView]
    reason: str
    proposed_at: Moment
    decided_at: Moment | None
    decision_reason: str | None
