"""Parts of orders that were undone: refunded, lost in a dispute, or moved to another project."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import READ_AND_ADD, Identified
from app.core.money import split
from app.orders.models.units import RANGE
from app.schemes.terms import Quote


class PartKind(StrEnum):
    """Why an order lost units."""

    REFUNDED = "refunded"
    """Their money goes back (`actions.parting`)."""
    LOST = "lost"
    """The payer's bank took their money back (`actions.disputes`)."""
    REALLOCATED = "reallocated"
    """Their money moved to another project (`actions.reallocating`)."""


class OrderPart(Identified):
    """Units that an order lost, and what of its amounts belongs to them; never changed.

    Credit notes, reports and the revoking of what was recognised all read it from here. The parts
    of an order that lost all its units add up to its amounts exactly.
    """

    __tablename__ = "order_parts"
    __table_args__ = (
        CheckConstraint(
            "quantity_units > 0 AND last_serial - first_serial + 1 = quantity_units",
            name="serials_of_its_units",
        ),
        CheckConstraint(
            "price_cents >= 0 AND vat_sale_cents >= 0 AND fee_cents >= 0 AND vat_fee_cents >= 0"
            " AND total_cents >= price_cents + vat_sale_cents",
            name="amounts_sensible",
        ),
        CheckConstraint(
            "(kind = 'reallocated') = (moved_to_id IS NOT NULL)", name="moved_somewhere"
        ),
        CheckConstraint("(kind = 'lost') = (dispute_id IS NOT NULL)", name="lost_in_a_dispute"),
        ExcludeConstraint((text(RANGE), "&&"), using="gist", name="ex_order_parts_undone_once"),
        Index(None, "order_id", "id"),
        {"info": READ_AND_ADD},
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    kind: Mapped[PartKind]
    quantity_units: Mapped[int]
    first_serial: Mapped[int]
    last_serial: Mapped[int]
    """These serials are annulled, whatever becomes of the units."""
    price_cents: Mapped[int]
    vat_sale_cents: Mapped[int]
    fee_cents: Mapped[int]
    vat_fee_cents: Mapped[int]
    total_cents: Mapped[int]
    are_for_sale: Mapped[bool]
    """Whether as many units are for sale again; they get new serials when they are sold."""
    moved_to_id: Mapped[UUID | None] = mapped_column(ForeignKey("orders.id"), unique=True)
    """The order for units of another project that they were exchanged for."""
    dispute_id: Mapped[UUID | None] = mapped_column(ForeignKey("disputes.id"), index=True)
    reason: Mapped[str]
    decided_by: Mapped[str]
    """An actor: `user:<id>`, or `system:<what>`."""
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)


def share_of(quote: Quote, units: int) -> Quote:
    """Say what of an order's amounts belongs to so many of its units.

    It never falls when the units grow, and all units have all amounts: so parts that are taken one
    after another, each as a difference of two shares, add up exactly, in whatever steps. The fee
    and its VAT are shared together first, so that a part never has more of them than of the price.

    Raises:
        ValueError: it has not so many.
    """
    rest = quote.quantity_units - units
    fee_with_vat = quote.fee_cents + quote.vat_fee_cents
    shared_fee = split(fee_with_vat, (units, rest))[0]
    fee = split(shared_fee, (quote.fee_cents, quote.vat_fee_cents))[0] if fee_with_vat else 0
    return Quote(
        quantity_units=units,
        price_cents=split(quote.price_cents, (units, rest))[0],
        vat_sale_cents=split(quote.vat_sale_cents, (units, rest))[0],
        fee_cents=fee,
        vat_fee_cents=shared_fee - fee,
        fee_borne_by=quote.fee_borne_by,
    )


def between(quote: Quote, before: int, after: int) -> Quote:
    """Say what belongs to the units that an order loses after it lost `before` of them."""
    smaller, larger = share_of(quote, before), share_of(quote, after)
    return Quote(
        quantity_units=after - before,
        price_cents=larger.price_cents - smaller.price_cents,
        vat_sale_cents=larger.vat_sale_cents - smaller.vat_sale_cents,
        fee_cents=larger.fee_cents - smaller.fee_cents,
        vat_fee_cents=larger.vat_fee_cents - smaller.vat_fee_cents,
        fee_borne_by=quote.fee_borne_by,
    )
