"""Earmarks, payouts and withdrawals on the wire. Amounts are whole euro cents."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.core.money import LARGEST_AMOUNT, Cents
from app.core.wire import Moment, Request, View
from app.organisations.schemas.fields import Reason
from app.payments.models import OutgoingKind, Rail
from app.payouts.earmarks import ObstacleCode
from app.payouts.models import FreezeCause, PayoutState, RemedyState, WriteOffState
from app.schemes.terms import Part, Remedy, TrancheMoment
from app.schemes.terms.fields import MOST_UNITS

Amount = Annotated[int, Field(strict=True, ge=1, le=LARGEST_AMOUNT, examples=[1_080_000])]


class PayoutRequest(Request):
    """What should be paid of a tranche, and by which way."""

    part: Part
    tranche: Annotated[
        int, Field(ge=1, le=10, description="Its place among the part's tranches, from 1.")
    ]
    rail: Annotated[
        Rail, Field(description="To the entrepreneur's bank account, or to that at the provider.")
    ]
    principal_cents: Annotated[
        Amount | None,
        Field(description="Without VAT; null: all that can be paid of the tranche now."),
    ] = None
    reason: Reason


class PayoutDecisionRequest(Request):
    """Why a payout is approved or withheld."""

    reason: Reason


class RetryRequest(Request):
    """By which way a payout is tried again, and why."""

    rail: Rail
    reason: Reason


class OperatorWithdrawalRequest(Request):
    """What the operator takes of its own."""

    kind: Annotated[
        Literal[OutgoingKind.FEE, OutgoingKind.VAT],
        Field(description="Of the service fees that it earned, or of the VAT on them."),
    ]
    amount_cents: Amount


class RepaymentRequest(Request):
    """Who should pay back what it owes, and how much of it."""

    entrepreneur_id: UUID
    amount_cents: Annotated[
        Amount | None, Field(description="All that it owes, if nothing is said.")
    ] = None


class WriteOffRequest(Request):
    """What an entrepreneur owes and will not pay."""

    entrepreneur_id: UUID
    amount_cents: Annotated[
        Amount | None,
        Field(description="All that it owes and is not expected to pay, if nothing is said."),
    ] = None
    reason: Reason


class WriteOffDecisionRequest(Request):
    """Approve a write-off that somebody else proposed, or reject it."""

    kind: Literal[WriteOffState.APPROVED, WriteOffState.REJECTED]
    reason: Reason


class WriteOffView(View):
    """What was proposed to be written off, and what became of it."""

    id: UUID
    scheme_id: UUID
    entrepreneur_id: UUID
    amount_cents: Cents
    reason: str
    state: WriteOffState
    proposed_by_id: UUID
    proposed_at: Moment
    decided_by_id: UUID | None
    decided_at: Moment | None
    decision_reason: str | None


class PayoutView(View):
    """A payout: of what, to whom, decided by whom, and how far it is."""

    id: UUID
    scheme_id: UUID
    project_id: UUID
    entrepreneur_id: UUID
    part: Part
    tranche: int
    moment: TrancheMoment
    principal_cents: Annotated[Cents, Field(description="From the part.")]
    vat_cents: Annotated[Cents, Field(description="What buyers paid as VAT on it.")]
    amount_cents: Annotated[Cents, Field(description="Both together.")]
    netted_cents: Annotated[
        Cents,
        Field(description="What of it pays what the entrepreneur owed; the rest is sent."),
    ]
    state: PayoutState
    rail: Rail
    iban: str | None
    holder_name: str | None
    provider_account_id: UUID | None
    retries_id: Annotated[UUID | None, Field(description="It brings what this payout did not.")]
    outgoing_id: Annotated[
        UUID | None, Field(description="What brings it; null till approved, or if all is netted.")
    ]
    planned_by_id: UUID
    planned_at: Moment
    approved_by_id: UUID | None
    approved_at: Moment | None
    due_on: Annotated[date | None, Field(description="The last day of the payment term.")]


class PayoutDecisionView(View):
    """What became of a payout: by whom, when and why."""

    id: UUID
    payout_id: UUID
    state: PayoutState
    reason: str
    decided_by: str
    decided_at: Moment


class ObstacleView(View):
    """Why nothing can be paid, or not more."""

    code: ObstacleCode
    detail: str


class PartEarmarkView(View):
    """One part of a project's money."""

    part: Part
    there_cents: Annotated[Cents, Field(description="In the books now.")]
    frozen_cents: Annotated[Cents, Field(description="What of it is held until a decision.")]
    paid_cents: Annotated[Cents, Field(description="What left it for the entrepreneur.")]
    planned_cents: Annotated[Cents, Field(description="Planned, and waiting for approval.")]


