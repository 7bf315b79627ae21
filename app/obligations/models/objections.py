"""Objections: a contractor contests what an authority decided, once."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Versioned
from app.obligations.models.contracts import KEPT


def contest_checks() -> tuple[CheckConstraint, CheckConstraint]:
    """Give what holds for every table of objections: how they end, and that four eyes see them."""
    ended = CheckConstraint(
        "(state IN ('upheld', 'dismissed')) = (decided_by_id IS NOT NULL)"
        " AND (decided_by_id IS NULL) = (reason IS NULL)"
        " AND (state = 'lodged') = (ended_at IS NULL)",
        name="ended_by_somebody",
    )
    return ended, CheckConstraint("decided_by_id <> lodged_by_id", name="four_eyes")


class ContestState(StrEnum):
    """The life of a contractor's objection."""

    LODGED = "lodged"
    """It waits for somebody who did not decide first (`actions.objections.lodge`)."""
    UPHELD = "upheld"
    """The contractor was right, and what was decided is changed (`actions.objections.decide`)."""
    DISMISSED = "dismissed"
    """What was decided stands (`actions.objections.decide`)."""
    WITHDRAWN = "withdrawn"
    """The contractor let go of it (`actions.objections.withdraw`)."""


class Contest(Versioned):
    """What every objection of a contractor says, whatever it is about."""

    __abstract__ = True

    state: Mapped[ContestState] = mapped_column(default=ContestState.LODGED)
    grounds: Mapped[str]
    lodged_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    lodged_at: Mapped[datetime] = mapped_column(default=clock.now)
    reason: Mapped[str | None]
    """Why it was upheld or dismissed."""
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]


class ObligationObjection(Contest):
    """What a contractor has against a sanction, or against the refusal of a waiver."""

    __tablename__ = "obligation_objections"
    __table_args__ = (
        Index(None, "obligation_id", "id"),
        *contest_checks(),
        {"info": KEPT},
    )

    obligation_id: Mapped[UUID] = mapped_column(ForeignKey("obligations.id"))
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("obligation_proposals.id"), unique=True)
    """The sanction that was approved, or the waiver that was refused; contested once."""
    lodged_for_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    """Of several contractors the one that objects; unknown of some that are older."""
