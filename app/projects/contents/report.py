"""A report: what came of a plan, by category and count; nobody is named."""

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from app.core.wire import NamingNobody, Request, View
from app.projects.contents.plan import Confidential, Line, LineCents, Text
from app.projects.contents.vocabulary import ResultCategory, TargetGroup

MOST_COUNTS = len(TargetGroup) * len(ResultCategory)

Number = Annotated[
    int, Field(strict=True, ge=1, le=100, description="Its place in the plan's list, from 1.")
]


class ResultCount(Request):
    """How many people of a group: no names, and no more than a number."""

    group: TargetGroup
    category: ResultCategory
    people: Annotated[int, Field(strict=True, ge=0, le=100_000, examples=[9])]


class MilestoneReport(Request):
    """What became of a milestone of the plan."""

    number: Number
    reached_on: Annotated[date | None, Field(description="Null: it was not reached.")]
    remark: Line = ""


class PromiseReport(Request):
    """What became of the evidence that the plan promised."""

    number: Number
    is_kept: bool
    remark: Line = ""


Counts = Annotated[list[ResultCount], Field(max_length=MOST_COUNTS)]
MilestoneReports = Annotated[list[MilestoneReport], Field(max_length=100)]
PromiseReports = Annotated[list[PromiseReport], Field(max_length=50)]
Costs = Annotated[LineCents, Field(description="What it cost; confidential.")]


class ReportChange(Request):
    """New values for the named members of a draft; null empties one, others stay as they are."""

    summary: Text | None = None
    period_from: date | None = None
    period_until: date | None = None
    counts: Counts | None = None
    milestones: MilestoneReports | None = None
    promises: PromiseReports | None = None
    costs_cents: Costs | None = None
    confidential: Confidential | None = None

    def changes(self) -> dict[str, Any]:
        """Give the members that the client named, as it goes over the wire."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class ReportChangeRequest(ReportChange, NamingNobody):
    """The same as it is sent, without e-mail addresses and citizen numbers."""


class ReportContent(Request):
    """A whole report, as a submission freezes it."""

    summary: Text
    period_from: date
    period_until: date
    counts: Counts
    milestones: MilestoneReports = Field(default_factory=list)
    promises: PromiseReports = Field(default_factory=list)
    costs_cents: Costs | None = None
    confidential: Confidential = ""


class PublicReportContent(View):
    """What buyers may know of a report: nothing of its costs, and no confidential notes."""

    summary: Text
    period_from: date
    period_until: date
    counts: list[ResultCount]
    milestones: list[MilestoneReport]
    promises: list[PromiseReport]


def public_part_of_report(content: ReportContent) -> PublicReportContent:
    """Leave out what a buyer never sees."""
    return PublicReportContent.model_validate(content)
