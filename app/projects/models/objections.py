"""Objections: an entrepreneur contests a decision about its project, once."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.database import Versioned
from app.projects.models.projects import Project, ProjectDecision


class ObjectionState(StrEnum):
    """The life of an objection."""

    LODGED = "lodged"
    """It waits for somebody who did not decide first (`actions.objections.lodge`)."""
    UPHELD = "upheld"
    """The entrepreneur was right: the decision is taken again (`actions.objections.decide`)."""
    DISMISSED = "dismissed"
    """The decision stands (`actions.objections.decide`)."""


class Objection(Versioned):
    """What an entrepreneur has against a rejection or a valuation of its project."""

    __tablename__ = "objections"
    __table_args__ = (
        Index(None, "project_id", "id"),
        CheckConstraint(
            "(state = 'lodged') = (decided_at IS NULL)"
            " AND (decided_at IS NULL) = (decided_by_id IS NULL)"
            " AND (decided_at IS NULL) = (reason IS NULL)",
            name="decided_means_by_somebody",
        ),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("project_decisions.id"), unique=True)
    """The rejection, or the adoption of the valuation; contested once."""
    state: Mapped[ObjectionState] = mapped_column(default=ObjectionState.LODGED)
    grounds: Mapped[str]
    lodged_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    lodged_at: Mapped[datetime] = mapped_column(default=clock.now)
    reason: Mapped[str | None]
    """Why it was upheld or dismissed."""
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]

    project: Mapped[Project] = relationship(lazy="raise")
    decision: Mapped[ProjectDecision] = relationship(lazy="raise")
