"""Findings: what an auditor found, who answers it, and what became of it."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.database import READ_AND_ADD, Identified, Versioned
from app.core.files.models import File
from app.obligations.models.contracts import KEPT


class Severity(StrEnum):
    """How much it matters."""

    LOW = "low"
    """To be mended some time."""
    MEDIUM = "medium"
    """To be mended soon."""
    HIGH = "high"
    """What is reported may be wrong."""


class FindingState(StrEnum):
    """The life of a finding."""

    RAISED = "raised"
    """The audited organisation is to assign it (`actions.findings.raise_finding`)."""
    ASSIGNED = "assigned"
    """Somebody is to answer it (`actions.findings.assign`, `reopen`)."""
    ANSWERED = "answered"
    """The auditor is to conclude (`actions.findings.answer`)."""
    CLOSED = "closed"
    """The auditor concluded (`actions.findings.close`); it may be reopened."""

    @property
    def awaits_answer(self) -> bool:
        """Whether the audited organisation is to do something."""
        return self in {FindingState.RAISED, FindingState.ASSIGNED}


class SubjectKind(StrEnum):
    """What a finding is about."""

    CONTRACT = "contract"
    OBLIGATION = "obligation"
    FULFILMENT = "fulfilment"
    ORDER = "order"
    PAYOUT = "payout"
    ENTRY = "entry"


class AuditFinding(Versioned):
    """What an auditor found at the organisation that they audit."""

    __tablename__ = "audit_findings"
    __table_args__ = (
        CheckConstraint(
            "(subject_kind IS NULL) = (subject_id IS NULL)"
            " AND (sample_item_id IS NULL OR subject_id IS NOT NULL)",
            name="about_something_whole",
        ),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_when"),
        CheckConstraint(
            "state <> 'assigned' OR assigned_to_id IS NOT NULL", name="assigned_to_whom"
        ),
        Index(None, "organisation_id", "id"),
        Index(None, "remind_on", postgresql_where=text("remind_on IS NOT NULL")),
        {"info": KEPT},
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    """The one that is audited."""
    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("auditor_appointments.id"))
    raised_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    raised_for_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    """The auditor's own organisation, whose people read it too; none: the auditor alone."""
    state: Mapped[FindingState] = mapped_column(default=FindingState.RAISED)
    severity: Mapped[Severity]
    title: Mapped[str]
    description: Mapped[str]
    subject_kind: Mapped[SubjectKind | None]
    subject_id: Mapped[UUID | None]
    sample_item_id: Mapped[UUID | None] = mapped_column(ForeignKey("audit_sample_items.id"))
    """The row of a sample that it was found at."""
    due_on: Mapped[date]
    """The last day for an answer."""
    remind_on: Mapped[date | None]
    """When the next reminder goes out."""
    assigned_to_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    raised_at: Mapped[datetime] = mapped_column(default=clock.now)
    closed_at: Mapped[datetime | None]


class FindingStepKind(StrEnum):
    """What happened to a finding."""

    RAISED = "raised"
    ASSIGNED = "assigned"
    ANSWERED = "answered"
    CLOSED = "closed"
    REOPENED = "reopened"
    FILE_ATTACHED = "file-attached"


class AuditFindingStep(Identified):
    """What happened to a finding: by whom, when, and what they said."""

    __tablename__ = "audit_finding_steps"
    __table_args__ = (Index(None, "finding_id", "id"), {"info": READ_AND_ADD})

    finding_id: Mapped[UUID] = mapped_column(ForeignKey("audit_findings.id"))
    kind: Mapped[FindingStepKind]
    said: Mapped[str]
    assigned_to_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)


class FindingSide(StrEnum):
    """Who gave a file."""

    AUDITOR = "auditor"
    AUDITED = "audited"


class AuditFindingFile(Identified):
    """A file that proves a finding, or the answer to it."""

    __tablename__ = "audit_finding_files"
    __table_args__ = (Index(None, "finding_id", "id"), {"info": READ_AND_ADD})

    finding_id: Mapped[UUID] = mapped_column(ForeignKey("audit_findings.id"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id"), unique=True)
    side: Mapped[FindingSide]
    attached_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    attached_at: Mapped[datetime] = mapped_column(default=clock.now)

    file: Mapped[File] = relationship(lazy="raise")