class TrancheEarmarkView(View):
    """One tranche of the policy, and what can be paid of it now."""

    part: Part
    number: int
    moment: TrancheMoment
    percent: Annotated[int, Field(description="Of the part.")]
    share_cents: Cents
    taken_cents: Annotated[Cents, Field(description="Paid or planned.")]
    payable_cents: Annotated[Cents, Field(description="Without VAT.")]
    payable_vat_cents: Annotated[Cents, Field(description="The VAT that goes with it.")]
    obstacles: list[ObstacleView]


class EarmarkAmountsView(View):
    """A project's money by part and tranche."""

    parts: list[PartEarmarkView]
    tranches: list[TrancheEarmarkView]
    vat_cents: Annotated[Cents, Field(description="VAT on the sale of the project's own orders.")]
    paid_vat_cents: Cents


class DestinationsView(View):
    """What keeps money from going to the entrepreneur, by the way that it would go."""

    bank: list[ObstacleView]
    provider: list[ObstacleView]


class EarmarkView(View):
    """What a project has, what went out, and what can be paid now or why not."""

    project_id: UUID
    earmark: EarmarkAmountsView
    owed_cents: Annotated[
        int,
        Field(
            description="What the entrepreneur owes, such as refunds of what it was paid:"
            " netted with the next payout that is approved, of whichever of its projects."
            " Below zero: what it paid back beyond."
        ),
    ]
    destinations: DestinationsView


class StopRequest(Request):
    """Why a project is stopped."""

    reason: Annotated[Reason, Field(description="Why; the entrepreneur reads this.")]


class RemedyRequest(Request):
    """What should become of a project's frozen money."""

    kind: Annotated[Remedy, Field(description="Among what the policy of the round offers.")]
    release_percent: Annotated[
        int | None,
        Field(
            ge=0,
            le=100,
            description="Of a pro-rata release: what share of the units whose money is there the"
            " entrepreneur gets; the others go back to the buyers, as whole units.",
        ),
    ] = None
    refund_units: Annotated[
        int | None,
        Field(ge=0, le=MOST_UNITS, description="Or so many units that go back to the buyers."),
    ] = None
    substitute_project_id: Annotated[
        UUID | None,
        Field(description="Where the units move to, if another project is substituted."),
    ] = None
    reason: Annotated[Reason, Field(description="Why; buyers and entrepreneur read this.")]

    @model_validator(mode="after")
    def _a_substitute_is_named(self) -> Self:
        if (self.kind is Remedy.SUBSTITUTE_PROJECT) != (self.substitute_project_id is not None):
            message = "a substitution names substituteProjectId, and no other remedy does"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _a_release_says_how_much(self) -> Self:
        said = [value for value in (self.release_percent, self.refund_units) if value is not None]
        if len(said) != (1 if self.kind is Remedy.PRO_RATA_RELEASE else 0):
            message = "a pro-rata release has either releasePercent or refundUnits, others neither"
            raise ValueError(message)
        return self


class RemedyDecisionRequest(Request):
    """Approve a remedy that somebody else proposed, or reject it."""

    kind: Literal[RemedyState.APPROVED, RemedyState.REJECTED]
    reason: Reason


class RemedyProposalView(View):
    """What was proposed about a project's frozen money, and what became of it."""

    id: UUID
    kind: Remedy
    units: Annotated[
        int, Field(description="Whole units that go back to buyers, or move; the rest is paid out.")
    ]
    substitute_project_id: UUID | None
    reason: str
    state: RemedyState
    proposed_by_id: UUID
    proposed_at: Moment
    decided_by_id: UUID | None
    decided_at: Moment | None
    decision_reason: str | None


class FreezeView(View):
    """Why money is frozen, and since when."""

    cause: FreezeCause
    reason: str
    frozen_by: str
    frozen_at: Moment
    ended_at: Annotated[Moment | None, Field(description="When a remedy was approved.")]


class FrozenMoneyView(View):
    """Frozen money, what of it can go back to buyers, and what was proposed."""

    freeze: FreezeView
    undisbursed_cents: Annotated[Cents, Field(description="In the project's parts, without VAT.")]
    remaining_units: Annotated[int, Field(description="What its buyers still have.")]
    refundable_units: Annotated[
        int, Field(description="So many whole units can go back out of what is there.")
    ]
    remedies: list[RemedyProposalView]
