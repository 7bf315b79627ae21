"""Accounts at a bank, statements and transactions, on the wire."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from stdnum import bic
from stdnum.exceptions import ValidationError as NumberError

from app.core.money import LARGEST_AMOUNT, Cents
from app.core.wire import ONE_LINE, Moment, Request, View
from app.organisations.schemas.fields import Iban, Reason
from app.payments.models import Outcome
from app.payments.sepa.camt053 import Direction


def _valid_bic(code: str) -> str:
    try:
        return str(bic.validate(code))
    except NumberError as error:
        message = "this is no valid BIC (ISO 9362)"
        raise ValueError(message) from error


Bic = Annotated[str, Field(max_length=20, examples=["ABNANL2A"]), AfterValidator(_valid_bic)]

Balance = Annotated[
    int,
    Field(
        ge=-LARGEST_AMOUNT,
        le=LARGEST_AMOUNT,
        description="Euro cents; less than zero: overdrawn.",
        examples=[125_000],
    ),
]


class BankAccountRequest(Request):
    """An account on which the operator keeps the money of this scheme and nothing else."""

    iban: Iban
    bic: Annotated[Bic | None, Field(description="Within the SEPA no bank needs it.")] = None
    holder_name: Annotated[
        str,
        Field(
            min_length=1,
            max_length=70,
            pattern=ONE_LINE,
            description="As the bank knows the holder.",
            examples=["Stichting Derdengelden Rijnmond"],
        ),
    ]


class ExplanationRequest(Request):
    """Why."""

    reason: Reason


class BankAccountView(View):
    """An account at a bank, and since when and until when the scheme uses it."""

    id: UUID
    scheme_id: UUID
    iban: str
    bic: str | None
    holder_name: str
    opened_by: str
    opened_at: Moment
    closed_by: str | None
    closed_at: Moment | None
    closing_reason: str | None


class BankStatementView(View):
    """A statement as it was imported."""

    id: UUID
    account_id: UUID
    number: Annotated[str, Field(description="The bank's own name for it.")]
    sequence: str | None
    opening_on: date | None
    opening_cents: Balance
    closing_on: date | None
    closing_cents: Balance
    expected_cents: Annotated[
        Balance | None,
        Field(
            description="Where the statement before it ended; another opening balance means that a"
            " statement is missing. Null for the first."
        ),
    ]
    entry_count: int
    new_count: Annotated[
        int, Field(description="So many of its entries no other statement had brought before.")
    ]
    pending_count: Annotated[
        int, Field(description="So many were left out: the bank had not booked them yet.")
    ]
    imported_by: str
    imported_at: Moment


class StatementsView(View):
    """The statements of one file."""

    statements: list[BankStatementView]


class BankTransactionView(View):
    """One payment on a statement, and what became of it."""

    id: UUID
    account_id: UUID
    statement_id: UUID
    direction: Direction
    amount_cents: Cents
    booked_on: date
    bank_reference: str | None
    code: Annotated[
        str | None, Field(description="The bank's kind of transaction, as `PMNT-RCDT-ESCT`.")
    ]
    counterparty_name: str | None
    counterparty_iban: str | None
    end_to_end_id: str | None
    remittance: Annotated[str | None, Field(description="What the payer wrote.")]
    is_back: Annotated[bool, Field(description="The bank says that it brings something back.")]
    return_reason: Annotated[
        str | None, Field(description="A code of ISO 20022.", examples=["AC04"])
    ]
    outcome: Outcome
    worked_at: Moment | None
    outgoing_id: Annotated[
        UUID | None, Field(description="What it settled or brought back, if that is one.")
    ]
    explained_by: str | None
    explanation: str | None


class SettlementRequest(Request):
    """Which outgoing left with this transaction, and why that is sure."""

    outgoing_id: UUID
    reason: Reason


class ReceiptAssignmentRequest(Request):
    """Which payment the money is for, and why that is sure."""

    payment_id: UUID
    reason: Reason
