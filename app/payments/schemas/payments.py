"""Payments and receipts, on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.money import Cents
from app.core.wire import Moment, View
from app.payments.models import PaymentStatus, Rail, ReceiptPlace, Way

Purpose = Annotated[
    str,
    Field(
        description="What it is for: a noun and an id.",
        examples=["order/01986a2b-5c1e-7a60-b5d4-0f6f2d3c9a11"],
    ),
]


class PaymentView(View):
    """An expected payment, and how far it has come."""

    id: UUID
    scheme_id: UUID
    payer_id: UUID
    purpose: Purpose
    amount_cents: Cents
    way: Way
    description: str
    creditor_reference: Annotated[
        str | None,
        Field(
            description="By bank: write this in the transfer (ISO 11649).",
            examples=["RF473K7M9QXD2HVN"],
        ),
    ]
    status: Annotated[
        PaymentStatus, Field(description="Only `succeeded` is paid; money may also come later.")
    ]
    failure: Annotated[str | None, Field(description="Why it did not come; the provider's word.")]
    checkout_url: Annotated[
        str | None,
        Field(description="Where to pay; null by bank, until it is open, and when it is over."),
    ]
    expires_at: Moment
    created_at: Moment
    succeeded_at: Moment | None


class ReceiptView(View):
    """Money that arrived."""

    id: UUID
    payment_id: Annotated[
        UUID | None, Field(description="What it was expected as; null while nobody knows.")
    ]
    rail: Rail
    external_id: Annotated[
        str,
        Field(description="The provider's charge, or account and entry of the bank's statement."),
    ]
    amount_cents: Cents
    received_at: Moment
    payer_name: str | None
    payer_iban: str | None
    remittance: Annotated[str | None, Field(description="What the payer wrote.")]
    place: Annotated[ReceiptPlace, Field(description="How far the books have come with it.")]
    booked_at: Moment | None
