"""Freezes: money of a stopped project, or of a short result, until it is decided about."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Versioned
from app.payouts.models.payouts import KEPT
from app.schemes.terms import Remedy


class FreezeCause(StrEnum):
    """Why money is frozen."""

    STOPPED = "stopped"
    """The operator stopped the project (`actions.freezing.stop`)."""
    SHORT = "short"
    """Its final report was accepted with a short result (`actions.freezing.freeze_short`)."""


class Freeze(Versioned):
    """What was not paid out of a project is kept where it is; one row, once."""

    __tablename__ = "freezes"
    __table_args__ = (Index(None, "scheme_id", "id"), {"info": KEPT})

    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("schemes.id"))
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"), unique=True)
    cause: Mapped[FreezeCause]
    reason: Mapped[str]
    frozen_by: Mapped[str]
    """An actor: `user:<id>`."""
    frozen_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
    """A remedy was approved (`actions.remedying.approve`): nothing is frozen any more."""
    hold_references: Mapped[list[str]]
    """Of what is held in the books while nobody has decided."""
    thawed_holds: Mapped[int] = mapped_column(default=0)
    """So many holds were given free for refunds; the next ones are numbered after them."""

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided yet."""
        return self.ended_at is None


class RemedyState(StrEnum):
    """The life of a proposal."""

    PROPOSED = "proposed"
    """Somebody of the operator proposed it (`actions.remedying.propose`)."""
    APPROVED = "approved"
    """Another person agreed, and it was done (`actions.remedying.approve`)."""
    REJECTED = "rejected"
    """Somebody said no (`actions.remedying.reject`)."""


class RemedyProposal(Versioned):
    """What should become of a project's frozen money: proposed by one, approved by another."""

    __tablename__ = "remedy_proposals"
    __table_args__ = (
        CheckConstraint("units >= 0", name="units_sensible"),
        CheckConstraint(
            "(kind = 'substitute-project') = (substitute_project_id IS NOT NULL)",
            name="substitute_named",
        ),
        CheckConstraint(
            "state <> 'approved' OR decided_by_id <> proposed_by_id", name="two_people_decide"
        ),
        CheckConstraint(
            "(state = 'proposed') = (num_nonnulls(decided_by_id, decided_at, decision_reason) = 0)",
            name="decided_whole",
        ),
        Index(
            "uq_remedy_proposals_open",
            "freeze_id",
            unique=True,
            postgresql_where="state = 'proposed'",
        ),
        Index(None, "freeze_id", "id"),
        {"info": KEPT},
    )

    freeze_id: Mapped[UUID] = mapped_column(ForeignKey("freezes.id"))
    kind: Mapped[Remedy]
    units: Mapped[int]
    """So many whole units go back to the buyers or move, pro rata; the rest is the
    entrepreneur's."""
    substitute_project_id: Mapped[UUID | None] = mapped_column(ForeignKey("projects.id"))
    """Where the units move, if that is what is proposed."""
    reason: Mapped[str]
    state: Mapped[RemedyState] = mapped_column(default=RemedyState.PROPOSED)
    proposed_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
