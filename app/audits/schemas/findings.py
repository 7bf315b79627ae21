"""Findings on the wire."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from app.audits.models import (
    AuditFinding,
    FindingSide,
    FindingState,
    FindingStepKind,
    Severity,
    SubjectKind,
)
from app.audits.schemas.lists import Href, ListRequest, NoHref, href
from app.core import clock
from app.core.files import FileView
from app.core.wire import ONE_LINE, PARAGRAPHS, Moment, Request, View, names_nobody

Title = Annotated[
    str,
    Field(
        min_length=3,
        max_length=200,
        pattern=ONE_LINE,
        examples=["The evidence of a claim is older than its contract"],
    ),
    AfterValidator(names_nobody),
]
Words = Annotated[
    str,
    Field(
        min_length=3,
        max_length=10_000,
        pattern=PARAGRAPHS,
        description="No e-mail addresses and no citizen numbers: say what, and not who.",
        examples=["The invoice is of 2025-03-01; the contract began on 2026-01-01."],
    ),
    AfterValidator(names_nobody),
]


class FindingSubjectRequest(Request):
    """What a finding is about."""

    kind: SubjectKind
    id: UUID


class FindingRequest(Request):
    """What an auditor found, and until when it is to be answered."""

    severity: Severity
    title: Title
    description: Words
    subject: Annotated[
        FindingSubjectRequest | None, Field(description="Without it: about all of it.")
    ] = None
    sample_item_id: Annotated[
        UUID | None, Field(description="The row of a sample that it is about, instead.")
    ] = None
    due_on: Annotated[date, Field(description="The last day for an answer.")]
    remind_on: Annotated[
        date | None, Field(description="Who is to answer is reminded then, and on the last day.")
    ] = None
    raised_for_id: Annotated[
        UUID | None,
        Field(description="Your own organisation, whose people read and conclude it too."),
    ] = None

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if self.subject is not None and self.sample_item_id is not None:
            message = "a row of a sample says what the finding is about: leave the subject out"
            raise ValueError(message)
        if self.due_on < clock.today():
            message = "the last day for an answer has passed"
            raise ValueError(message)
        if self.remind_on is not None and self.remind_on > self.due_on:
            message = "a reminder comes before the last day, or on it"
            raise ValueError(message)
        return self


class FindingAssignmentRequest(Request):
    """Who is to answer a finding."""

    user_id: Annotated[UUID, Field(description="Of a member of the audited organisation.")]
    text: Annotated[Words, Field(description="What they should look at; they read this.")]


class FindingTextRequest(Request):
    """What is answered or concluded."""

    text: Words


class FindingReopeningRequest(Request):
    """What is still open, and until when it is to be answered."""

    text: Words
    due_on: Annotated[date, Field(description="The last day for an answer.")]

    @model_validator(mode="after")
    def _to_come(self) -> Self:
        if self.due_on < clock.today():
            message = "the last day for an answer has passed"
            raise ValueError(message)
        return self


class FindingsRequest(ListRequest):
    """Which findings at an organisation."""

    state: Annotated[FindingState | None, Field(description="Only those in this state.")] = None
    severity: Annotated[Severity | None, Field(description="Only those of this severity.")] = None
    overdue: Annotated[
        bool, Field(description="Only those that should have been answered by yesterday.")
    ] = False


class FindingLinksView(View):
    """Where a finding leads to."""

    finding: Href
    subject: NoHref
    steps: Href
    files: Href


class AuditFindingView(View):
    """What an auditor found, who answers it, and what became of it."""

    id: UUID
    organisation_id: Annotated[UUID, Field(description="The one that is audited.")]
    raised_by_id: UUID
    raised_for_id: UUID | None
    state: FindingState
    severity: Severity
    title: str
    description: str
    subject_kind: SubjectKind | None
    subject_id: UUID | None
    sample_item_id: UUID | None
    due_on: date
    remind_on: Annotated[date | None, Field(description="When the next reminder goes out.")]
    assigned_to_id: UUID | None
    raised_at: Moment
    closed_at: Moment | None
    version: Annotated[int, Field(description="The same as the ETag.")]
    links: FindingLinksView

    @classmethod
    def of(cls, finding: AuditFinding) -> Self:
        """Show one."""
        here, kind = f"findings/{finding.id}", finding.subject_kind
        told = {name: getattr(finding, name) for name in cls.model_fields if name != "links"}
        links = FindingLinksView(
            finding=href(here),
            subject=href("audits", _PLACES[kind], finding.subject_id) if kind else None,
            steps=href(here, "steps"),
            files=href(here, "files"),
        )
        return cls(**told, links=links)


_PLACES = {
    SubjectKind.CONTRACT: "contracts",
    SubjectKind.OBLIGATION: "obligations",
    SubjectKind.FULFILMENT: "fulfilments",
    SubjectKind.ORDER: "orders",
    SubjectKind.PAYOUT: "payouts",
    SubjectKind.ENTRY: "entries",
}


class FindingStepView(View):
    """What happened to a finding."""

    id: UUID
    kind: FindingStepKind
    said: Annotated[str, Field(description="Of a file: the SHA-256 of its content.")]
    assigned_to_id: UUID | None
    made_by_id: UUID
    made_at: Moment


class FindingFileView(View):
    """A file that proves a finding, or the answer to it."""

    id: UUID
    finding_id: UUID
    side: Annotated[FindingSide, Field(description="Who gave it.")]
    attached_by_id: UUID
    attached_at: Moment
    file: FileView
