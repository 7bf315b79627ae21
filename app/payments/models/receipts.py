"""Receipts: money that arrived."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Identified
from app.payments.models.purposes import KEPT


class Rail(StrEnum):
    """On which side money comes in and goes out."""

    PROVIDER = "provider"
    BANK = "bank"


class ReceiptPlace(StrEnum):
    """How far the books have come with money that arrived."""

    ARRIVED = "arrived"
    """It is there and not in the books yet (`actions.receipts.take`); a job is on its way."""
    SUSPENSE = "suspense"
    """Nobody knows whose it is: a person finds out (`actions.receipts.put_in_suspense`)."""
    BOOKED = "booked"
    """The owner of its purpose entered it (`hooks.telling`)."""
    SENT_BACK = "sent_back"
    """Nobody expected it, and it is on its way to where it came from (`actions.suspense`)."""


class Receipt(Identified):
    """Money that arrived: one row for each fact outside, however often we are told."""

    __tablename__ = "receipts"
    __table_args__ = (
        UniqueConstraint("rail", "external_id"),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("place <> 'booked' OR payment_id IS NOT NULL", name="booked_for_something"),
        CheckConstraint("(place = 'arrived') = (booked_at IS NULL)", name="booked_when"),
        Index(None, "scheme_id", "id"),
        {"info": KEPT},
    )

    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("schemes.id"))
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payments.id"), index=True)
    """What it was expected as; none while nobody knows."""
    rail: Mapped[Rail]
    external_id: Mapped[str]
    """The fact outside: the provider's charge (`ch_…`), or account and entry of a statement."""
    amount_cents: Mapped[int]
    received_at: Mapped[datetime]
    payer_name: Mapped[str | None]
    payer_iban: Mapped[str | None]
    remittance: Mapped[str | None]
    """What the payer wrote, for whoever must find out what it is."""
    place: Mapped[ReceiptPlace] = mapped_column(default=ReceiptPlace.ARRIVED)
    booked_at: Mapped[datetime | None]
    """When it came into the books, in suspense or where it belongs."""
    taken_at: Mapped[datetime] = mapped_column(default=clock.now)

    @property
    def evidence(self) -> tuple[str, ...]:
        """What proves it, as the books name it."""
        source = "stripe" if self.rail is Rail.PROVIDER else "camt"
        return (f"{source}:{self.external_id}",)
