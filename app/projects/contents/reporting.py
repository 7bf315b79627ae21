"""What a report lacks, and what it says beside what the plan promised."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.core.suppression import suppressed
from app.projects.contents.completeness import Lack
from app.projects.contents.plan import Plan
from app.projects.contents.report import (
    MilestoneReport,
    PromiseReport,
    ReportChange,
    ReportContent,
    ResultCount,
)
from app.projects.contents.vocabulary import ResultCategory, ResultKind, TargetGroup

_IN = {"nl": "Dutch", "en": "English"}
_REQUIRED = (
    ("summary", "#/summary"),
    ("period_from", "#/periodFrom"),
    ("period_until", "#/periodUntil"),
    ("counts", "#/counts"),
)


@dataclass(frozen=True, slots=True)
class ReportFrame:
    """What a report is held against."""

    plan: Plan
    """The version that was valued and listed."""
    is_final: bool
    languages: Sequence[str]
    today: date


def report_lacks(report: ReportChange, frame: ReportFrame) -> list[Lack]:
    """List everything that keeps a report from being submitted, in the order of its members."""
    return [
        *(
            Lack("missing", pointer, "This is not filled in yet.")
            for name, pointer in _REQUIRED
            if getattr(report, name) is None
        ),
        *_summary(report, frame),
        *_period(report, frame),
        *_counts(report.counts or (), frame),
        *_places(report.milestones or (), len(frame.plan.milestones), "milestones", frame),
        *_places(report.promises or (), len(frame.plan.promised_evidence), "promises", frame),
        *_reached(report, frame),
    ]


def _summary(report: ReportChange, frame: ReportFrame) -> Iterator[Lack]:
    for language in frame.languages if report.summary else ():
        if not getattr(report.summary, language):
            yield Lack(
                "language-missing",
                f"#/summary/{language}",
                f"The scheme asks for this in {_IN[language]}.",
            )


def _period(report: ReportChange, frame: ReportFrame) -> Iterator[Lack]:
    begins, ends = report.period_from, report.period_until
    if begins is not None and ends is not None and ends < begins:
        yield Lack("ends-before-start", "#/periodUntil", "The period ends before it begins.")
    if ends is not None and ends > frame.today:
        yield Lack("in-the-future", "#/periodUntil", "A report is of what has been.")


def _counts(counts: Sequence[ResultCount], frame: ReportFrame) -> Iterator[Lack]:
    seen: dict[tuple[TargetGroup, ResultCategory], int] = {}
    for index, count in enumerate(counts):
        key = (count.group, count.category)
        if key in seen:
            yield Lack(
                "count-repeated",
                f"#/counts/{index}",
                "This group is counted above in this category already: add the two up.",
            )
        seen[key] = count.people
    for promised in frame.plan.target_groups:
        if (promised.group, ResultCategory.TOOK_PART) not in seen:
            yield Lack(
                "group-missing",
                "#/counts",
                f"Say how many of {promised.group} took part: the plan promised"
                f" {promised.people}; it may be 0.",
            )
    for index, count in enumerate(counts):
        if count.people > seen.get((count.group, ResultCategory.TOOK_PART), 0):
            yield Lack(
                "more-than-took-part",
                f"#/counts/{index}/people",
                "Of a group no more can be counted than took part.",
            )


def _places(
    reported: Sequence[MilestoneReport | PromiseReport],
    promised: int,
    name: str,
    frame: ReportFrame,
) -> Iterator[Lack]:
    """Look whether each place in the plan's list is reported on once: all of them at the end."""
    seen = set()
    for index, each in enumerate(reported):
        pointer = f"#/{name}/{index}/number"
        if each.number > promised:
            yield Lack("not-in-plan", pointer, f"The plan has {promised} of these.")
        elif each.number in seen:
            yield Lack("repeated", pointer, "This is reported on above already.")
        seen.add(each.number)
    for number in range(1, promised + 1) if frame.is_final else ():
        if number not in seen:
            yield Lack("missing", f"#/{name}", f"A final report says what became of no. {number}.")


