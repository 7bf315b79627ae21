"""Write-offs: what entrepreneurs owe and will not pay, given up by two people."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Versioned
from app.payouts.models.payouts import KEPT


class WriteOffState(StrEnum):
    """The life of a write-off."""

    PROPOSED = "proposed"
    """Somebody of the operator proposed it (`actions.writing_off.propose`)."""
    APPROVED = "approved"
    """Another person agreed: the operator bears it (`actions.writing_off.decide`)."""
    REJECTED = "rejected"
    """Somebody said no: it is owed as before (`actions.writing_off.decide`)."""


class WriteOff(Versioned):
    """A part of what an entrepreneur owes, which the operator bears from its own money."""

    __tablename__ = "write_offs"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount_sensible"),
        CheckConstraint(
            "state <> 'approved' OR decided_by_id <> proposed_by_id", name="two_people_decide"
        ),
        CheckConstraint(
            "(state = 'proposed') = (num_nonnulls(decided_by_id, decided_at, decision_reason) = 0)",
            name="decided_whole",
        ),
        Index(
            "uq_write_offs_open",
            "scheme_id",
            "entrepreneur_id",
            unique=True,
            postgresql_where="state = 'proposed'",
        ),
        Index(None, "scheme_id", "id"),
        {"info": KEPT},
    )

    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("schemes.id"))
    entrepreneur_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    amount_cents: Mapped[int]
    reason: Mapped[str]
    state: Mapped[WriteOffState] = mapped_column(default=WriteOffState.PROPOSED)
    proposed_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
