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
    PARTLY_REFUNDED = "partly_refunded"
    """Some of its units were undone, and some are left (`actions.parting`)."""
    DISPUTED = "disputed"
    """The payer's bank wants its money back; nobody knows yet (`actions.disputes`)."""
    EXPIRED = "expired"
    """It was not paid in time (`actions.expiring.expire`)."""
    CANCELLED = "cancelled"
    """The buyer took it back, or an approver declined (`actions.ordering.cancel`, `decline`)."""
    REFUNDED = "refunded"
    """None of it is left: its project missed the threshold (`actions.ending`), the operator
    decided so (`actions.parting`), or a dispute was lost (`actions.disputes`)."""
    REALLOCATED = "reallocated"
    """What was left of it moved to another project (`actions.reallocating`)."""


class PayBy(StrEnum):
    """How the buyer means to pay; the policy keeps units for a time that depends on it."""

    ONLINE = "online"
    """By card, iDEAL, direct debit or a transfer through the provider."""
    INVOICE = "invoice"
    """By a bank transfer that names the order's reference."""


class Order(Versioned):
    """A buyer's claim on a number of units of one project, with the amounts of its quote.

    Quantity and amounts never change: what was undone of them stands in `OrderPart`.
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
            "(state IN ('awaiting_approval', 'cancelled')) OR reserved_until IS NOT NULL"
            " OR moved_from_id IS NOT NULL",
            name="reserved_until_when",
        ),
        CheckConstraint(
            "(state IN ('paid', 'partly_refunded', 'disputed', 'refunded', 'reallocated'))"
            " = (paid_at IS NOT NULL)",
            name="paid_when",
        ),
        CheckConstraint(
            "CASE WHEN state IN ('refunded', 'reallocated') THEN undone_units = quantity_units"
            " WHEN state = 'partly_refunded' THEN undone_units BETWEEN 1 AND quantity_units - 1"
            " WHEN state = 'disputed' THEN undone_units BETWEEN 0 AND quantity_units - 1"
            " ELSE undone_units = 0 END",
            name="undone_as_its_state_says",
        ),
        CheckConstraint(
            "set_aside_units BETWEEN 0 AND quantity_units - undone_units"
            " AND (set_aside_units = 0 OR state = 'disputed')",
            name="set_aside_while_disputed",
        ),
        CheckConstraint("reservations > 0", name="reservations_positive"),
        CheckConstraint(
            "(moved_from_id IS NULL) = (origin_id IS NULL)", name="moved_from_an_origin"
        ),
        CheckConstraint(
            "num_nonnulls(ordered_by_id, ordered_by_key_id) = 1", name="ordered_by_one"
        ),
        Index(None, "buyer_id", "id"),
        Index(None, "scheme_id", "id"),
        Index(None, "project_id", "state"),
        Index(
            "ix_orders_reserved_until",
            "reserved_until",
            postgresql_where="state = 'reserved'",
        ),
        Index("ix_orders_origin_id", "origin_id", postgresql_where="origin_id IS NOT NULL"),
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
    ordered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    ordered_by_key_id: Mapped[UUID | None] = mapped_column(ForeignKey("api_keys.id"))
    """A machine of the buyer's, instead of a person."""
    ordered_at: Mapped[datetime] = mapped_column(default=clock.now)
    reserved_until: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    reservations: Mapped[int] = mapped_column(default=1, server_default="1")
    """How often its units were held: anew, where a payment begins after its time was up."""
    undone_units: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many of its units were refunded, lost or moved, the last ones first."""
    set_aside_units: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many are to be refunded if its dispute is won; if it is lost, nothing is left."""
    moved_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("orders.id"))
    """The order for units of another project that it was exchanged for."""
    origin_id: Mapped[UUID | None] = mapped_column(ForeignKey("orders.id"))
    """The order that its money was paid for, where it was moved from there, in however many
    steps."""

    @property
    def hold_reference(self) -> str:
        """Names its hold in the impact book."""
        again = "" if self.reservations == 1 else f"/{self.reservations}"
        return f"order/{self.id}/reserved{again}"

    @property
    def paid_order_id(self) -> UUID:
        """The order that its money was paid for: itself, or the one that it was moved from."""
        return self.origin_id or self.id

    @property
    def purpose(self) -> str:
        """Names it to those who take its money, and send it back."""
        return f"order/{self.paid_order_id}"

    @property
    def remaining_units(self) -> int:
        """How many units it still has."""
        return self.quantity_units - self.undone_units

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
    SET_ASIDE = "set-aside"
    """Some of it is to be refunded, if its dispute is won."""
    PARTLY_REFUNDED = "partly-refunded"
    REFUNDED = "refunded"
    REALLOCATED = "reallocated"
    """All of it, or a part, moved to another project."""
    MOVED_HERE = "moved-here"
    """It was made by moving another order."""


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
