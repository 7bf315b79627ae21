"""Outgoings: money that leaves."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Versioned
from app.payments.models.purposes import IS_PURPOSE, KEPT, Purpose
from app.payments.models.receipts import Rail


class OutgoingKind(StrEnum):
    """Why money leaves."""

    REFUND = "refund"
    """Back to a buyer, from `refund_due`."""
    PAYOUT = "payout"
    """To an entrepreneur, from `payable`."""
    FEE = "fee"
    """The operator takes what it earned, from `fee_income`."""
    VAT = "vat"
    """The operator remits VAT, from `vat_fee`."""
    SEND_BACK = "send-back"
    """Back to whoever sent what nobody expected, from `suspense`."""


class OutgoingStatus(StrEnum):
    """The life of an outgoing. It is sent once; another try is another outgoing."""

    PLANNED = "planned"
    """Somebody wants it (`actions.outgoings.plan`)."""
    APPROVED = "approved"
    """Another person agreed (`actions.outgoings.approve`), or a rule sends it back by itself."""
    SENT = "sent"
    """It left the books (`actions.outgoings.send`); the other side has it, or will say no."""
    SETTLED = "settled"
    """It left the balance or the account (`actions.outgoings.settle`)."""
    FAILED = "failed"
    """It was refused or came back (`actions.outgoings.fail`): it is owed again."""
    WITHHELD = "withheld"
    """Somebody stopped it before it was sent (`actions.outgoings.withhold`)."""
    CLAWED_BACK = "clawed_back"
    """It was settled and taken back (`actions.outgoings.follow`): it is owed again."""


class Outgoing(Versioned):
    """Money that leaves: from which account of the books, to whom, and how far it is."""

    __tablename__ = "outgoings"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint(IS_PURPOSE, name="purpose_well_formed"),
        CheckConstraint(
            "num_nonnulls(payment_id, provider_account_id, iban) = 1", name="one_destination"
        ),
        CheckConstraint("(rail = 'bank') = (iban IS NOT NULL)", name="bank_to_an_account"),
        CheckConstraint("(iban IS NULL) = (holder_name IS NULL)", name="account_has_a_holder"),
        CheckConstraint("payment_id IS NULL OR kind = 'refund'", name="refund_of_a_payment"),
        CheckConstraint(
            "(status IN ('planned', 'withheld')) OR approved_by IS NOT NULL",
            name="approved_before_sent",
        ),
        CheckConstraint(
            "approved_by <> planned_by OR payment_id IS NOT NULL", name="two_people_decide"
        ),
        Index(None, "scheme_id", "id"),
        {"info": KEPT},
    )

    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("schemes.id"))
    kind: Mapped[OutgoingKind]
    purpose: Mapped[str] = mapped_column(index=True)
    account_owner_id: Mapped[UUID | None]
    """Whose `refund_due` or `payable` it comes from; none for the operator's own accounts."""
    amount_cents: Mapped[int]
    rail: Mapped[Rail]
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payments.id"), index=True)
    """Back the way that this payment came."""
    provider_account_id: Mapped[UUID | None] = mapped_column(ForeignKey("provider_accounts.id"))
    """To this account at the provider."""
    iban: Mapped[str | None]
    """To this account at a bank, of `holder_name`."""
    holder_name: Mapped[str | None]
    description: Mapped[str]
    """What the receiver reads on the statement."""
    status: Mapped[OutgoingStatus] = mapped_column(default=OutgoingStatus.PLANNED)
    planned_by: Mapped[str]
    planned_at: Mapped[datetime] = mapped_column(default=clock.now)
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    external_id: Mapped[str | None] = mapped_column(unique=True)
    """The provider's refund or transfer (`re_…`, `tr_…`), or the bank's entry that settled it."""
    failure: Mapped[str | None]
    """Why it failed, was withheld or was clawed back."""

    @property
    def owner_id(self) -> UUID:
        """What it is for: an order's or a project's id, say."""
        return Purpose.read(self.purpose).id
