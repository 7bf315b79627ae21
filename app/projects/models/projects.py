"""Projects: what entrepreneurs offer, and every decision about it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, Sequence
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.database import READ_AND_ADD, Identified, Versioned
from app.organisations.models import Organisation
from app.projects.models.rounds import Round


class ProjectState(StrEnum):
    """The life of a project."""

    DRAFT = "draft"
    """Its plan is being written (`actions.plans.begin`)."""
    SUBMITTED = "submitted"
    """A version of its plan is frozen and waits for judgement (`actions.plans.submit`)."""
    RETURNED = "returned"
    """The operator has remarks; it is submitted again (`actions.eligibility.give_back`)."""
    ELIGIBLE = "eligible"
    """It meets the conditions, and is valued (`actions.eligibility.accept`)."""
    REJECTED = "rejected"
    """It does not (`actions.eligibility.reject`); the entrepreneur may object."""
    VALUED = "valued"
    """The operator adopted a valuation (`actions.valuations.adopt`)."""
    LISTED = "listed"
    """Its units are for sale (`actions.listings.publish`)."""
    FUNDED = "funded"
    """Its threshold is reached; it stays funded whatever is refunded later (orders)."""
    RUNNING = "running"
    """It has started (`actions.running.start`)."""
    REPORTING = "reporting"
    """It has ended, and its final report is due or judged (`actions.running.end`)."""
    COMPLETED = "completed"
    """Its final report is accepted (`actions.running.complete`)."""
    WITHDRAWN = "withdrawn"
    """The entrepreneur took it back before it was listed (`actions.plans.withdraw`)."""
    NOT_FUNDED = "not_funded"
    """The sale ended below its threshold (orders)."""
    STOPPED = "stopped"
    """The operator ended it before its end (payouts: `actions.freezing.stop`)."""
    CANCELLED = "cancelled"
    """Its round was cancelled before the sale (`actions.cancellations.end_projects`)."""


class Project(Versioned):
    """One project of an entrepreneur in a round."""

    __tablename__ = "projects"
    __table_args__ = (
        Index(None, "round_id", "state"),
        Index(None, "entrepreneur_id", "id"),
        CheckConstraint("number BETWEEN 1 AND 2147483647", name="number_fits_serials"),
    )

    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("schemes.id"), index=True)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("rounds.id"))
    entrepreneur_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    number: Mapped[int] = mapped_column(
        Sequence("project_numbers"),
        server_default=sa.text("nextval('project_numbers')"),
        unique=True,
    )
    """Begins the serials of its units: number * 2**32 + n. Global, and gaps do not matter."""
    state: Mapped[ProjectState] = mapped_column(default=ProjectState.DRAFT)
    resubmit_until: Mapped[datetime | None]
    """Of one that was returned: the operator's term, beyond the round's `plans_close_at`."""
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    round: Mapped[Round] = relationship(lazy="raise")
    entrepreneur: Mapped[Organisation] = relationship(lazy="raise")


class ProjectDecisionKind(StrEnum):
    """What was decided about a project."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    VALUED = "valued"
    VALUATION_FELL = "valuation-fell"
    """A conflict that came to light late left it without a quorum: it is eligible again."""
    LISTED = "listed"
    FUNDED = "funded"
    """Its threshold is reached."""
    NOT_FUNDED = "not-funded"
    """The sale ended below its threshold."""
    STARTED = "started"
    ENDED = "ended"
    """Its final report is due."""
    COMPLETED = "completed"
    STOPPED = "stopped"
    """The operator ended it before its end."""
    OBJECTION_LODGED = "objection-lodged"
    OBJECTION_UPHELD = "objection-upheld"
    OBJECTION_DISMISSED = "objection-dismissed"
    ROUND_CANCELLED = "round-cancelled"
    """The reason is that of the round."""


class ProjectDecision(Identified):
    """By whom, when and why."""

    __tablename__ = "project_decisions"
    __table_args__ = (Index(None, "project_id", "id"), {"info": READ_AND_ADD})

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    kind: Mapped[ProjectDecisionKind]
    reason: Mapped[str]
    """For the entrepreneur to read."""
    plan_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("plan_versions.id"))
    decided_by: Mapped[str]
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Of a return: `remarks` and `until`; of an objection: `objectionId`; of a cancelled round:
    `stateBefore`."""
