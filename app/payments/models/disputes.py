"""Disputes: a payer asks their bank to take a payment back."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Versioned
from app.payments.models.purposes import KEPT


class DisputeStatus(StrEnum):
    """The life of a dispute, as the provider tells it (`actions.disputes.follow`)."""

    ASKED = "asked"
    """An inquiry: no money has moved."""
    OPEN = "open"
    """The provider holds the money back; what was bought with it is frozen, not undone."""
    WON = "won"
    """The money came back."""
    LOST = "lost"
    """The money is gone: only now is anything undone."""
    CLOSED = "closed"
    """An inquiry that came to nothing."""


class Dispute(Versioned):
    """A payment that its payer disputes."""

    __tablename__ = "disputes"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        {"info": KEPT},
    )

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id"), index=True)
    external_id: Mapped[str] = mapped_column(unique=True)
    """The provider's dispute (`du_…`, `dp_…`)."""
    amount_cents: Mapped[int]
    reason: Mapped[str]
    """The provider's word for what the payer says."""
    status: Mapped[DisputeStatus]
    respond_by: Mapped[datetime | None]
    """Until then the operator can send evidence, in the provider's dashboard."""
    opened_at: Mapped[datetime]
    noted_at: Mapped[datetime] = mapped_column(default=clock.now)
