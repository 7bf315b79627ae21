"""The panel at work: sittings about a plan, who is assigned, and who may not."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.database import READ_AND_ADD, Identified
from app.projects.contents import Findings, RecusalKind
from app.projects.models.plans import PlanVersion
from app.projects.models.projects import Project
from app.projects.models.scores import SealedScores
from app.schemes.models import PanelMember


class Recusal(Identified):
    """A conflict of interest, or another reason why an expert does not value a plan."""

    __tablename__ = "recusals"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'detected') = (recorded_by_id IS NULL)", name="people_record_the_others"
        ),
        {"info": READ_AND_ADD},
    )

    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignments.id"), unique=True)
    kind: Mapped[RecusalKind]
    reason: Mapped[str]
    recorded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    """Null: the installation detected it."""
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)


class Assignment(Identified):
    """An expert is asked to value the plan of a sitting."""

    __tablename__ = "assignments"
    __table_args__ = (
        UniqueConstraint("sitting_id", "panel_member_id"),
        {"info": READ_AND_ADD},
    )

    sitting_id: Mapped[UUID] = mapped_column(ForeignKey("sittings.id"))
    panel_member_id: Mapped[UUID] = mapped_column(ForeignKey("panel_members.id"), index=True)
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("assignments.id"), unique=True)
    """The assignment of the recused expert in whose place this one is."""
    assigned_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    assigned_at: Mapped[datetime] = mapped_column(default=clock.now)

    panel_member: Mapped[PanelMember] = relationship(lazy="raise")
    sitting: Mapped["Sitting"] = relationship(lazy="raise", viewonly=True)
    recusal: Mapped[Recusal | None] = relationship(lazy="raise", viewonly=True)
    submissions: Mapped[list[SealedScores]] = relationship(
        lazy="raise", viewonly=True, order_by=SealedScores.number
    )

    @property
    def last(self) -> SealedScores | None:
        """What counts of what the expert submitted; the submissions must be loaded."""
        return self.submissions[-1] if self.submissions else None

    @property
    def submitted_at(self) -> datetime | None:
        """When the last sheet came; the submissions must be loaded."""
        return self.last.submitted_at if self.last else None

    @property
    def commitment(self) -> str | None:
        """What binds the last sheet; the submissions must be loaded."""
        return self.last.commitment if self.last else None

    @property
    def findings(self) -> Findings | None:
        """What the expert found, once it is opened; submissions and openings must be loaded."""
        opened = self.last.opened if self.last else None
        return Findings.model_validate(opened.findings) if opened else None


class ScoreExtension(Identified):
    """The experts of a sitting got more time."""

    __tablename__ = "score_extensions"
    __table_args__ = (Index(None, "sitting_id", "id"), {"info": READ_AND_ADD})

    sitting_id: Mapped[UUID] = mapped_column(ForeignKey("sittings.id"))
    due_at: Mapped[datetime]
    reason: Mapped[str]
    decided_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)


class Sitting(Identified):
    """One time in which experts value a version of a plan; after an objection upheld, again."""

    __tablename__ = "sittings"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    number: Mapped[int]
    """Counts the sittings about a project, from 1."""
    plan_version_id: Mapped[UUID] = mapped_column(ForeignKey("plan_versions.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    opened_at: Mapped[datetime | None]
    """When all its scores were opened at once; sealed before (`actions.panel.open_scores`)."""

    project: Mapped[Project] = relationship(lazy="raise")
    plan_version: Mapped[PlanVersion] = relationship(lazy="raise")
    extensions: Mapped[list[ScoreExtension]] = relationship(
        lazy="raise", viewonly=True, order_by=ScoreExtension.id
    )
    assignments: Mapped[list[Assignment]] = relationship(
        lazy="raise", viewonly=True, order_by=Assignment.id
    )

    @property
    def scores_due_at(self) -> datetime:
        """The round's date, or the last of the extensions; both must be loaded."""
        extended = [extension.due_at for extension in self.extensions]
        return max([self.project.round.scores_due_at, *extended])

    @property
    def is_sealed(self) -> bool:
        """Whether nobody may read the scores but who gave them."""
        return self.opened_at is None

    @property
    def active(self) -> list[Assignment]:
        """Who is asked and not recused; assignments and recusals must be loaded."""
        return [each for each in self.assignments if each.recusal is None]

    @property
    def scored(self) -> list[Assignment]:
        """Whose scores count; submissions must be loaded too."""
        return [each for each in self.active if each.last is not None]
