"""What experts found: sealed when they submit it, opened for all at once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.database import READ_AND_ADD, Identified


class OpenedScores(Identified):
    """A sheet whose commitment was verified, for whoever may see the panel's affairs."""

    __tablename__ = "opened_scores"
    __table_args__ = ({"info": READ_AND_ADD},)

    sealed_scores_id: Mapped[UUID] = mapped_column(ForeignKey("sealed_scores.id"), unique=True)
    findings: Mapped[dict[str, Any]]
    """A `contents.Findings`, salts included, as it goes over the wire."""
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)


class SealedScores(Identified):
    """A sheet as an expert submitted it; of several the last one counts."""

    __tablename__ = "sealed_scores"
    __table_args__ = (
        UniqueConstraint("assignment_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("length(commitment) = 64", name="commitment_is_sha256"),
        {"info": READ_AND_ADD},
    )

    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignments.id"))
    number: Mapped[int]
    """Counts the expert's submissions for this assignment, from 1."""
    commitment: Mapped[str]
    """SHA-256 in hexadecimal digits; `contents.scores` says of what."""
    sealed: Mapped[bytes]
    """A `contents.Findings`, sealed with the installation's secret: no reader of SQL opens it."""
    submitted_at: Mapped[datetime] = mapped_column(default=clock.now)

    opened: Mapped[OpenedScores | None] = relationship(lazy="raise", viewonly=True)
