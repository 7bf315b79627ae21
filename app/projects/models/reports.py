"""Reports: drafts that people edit, versions that submissions froze, what was found of them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.database import READ_AND_ADD, Identified, Versioned
from app.core.files import File
from app.projects.contents import ReportContent, ResultCount


class ReportKind(StrEnum):
    """What a report is about."""

    INTERIM = "interim"
    """What came of the project so far; there may be several."""
    FINAL = "final"
    """What came of it; accepted once, and then the project is completed."""


class ReportState(StrEnum):
    """The life of a report."""

    DRAFT = "draft"
    """It is being written (`actions.reports.begin`)."""
    SUBMITTED = "submitted"
    """A version is frozen and waits for judgement (`actions.reports.submit`)."""
    RETURNED = "returned"
    """The operator has remarks; it is submitted again (`actions.reports.judge`)."""
    ACCEPTED = "accepted"
    """The operator took it, and what it frees can be paid (`actions.reports.judge`)."""


class Result(StrEnum):
    """What the operator makes of a final report."""

    ACHIEVED = "achieved"
    SHORT = "short"
    """Less came of it than was promised: the operator decides about the money that is left."""


class Report(Versioned):
    """One report of a project."""

    __tablename__ = "reports"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint(
            "(result IS NOT NULL) = (kind = 'final' AND state = 'accepted')", name="result_known"
        ),
        Index(
            "uq_reports_open",
            "project_id",
            "kind",
            unique=True,
            postgresql_where="kind = 'final' OR state <> 'accepted'",
        ),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    number: Mapped[int]
    """Counts the project's reports, from 1."""
    kind: Mapped[ReportKind]
    state: Mapped[ReportState] = mapped_column(default=ReportState.DRAFT)
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The draft: a part of a report, as it goes over the wire (`contents.ReportChange`)."""
    result: Mapped[Result | None]
    begun_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    begun_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)


class ReportVersion(Identified):
    """A report as it was submitted; never changed."""

    __tablename__ = "report_versions"
    __table_args__ = (UniqueConstraint("report_id", "number"), {"info": READ_AND_ADD})

    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id"))
    number: Mapped[int]
    plan_version_id: Mapped[UUID] = mapped_column(ForeignKey("plan_versions.id"))
    """What it is held against: the plan that was valued and listed."""
    content: Mapped[dict[str, Any]]
    """A whole report (`contents.ReportContent`), as it goes over the wire."""
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """What was attached: `id`, `fileId`, `name`, `mediaType`, `sizeBytes`, `sha256`, `promise` and
    `isPublic` of each."""
    submitted_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    submitted_at: Mapped[datetime] = mapped_column(default=clock.now)

    def read_content(self) -> ReportContent:
        """Read what it says."""
        return ReportContent.model_validate(self.content)


class ReportEvidence(Identified):
    """A file that proves what a report says."""

    __tablename__ = "report_evidence"
    __table_args__ = (
        Index(None, "report_id", "id"),
        CheckConstraint("promise > 0", name="promise_positive"),
    )

    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id"), unique=True)
    promise: Mapped[int | None]
    """Which evidence of those that the plan promised it is, from 1."""
    is_public: Mapped[bool]
    """Whether buyers see it; the others are for the operator."""
    attached_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    attached_at: Mapped[datetime] = mapped_column(default=clock.now)
    removed_at: Mapped[datetime | None]
    """Not part of later submissions any more; the versions that had it keep it."""

    file: Mapped[File] = relationship(lazy="raise")


class ReportDecision(Identified):
    """A report was accepted, or returned with remarks: by whom, when and why."""

    __tablename__ = "report_decisions"
    __table_args__ = (
        Index(None, "report_id", "id"),
        CheckConstraint("state IN ('accepted', 'returned')", name="accepted_or_returned"),
        {"info": READ_AND_ADD},
    )

    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id"))
    report_version_id: Mapped[UUID] = mapped_column(ForeignKey("report_versions.id"))
    state: Mapped[ReportState]
    """Where it led."""
    reason: Mapped[str]
    """For the entrepreneur to read."""
    remarks: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """Of a return: `pointer` and `text` of each."""
    decided_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)


class ReportMeasurement(Identified):
    """What the operator found itself of what a report says; the last one counts."""

    __tablename__ = "report_measurements"
    __table_args__ = (Index(None, "report_id", "id"), {"info": READ_AND_ADD})

    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id"))
    counts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """`contents.ResultCount` of each group and category that was measured."""
    reason: Mapped[str]
    """How it was measured, and why it differs."""
    measured_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    measured_at: Mapped[datetime] = mapped_column(default=clock.now)

    def read_counts(self) -> list[ResultCount]:
        """Read what was counted."""
        return [ResultCount.model_validate(count) for count in self.counts]
