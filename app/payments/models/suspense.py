"""What people decided about money in suspense."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import READ_AND_ADD, Identified


class ReceiptDecisionKind(StrEnum):
    """What can be decided."""

    ASSIGNED = "assigned"
    """It is for a payment (`actions.suspense.assign`)."""
    SENDING_BACK = "sending_back"
    """It goes back where it came from, if another person agrees (`actions.suspense.send_back`)."""


class ReceiptDecision(Identified):
    """Who decided what money in suspense is, when and why."""

    __tablename__ = "receipt_decisions"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'assigned') = (payment_id IS NOT NULL)"
            " AND (kind = 'sending_back') = (outgoing_id IS NOT NULL)",
            name="says_what",
        ),
        {"info": READ_AND_ADD},
    )

    receipt_id: Mapped[UUID] = mapped_column(ForeignKey("receipts.id"), index=True)
    kind: Mapped[ReceiptDecisionKind]
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payments.id"))
    outgoing_id: Mapped[UUID | None] = mapped_column(ForeignKey("outgoings.id"))
    reason: Mapped[str]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)