def _reached(report: ReportChange, frame: ReportFrame) -> Iterator[Lack]:
    for index, milestone in enumerate(report.milestones or ()):
        if milestone.reached_on is not None and milestone.reached_on > frame.today:
            yield Lack(
                "in-the-future",
                f"#/milestones/{index}/reachedOn",
                "A report is of what has been.",
            )


@dataclass(frozen=True, slots=True)
class ComparedResult:
    """How many people of a group: promised, reported and measured, each in a column of its own."""

    group: TargetGroup
    category: ResultCategory
    expected_people: int | None
    """None where the plan promises no number."""
    reported_people: int | None
    measured_people: int | None
    """What the operator found afterwards; none where it did not measure."""
    is_suppressed: bool = False
    """Whether what was reported and measured is left out: it is of too few people to show."""

    @property
    def kind(self) -> ResultKind:
        """Whether it is an output or an outcome."""
        return self.category.kind


@dataclass(frozen=True, slots=True)
class ComparedMilestone:
    """A milestone of the plan, and what was reported of it."""

    number: int
    what: str
    expected_on: date
    is_reported: bool
    reached_on: date | None
    remark: str


@dataclass(frozen=True, slots=True)
class ComparedPromise:
    """Evidence that the plan promised, and what was reported of it."""

    number: int
    promised: str
    is_kept: bool | None
    """None where nothing was reported."""
    remark: str


def compare_results(
    plan: Plan, reported: Sequence[ResultCount], measured: Sequence[ResultCount] | None
) -> list[ComparedResult]:
    """Put what was promised, reported and measured side by side, by group and category."""
    promised = {(each.group, ResultCategory.TOOK_PART): each.people for each in plan.target_groups}
    said = {(each.group, each.category): each.people for each in reported}
    found = {(each.group, each.category): each.people for each in measured or ()}
    return [
        ComparedResult(group, category, promised.get(key), said.get(key), found.get(key))
        for group in TargetGroup
        for category in ResultCategory
        if (key := (group, category)) in promised | said | found
    ]


def results_for_everybody(
    results: Sequence[ComparedResult], smallest: int | None
) -> list[ComparedResult]:
    """Leave out what is of fewer people than may be shown, or would give such a count away."""
    hidden: set[tuple[ResultCategory, str]] = set()
    for category in ResultCategory:
        of_category = [each for each in results if each.category is category]
        reported = {each.group.value: each.reported_people or 0 for each in of_category}
        measured = {each.group.value: each.measured_people or 0 for each in of_category}
        for counts in (reported, measured):
            hidden |= {(category, group) for group in suppressed(counts, smallest)}
    return [
        replace(each, reported_people=None, measured_people=None, is_suppressed=True)
        if (each.category, each.group) in hidden
        else each
        for each in results
    ]


def compare_milestones(plan: Plan, content: ReportContent) -> list[ComparedMilestone]:
    """Put the plan's milestones beside what was reported of them."""
    said = {each.number: each for each in content.milestones}
    return [
        ComparedMilestone(
            number=number,
            what=promised.what,
            expected_on=promised.on,
            is_reported=number in said,
            reached_on=said[number].reached_on if number in said else None,
            remark=said[number].remark if number in said else "",
        )
        for number, promised in enumerate(plan.milestones, start=1)
    ]


def compare_promises(plan: Plan, content: ReportContent) -> list[ComparedPromise]:
    """Put the evidence that the plan promised beside what was reported of it."""
    said = {each.number: each for each in content.promises}
    return [
        ComparedPromise(
            number=number,
            promised=promised,
            is_kept=said[number].is_kept if number in said else None,
            remark=said[number].remark if number in said else "",
        )
        for number, promised in enumerate(plan.promised_evidence, start=1)
    ]
