"""Allocations of orders' units to obligations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Identified
from app.core.money import split
from app.obligations.models.contracts import KEPT


class Allocation(Identified):
    """Units of an order that are meant for an obligation; the order guards the row."""

    __tablename__ = "order_allocations"
    __table_args__ = (
        UniqueConstraint("order_id", "obligation_id"),
        CheckConstraint("quantity_units >= 0", name="quantity_sensible"),
        CheckConstraint(
            "provisional_units BETWEEN 0 AND quantity_units AND provisional_cents >= 0"
            " AND (provisional_units > 0 OR provisional_cents = 0)",
            name="provisional_within",
        ),
        CheckConstraint(
            "lowered_cents >= 0 AND (provisional_units > 0 OR lowered_cents = 0)",
            name="lowered_within",
        ),
        Index(None, "obligation_id"),
        {"info": KEPT},
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    obligation_id: Mapped[UUID] = mapped_column(ForeignKey("obligations.id"))
    quantity_units: Mapped[int]
    """None is left where the split does not name the obligation any more."""
    provisional_units: Mapped[int] = mapped_column(default=0)
    provisional_cents: Mapped[int] = mapped_column(default=0)
    """What the book of social return has of it as provisional."""
    lowered_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    """What those units counted for, or would, and do not: it did not come about."""
    report_id: Mapped[UUID | None] = mapped_column(ForeignKey("reports.id"))
    """The accepted final report that was looked at."""
    entries: Mapped[int] = mapped_column(default=0)
    """How often something was entered about it: numbers the references."""
    is_due: Mapped[bool] = mapped_column(default=True)
    """Whether its units are still to be counted provisionally (`actions.recognising`)."""
    allocated_at: Mapped[datetime] = mapped_column(default=clock.now)

    def share_of(self, units: int) -> int:
        """Say what some of its units count for provisionally, in cents."""
        units = min(units, self.provisional_units)
        rest = self.provisional_units - units
        return split(self.provisional_cents, (units, rest))[0] if units else 0
