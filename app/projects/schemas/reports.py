"""Reports on the wire: what was expected, reported and measured, each in a member of its own."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.core.files import FileView
from app.core.wire import Moment, Request, View
from app.organisations.schemas.fields import Reason
from app.projects.contents import (
    PublicReportContent,
    ReportChange,
    ReportChangeRequest,
    ReportContent,
    ResultCategory,
    ResultCount,
    ResultKind,
    TargetGroup,
)
from app.projects.models import ReportKind, ReportState, Result
from app.projects.schemas.desk import RemarkView
from app.projects.schemas.eligibility import RemarkRequest
from app.projects.schemas.plans import LackView

Sha256 = Annotated[str, Field(description="In hexadecimal digits.")]
Promise = Annotated[
    int | None, Field(description="Which evidence it is of those that the plan promised, from 1.")
]


class StartRequest(Request):
    """Why a project starts on another day than its plan names."""

    reason: Reason


class ReportRequest(Request):
    """A report to be written."""

    kind: ReportKind
    content: Annotated[ReportChangeRequest, Field(description="What is known already.")] = (
        ReportChangeRequest()
    )


class ReportDecisionRequest(Request):
    """Accept a report, or return it with remarks."""

    kind: Literal[ReportState.ACCEPTED, ReportState.RETURNED]
    reason: Annotated[Reason, Field(description="Why; the entrepreneur reads this.")]
    result: Annotated[
        Result | None,
        Field(
            description="Of a final report that is accepted: whether what was promised is"
            " `achieved`, or the result is `short` and the operator decides about what is not paid."
        ),
    ] = None
    remarks: Annotated[
        list[RemarkRequest],
        Field(default_factory=list, max_length=100, description="Of a return: at least one."),
    ]

    @model_validator(mode="after")
    def _only_a_return_has_remarks(self) -> Self:
        if (self.kind is ReportState.RETURNED) != bool(self.remarks):
            message = "a return has at least one remark, and nothing else has any"
            raise ValueError(message)
        return self


class MeasurementRequest(Request):
    """What the operator counted itself."""

    counts: Annotated[
        list[ResultCount],
        Field(min_length=1, max_length=100, description="Each group and category once."),
    ]
    reason: Annotated[Reason, Field(description="How it was measured, and why it differs.")]

    @model_validator(mode="after")
    def _each_is_counted_once(self) -> Self:
        counted = [(count.group, count.category) for count in self.counts]
        if len(set(counted)) < len(counted):
            message = "each group is counted once in each category"
            raise ValueError(message)
        return self


class ReportView(View):
    """A report, without what it says."""

    id: UUID
    project_id: UUID
    number: Annotated[int, Field(description="Counts the project's reports, from 1.")]
    kind: ReportKind
    state: ReportState
    result: Annotated[
        Result | None, Field(description="Of a final report that is accepted; else null.")
    ]
    begun_at: Moment
    version: int


class ReportDraftView(ReportView):
    """A draft, as far as it is written."""

    content: Annotated[ReportChange, Field(description="Members not filled in are null.")]
    changed_by_id: UUID
    changed_at: Moment


class ReportCompletenessView(View):
    """Everything that keeps a report from being submitted."""

    complete: bool
    lacks: list[LackView]


class EvidenceView(View):
    """A file that proves what a report says."""

    id: UUID
    report_id: UUID
    promise: Promise
    is_public: Annotated[bool, Field(description="Whether buyers see it.")]
    attached_by_id: UUID
    attached_at: Moment
    file: FileView


class FrozenEvidenceView(View):
    """A file as it was when the report was submitted."""

    id: UUID
    name: str | None
    media_type: str
    size_bytes: int
    sha256: Sha256
    promise: Promise
    is_public: bool


class ReportVersionView(View):
    """A report as it was submitted; never changed."""

    id: UUID
    report_id: UUID
    number: int
    plan_version_id: Annotated[UUID, Field(description="The plan that it is held against.")]
    content: ReportContent
    evidence: list[FrozenEvidenceView]
    submitted_by_id: UUID
    submitted_at: Moment


class ReportDecisionView(View):
    """A decision about a report: by whom, when and why."""

    id: UUID
    report_id: UUID
    report_version_id: UUID
    state: ReportState
    reason: str
    remarks: list[RemarkView]
    decided_by_id: UUID
    decided_at: Moment


class MeasurementView(View):
    """What the operator counted itself."""

    id: UUID
    report_id: UUID
    counts: list[ResultCount]
    reason: str
    measured_by_id: UUID
    measured_at: Moment


class ComparedResultView(View):
    """How many people of a group: expected, reported and measured are three things."""

    group: TargetGroup
    category: ResultCategory
    kind: ResultKind
    expected_people: Annotated[
        int | None, Field(description="As the plan promised; null where it names no number.")
    ]
    reported_people: Annotated[int | None, Field(description="As the entrepreneur reported.")]
    measured_people: Annotated[
        int | None, Field(description="As the operator found afterwards; null: not measured.")
    ]


class ComparedMilestoneView(View):
    """A milestone of the plan, and what was reported of it."""

    number: int
    what: str
    expected_on: date
    is_reported: bool
    reached_on: date | None
    remark: str


class ComparedPromiseView(View):
    """Evidence that the plan promised, and what was reported of it."""

    number: int
    promised: str
    is_kept: bool | None
    remark: str


class ComparedReportView(View):
    """A report as it was submitted last, beside the plan that was valued."""

    report: ReportView
    submitted: Annotated[
        ReportVersionView | None, Field(description="Null while it is a first draft.")
    ]
    measurement: MeasurementView | None
    results: list[ComparedResultView]
    milestones: list[ComparedMilestoneView]
    promises: list[ComparedPromiseView]
    expected_costs_cents: Annotated[int, Field(description="As the plan added up; confidential.")]
    reported_costs_cents: int | None


class PublicReportView(View):
    """What buyers may read of a report: no costs, and nothing that is confidential."""

    id: UUID
    project_id: UUID
    number: int
    kind: ReportKind
    state: ReportState
    result: Result | None
    submitted_at: Moment
    content: PublicReportContent
    results: list[ComparedResultView]
    evidence: Annotated[
        list[FrozenEvidenceView],
        Field(description="The public files, once the report is accepted."),
    ]


def on_public_pages(pages: Iterable[Any]) -> list[PublicReportView]:
    """Make what buyers read of reports as `queries.reports.public` lays them out."""
    return [
        PublicReportView.model_validate(
            {
                **{
                    name: getattr(page.report, name)
                    for name in ("id", "project_id", "number", "kind", "state", "result")
                },
                "submitted_at": page.submitted.submitted_at,
                "content": page.public_content,
                "results": page.results,
                "evidence": page.public_evidence,
            }
        )
        for page in pages
    ]
