"""Payments: what is expected from whom, and how far it has come."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Versioned
from app.payments.models.purposes import IS_PURPOSE, KEPT, Purpose
from app.payments.models.receipts import Rail


class Way(StrEnum):
    """How a payer pays."""

    CARD = "card"
    IDEAL = "ideal"
    """At most EUR 50,000 at a time."""
    SEPA_DEBIT = "sepa_debit"
    """Takes days, and the payer may take it back for eight weeks."""
    PROVIDER_TRANSFER = "provider_transfer"
    """A bank transfer to an account that the provider keeps for this payer."""
    BANK = "bank"
    """A bank transfer to the operator's own account, found by its creditor reference."""

    @property
    def rail(self) -> Rail:
        """Where the money comes in."""
        return Rail.BANK if self is Way.BANK else Rail.PROVIDER


class PaymentStatus(StrEnum):
    """The life of a payment. Only `succeeded` is paid."""

    EXPECTED = "expected"
    """Somebody is going to pay (`actions.payments.expect`)."""
    STARTED = "started"
    """The provider's checkout is open (`errands.starting`)."""
    PROCESSING = "processing"
    """The payer did their part and the money is under way (`actions.payments.follow`)."""
    SUCCEEDED = "succeeded"
    """All of it is there (`actions.payments.follow`; by bank `actions.receipts.take`)."""
    FAILED = "failed"
    """It did not come, and this checkout can't be paid any more (`actions.payments.follow`)."""
    CANCELLED = "cancelled"
    """Nobody wants it any more (`actions.payments.cancel`); money may come all the same."""
    EXPIRED = "expired"
    """Its time was up (`errands.ending`); money may come all the same."""

    @property
    def is_open(self) -> bool:
        """Whether it can still be paid as it was meant to."""
        return self in {
            PaymentStatus.EXPECTED,
            PaymentStatus.STARTED,
            PaymentStatus.PROCESSING,
        }


class Payment(Versioned):
    """An expected payment. The version counts what was written of the provider's side, too."""

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint(IS_PURPOSE, name="purpose_well_formed"),
        CheckConstraint("(way = 'bank') = (creditor_reference IS NOT NULL)", name="bank_reference"),
        CheckConstraint(
            "way <> 'bank' OR num_nonnulls(checkout_id, intent_id) = 0", name="provider_of_its_way"
        ),
        Index(None, "scheme_id", "id"),
        Index(None, "payer_id", "id"),
        {"info": KEPT},
    )

    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("schemes.id"))
    payer_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    purpose: Mapped[str] = mapped_column(index=True)
    amount_cents: Mapped[int]
    """Euro cents, as all money here."""
    way: Mapped[Way]
    description: Mapped[str]
    """What the payer reads in the checkout and on the statement."""
    creditor_reference: Mapped[str | None] = mapped_column(unique=True)
    """ISO 11649 (`RF…`), for a payment by bank."""
    status: Mapped[PaymentStatus] = mapped_column(default=PaymentStatus.EXPECTED)
    failure: Mapped[str | None]
    """Why it did not come: the provider's code."""
    checkout_id: Mapped[str | None] = mapped_column(unique=True)
    """The provider's checkout session (`cs_…`)."""
    intent_id: Mapped[str | None] = mapped_column(unique=True)
    """The provider's payment intent (`pi_…`), once the payer chose to pay."""
    checkout_url: Mapped[str | None]
    """Where the payer pays; null when that is over."""
    return_url: Mapped[str | None]
    """Where the payer comes back to."""
    expires_at: Mapped[datetime]
    cancel_requested_at: Mapped[datetime | None]
    """Somebody cancelled it; the provider is being told (`errands.ending`)."""
    created_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    succeeded_at: Mapped[datetime | None]

    @property
    def owner_id(self) -> UUID:
        """What it is for: an order's id, say."""
        return Purpose.read(self.purpose).id
