"""Plans: a draft that people edit, and the versions that submissions froze."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.database import READ_AND_ADD, Identified, Versioned
from app.core.files import File
from app.projects.contents import Plan


class PlanDraft(Versioned):
    """What a project says of itself so far; it may lack anything. Goes on after a return."""

    __tablename__ = "plan_drafts"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"), unique=True)
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """A part of a `Plan`, as it goes over the wire (`contents.PlanChange`)."""
    changed_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)


class PlanVersion(Identified):
    """A plan as it was submitted; never changed."""

    __tablename__ = "plan_versions"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
        {"info": READ_AND_ADD},
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    number: Mapped[int]
    """Counts the project's submissions, from 1."""
    content: Mapped[dict[str, Any]]
    """A whole `Plan`, as it goes over the wire."""
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """What was attached when it was submitted: `id`, `fileId`, `name`, `mediaType`, `sizeBytes`,
    `sha256` and `isPublic` of each."""
    submitted_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    submitted_at: Mapped[datetime] = mapped_column(default=clock.now)

    def read_plan(self) -> Plan:
        """Read what it says, as the model that knows the sums."""
        return Plan.model_validate(self.content)


class PlanAttachment(Identified):
    """A file that belongs to a project's plan."""

    __tablename__ = "plan_attachments"
    __table_args__ = (Index(None, "project_id", "id"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id"), unique=True)
    is_public: Mapped[bool]
    """Whether buyers see it; the others are for the operator and the panel."""
    attached_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    attached_at: Mapped[datetime] = mapped_column(default=clock.now)
    removed_at: Mapped[datetime | None]
    """Not part of later submissions any more; the versions that had it keep it."""

    file: Mapped[File] = relationship(lazy="raise")
