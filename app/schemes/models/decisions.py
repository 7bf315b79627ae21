"""Decisions: each change of state of a scheme or of who takes part in it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import READ_AND_ADD, Identified


class SchemeDecisionKind(StrEnum):
    """What was decided."""

    OPENED = "opened"
    CLOSED = "closed"
    REQUESTED = "requested"
    """An organisation asked to take part: its own decision."""
    ADMITTED = "admitted"
    ENROLLED = "enrolled"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"


class SchemeDecision(Identified):
    """By whom, when and why; about an admission, an enrolment, or else the scheme itself."""

    __tablename__ = "scheme_decisions"
    __table_args__ = (
        CheckConstraint("num_nonnulls(admission_id, enrolment_id) <= 1", name="about_one_thing"),
        Index(None, "scheme_id", "id"),
        {"info": READ_AND_ADD},
    )

    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("schemes.id"))
    admission_id: Mapped[UUID | None] = mapped_column(ForeignKey("admissions.id"), index=True)
    enrolment_id: Mapped[UUID | None] = mapped_column(ForeignKey("enrolments.id"), index=True)
    kind: Mapped[SchemeDecisionKind]
    reason: Mapped[str]
    decided_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)
