"""Orders, and every decision about them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import READ_AND_ADD, Identified, Versioned
from app.schemes.terms import FeeBearer, Quote


class OrderState(StrEnum):
    """The life of an order."""

    AWAITING_APPROVAL = "awaiting_approval"
    """It is above what its member may spend; nothing is held (`actions.ordering.order`)."""
    RESERVED = "reserved"
    """Its units are held until `reserved_until` (`actions.ordering.order`, `approve`)."""
    PROCESSING = "processing"
    """Its payment is under way, and the hold goes on (`actions.paying.follow`)."""
    PAID = "paid"
    """Its money is in the books and its units are issued (`actions.receiving.receive`)."""
    DISPUTED = "disputed"
    """The payer's bank wants its money back; nobody knows yet (`actions.unwinding`)."""
    EXPIRED = "expired"
    """It was not paid in time (`actions.expiring.expire`)."""
    CANCELLED = "cancelled"
    """The buyer took it back, or an approver declined (`actions.ordering.cancel`, `decline`)."""
    REFUNDED = "refunded"
    """All of it goes back: its project missed the threshold (`actions.ending`), the operator
    decided so, or a dispute was lost (`actions.unwinding`)."""

    @property
    def is_waiting(self) -> bool:
        """Whether the buyer can still pay it, or have it approved."""
        return self in {OrderState.AWAITING_APPROVAL, OrderState.RESERVED, OrderState.PROCESSING}


class PayBy(StrEnum):
    """How the buyer means to pay; the policy keeps units for a time that depends on it."""

    ONLINE = "online"
    """By card, iDEAL, direct debit or a transfer through the provider."""
    INVOICE = "invoice"
    """By a bank transfer that names the order's reference."""


class Order(Versioned):
    """A buyer's claim on a number of units of one project, with the amounts of its quote.

    The amounts never change: what is refunded stands in the books, and in the states.
    """

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint("quantity_units > 0", name="quantity_positive"),
        CheckConstraint(
            "price_cents > 0 AND vat_sale_cents >= 0 AND fee_cents >= 0 AND vat_fee_cents >= 0",
            name="amounts_sensible",
        ),
        CheckConstraint(
            "total_cents = price_cents + vat_sale_cents"
            " + CASE fee_borne_by WHEN 'buyer' THEN fee_cents + vat_fee_cents ELSE 0 END",
            name="total_adds_up",
        ),
        CheckConstraint(
            "(state IN ('awaiting_approval', 'cancelled')) OR reserved_until IS NOT NULL",
            name="reserved_until_when",
        ),
        CheckConstraint(
            "(state IN ('paid', 'disputed', 'refunded')) = (paid_at IS NOT NULL)", name="paid_when"
        ),
        Index(None, "buyer_id", "id"),
        Index(None, "scheme_id", "id"),
        Index(None, "project_id", "state"),
        Index(
            "ix_orders_reserved_until",
            "reserved_until",
            postgresql_where="state = 'reserved'",
        ),
    )

    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("schemes.id"))
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    buyer_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    policy_id: Mapped[UUID] = mapped_column(ForeignKey("scheme_policies.id"))
    """The terms of the round, by which it was quoted."""
    state: Mapped[OrderState]
    quantity_units: Mapped[int]
    price_cents: Mapped[int]
    """Units times the price per unit, without VAT: what counts as social return."""
    vat_sale_cents: Mapped[int]
    fee_cents: Mapped[int]
    vat_fee_cents: Mapped[int]
    fee_borne_by: Mapped[FeeBearer]
    total_cents: Mapped[int]
    """What the buyer pays."""
    pay_by: Mapped[PayBy]
    purchase_order_number: Mapped[str | None]
    cost_centre: Mapped[str | None]
    invoice_address: Mapped[dict[str, Any] | None]
    """An `InvoiceAddress`, as it goes over the wire; none: the organisation's own."""
    is_named: Mapped[bool]
    """Whether the public register of units may name the buyer."""
    ordered_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    ordered_at: Mapped[datetime] = mapped_column(default=clock.now)
    reserved_until: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]

    @property
    def hold_reference(self) -> str:
        """Names its hold in the impact book."""
        return f"order/{self.id}/reserved"

    @property
    def purpose(self) -> str:
        """Names it to those who take its money."""
        return f"order/{self.id}"

    @property
    def proceeds_cents(self) -> int:
        """What of its total is for the entrepreneur, without the VAT on the sale."""
        return self.quote.proceeds_cents

    @property
    def quote(self) -> Quote:
        """Its amounts, as they were quoted."""
        return Quote(
            quantity_units=self.quantity_units,
            price_cents=self.price_cents,
            vat_sale_cents=self.vat_sale_cents,
            fee_cents=self.fee_cents,
            vat_fee_cents=self.vat_fee_cents,
            fee_borne_by=self.fee_borne_by,
        )


class OrderDecisionKind(StrEnum):
    """What happened to an order."""

    ORDERED = "ordered"
    APPROVED = "approved"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    RESERVED_ANEW = "reserved-anew"
    """Its money came late, and its units were still there."""
    PAYMENT_UNDER_WAY = "payment-under-way"
    PAYMENT_FAILED = "payment-failed"
    PAID = "paid"
    DISPUTED = "disputed"
    DISPUTE_WON = "dispute-won"
    REFUNDED = "refunded"


class OrderDecision(Identified):
    """By whom, when and why."""

    __tablename__ = "order_decisions"
    __table_args__ = (Index(None, "order_id", "id"), {"info": READ_AND_ADD})

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    kind: Mapped[OrderDecisionKind]
    reason: Mapped[str]
    decided_by: Mapped[str]
    """An actor: `user:<id>`, or `system:<what>`."""
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)
