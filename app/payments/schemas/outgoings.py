"""Outgoings, on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.money import Cents
from app.core.wire import Moment, Request, View
from app.organisations.schemas.fields import Reason
from app.payments.models import OutgoingKind, OutgoingStatus, Rail
from app.payments.schemas.payments import Purpose


class OutgoingView(View):
    """Money that leaves: for what, to whom, decided by whom, and how far it is."""

    id: UUID
    scheme_id: UUID
    kind: OutgoingKind
    purpose: Purpose
    amount_cents: Cents
    rail: Rail
    payment_id: Annotated[
        UUID | None, Field(description="It goes back the way that this payment came.")
    ]
    provider_account_id: Annotated[
        UUID | None, Field(description="It goes to this account at the provider.")
    ]
    iban: Annotated[str | None, Field(description="It goes to this account at a bank.")]
    holder_name: str | None
    description: str
    status: OutgoingStatus
    planned_by: Annotated[str, Field(examples=["user:01986a2b-5c1e-7a60-b5d4-0f6f2d3c9a11"])]
    planned_at: Moment
    approved_by: str | None
    approved_at: Moment | None
    sent_at: Moment | None
    settled_at: Moment | None
    external_id: Annotated[
        str | None, Field(description="The provider's refund or transfer, or the bank's entry.")
    ]
    failure: Annotated[
        str | None, Field(description="Why it failed, was withheld or is taken back.")
    ]


class WithholdingRequest(Request):
    """Why money is stopped before it is sent."""

    reason: Reason


class ClawBackRequest(Request):
    """Why a transfer is taken back."""

    reason: Reason
