"""Files for the bank, on the wire."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.money import Cents
from app.core.wire import Moment, Request, View
from app.payments.schemas.outgoings import OutgoingView
from app.payments.sepa.pain002 import Verdict

MOST_OUTGOINGS = 500


class BatchRequest(Request):
    """What leaves together, from which account and on which day."""

    account_id: UUID
    outgoing_ids: Annotated[
        list[UUID],
        Field(
            min_length=1,
            max_length=MOST_OUTGOINGS,
            description="Approved ones that leave by bank.",
        ),
    ]
    execute_on: Annotated[
        date | None,
        Field(
            description="A day on which banks work, within two months; null for the first one.",
            examples=["2026-12-01"],
        ),
    ] = None


class CandidateView(View):
    """What is approved and leaves by bank, and whether it can leave today."""

    outgoing: OutgoingView
    held_back: Annotated[
        str | None,
        Field(
            description="Why it can't leave today; null if it can.",
            examples=["The account was changed: nothing goes there before 2026-12-08."],
        ),
    ]


class BankBatchView(View):
    """A file for the bank: what it says in all."""

    id: Annotated[UUID, Field(description="The file's own id (`MsgId`), without dashes.")]
    scheme_id: UUID
    account_id: UUID
    debtor_name: str
    debtor_iban: str
    execute_on: date
    transfer_count: int
    total_cents: Annotated[Cents, Field(description="The control sum.")]
    made_by: str
    made_at: Moment


class BankTransferView(View):
    """An outgoing in a file, and what the bank said of it."""

    id: UUID
    outgoing: OutgoingView
    verdict: Annotated[
        Verdict | None, Field(description="Null until the bank says something; then its last word.")
    ]
    bank_status: Annotated[str | None, Field(description="The bank's own word.", examples=["RJCT"])]
    reason: Annotated[str | None, Field(description="A code of ISO 20022.", examples=["AC04"])]


class BankStatusReportView(View):
    """What the bank said of a file, counted."""

    id: UUID
    batch_id: UUID
    message_id: Annotated[str, Field(description="The bank's own name for the report.")]
    accepted_count: int
    rejected_count: int
    waiting_count: int
    imported_by: str
    imported_at: Moment
