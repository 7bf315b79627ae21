"""Entrepreneurs and companies that take part, on the wire."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.core.wire import Moment, Request, View
from app.organisations.schemas.fields import Iban, Reason, Token
from app.schemes.models import AdmissionState, CheckKind, EnrolmentState, SchemeDecisionKind
from app.schemes.schemas.schemes import SchemeDecisionView


class ParticipantView(View):
    """An organisation that takes part in a scheme."""

    id: UUID
    legal_name: str
    register_number: str


class AdmissionRequest(Request):
    """Which scheme an entrepreneur asks to take part in, and why."""

    scheme_id: UUID
    reason: Annotated[
        Reason, Field(description="What you want to do there; the operator reads this.")
    ]
    invitation_token: Annotated[
        Token | None, Field(description="From the operator's e-mail, if there was one.")
    ] = None


class AdmissionDecisionRequest(Request):
    """What the operator decides about an entrepreneur, and why."""

    kind: Literal[
        SchemeDecisionKind.ADMITTED,
        SchemeDecisionKind.REFUSED,
        SchemeDecisionKind.SUSPENDED,
        SchemeDecisionKind.REINSTATED,
    ]
    reason: Reason


class AdmissionView(View):
    """An entrepreneur in a scheme."""

    id: UUID
    scheme_id: UUID
    organisation: ParticipantView
    invitation_id: UUID | None
    state: AdmissionState
    requested_at: Moment
    payable: Annotated[
        bool, Field(description="Whether money may be paid out to it today: admitted and checked.")
    ]
    missing_checks: Annotated[list[CheckKind], Field(description="Not checked, or not any more.")]
    decisions: list[SchemeDecisionView]


class CheckRequest(Request):
    """What was checked about an entrepreneur, on what evidence, and until when that holds."""

    kind: CheckKind
    passed: bool
    evidence: Annotated[
        str,
        Field(
            min_length=3,
            max_length=2_000,
            description="What was seen, and where it is kept; no copy of an identity document.",
            examples=["Extract of the trade register of 2026-11-20, file 2026/117."],
        ),
    ]
    valid_until: Annotated[
        date | None,
        Field(
            description="The last day on which it holds; null for one that failed.",
            examples=["2027-11-20"],
        ),
    ]
    iban: Annotated[
        Iban | None,
        Field(description="Of a bank account that passed: which one it was. It is not kept here."),
    ] = None

    @model_validator(mode="after")
    def _what_passed_holds_for_a_time(self) -> Self:
        if self.passed != (self.valid_until is not None):
            message = "validUntil goes with a check that passed, and with no other"
            raise ValueError(message)
        names_account = self.kind is CheckKind.BANK_ACCOUNT and self.passed
        if names_account != (self.iban is not None):
            message = "iban goes with a check of a bank account that passed, and with no other"
            raise ValueError(message)
        return self


class CheckView(View):
    """One check: by whom, when, on what evidence and until when it holds."""

    id: UUID
    kind: CheckKind
    passed: bool
    evidence: str
    valid_until: date | None
    checked_by_id: UUID
    checked_at: Moment


class CheckedAdmissionView(AdmissionView):
    """An entrepreneur in a scheme, with what was checked about it."""

    checks: list[CheckView]


class EnrolmentRequest(Request):
    """Which scheme a company wants to buy in."""

    scheme_id: UUID
    reason: Annotated[
        Reason, Field(description="What for; the operator reads this where it decides.")
    ]


class EnrolmentDecisionRequest(Request):
    """What the operator decides about a company, and why."""

    kind: Literal[
        SchemeDecisionKind.ENROLLED,
        SchemeDecisionKind.REFUSED,
        SchemeDecisionKind.SUSPENDED,
        SchemeDecisionKind.REINSTATED,
    ]
    reason: Reason


class EnrolmentView(View):
    """A company in a scheme."""

    id: UUID
    scheme_id: UUID
    organisation: ParticipantView
    state: EnrolmentState
    requested_at: Moment
    decisions: list[SchemeDecisionView]
