"""What a report lacks, and how it stands beside the plan."""

from datetime import date
from typing import Any

from app.core import clock
from app.projects.contents import (
    Plan,
    ReportChange,
    ReportContent,
    ReportFrame,
    ResultCount,
    compare_milestones,
    compare_promises,
    compare_results,
    public_part_of_report,
    report_lacks,
    results_for_everybody,
)
from app.schemes.terms import ReportTerms
from tests.make.reports import a_plan_of, a_report


def lacking(*, is_final: bool = True, **changes: Any) -> list[tuple[str, str]]:  # noqa: ANN401  JSON.
    frame = ReportFrame(a_plan(), is_final, ["nl"], clock.today())
    report = ReportChange.model_validate({**a_report(), **changes})
    return [(lack.code, lack.pointer) for lack in report_lacks(report, frame)]


def a_plan() -> Plan:
    return Plan.model_validate(a_plan_of(-100, 50))


def test_a_whole_report_lacks_nothing() -> None:
    assert lacking() == []


def test_a_report_says_all_that_it_lacks_at_once() -> None:
    frame = ReportFrame(a_plan(), is_final=True, languages=["nl"], today=clock.today())

    found = [(lack.code, lack.pointer) for lack in report_lacks(ReportChange(), frame)]

    assert found == [
        ("missing", "#/summary"),
        ("missing", "#/periodFrom"),
        ("missing", "#/periodUntil"),
        ("missing", "#/counts"),
        ("group-missing", "#/counts"),
        ("group-missing", "#/counts"),
        ("missing", "#/milestones"),
        ("missing", "#/promises"),
        ("missing", "#/promises"),
    ]
    assert ("missing", "#/milestones") not in lacking(is_final=False, milestones=[], promises=[])


def test_counts_are_of_people_who_took_part() -> None:
    def count(category: str, people: int, group: str = "participatiewet") -> dict[str, object]:
        return {"group": group, "category": category, "people": people}

    started = [count("took-part", 8), count("took-part", 0, "jobs-agreement")]

    assert lacking(counts=[*started, count("found-work", 9)]) == [
        ("more-than-took-part", "#/counts/2/people")
    ]
    assert lacking(counts=[*started, count("completed", 1, "wia")]) == [
        ("more-than-took-part", "#/counts/2/people")
    ]
    assert lacking(counts=[*started, count("took-part", 8)]) == [("count-repeated", "#/counts/2")]


def test_a_report_is_of_what_has_been_and_of_what_the_plan_names() -> None:
    assert lacking(periodUntil="2999-01-01") == [("in-the-future", "#/periodUntil")]
    assert lacking(periodUntil="1999-01-01") == [("ends-before-start", "#/periodUntil")]
    assert lacking(milestones=[{"number": 1, "reachedOn": "2999-01-01"}]) == [
        ("in-the-future", "#/milestones/0/reachedOn")
    ]
    not_reached = {"number": 1, "reachedOn": None}
    assert lacking(milestones=[not_reached, not_reached, {**not_reached, "number": 2}]) == [
        ("repeated", "#/milestones/1/number"),
        ("not-in-plan", "#/milestones/2/number"),
    ]
    assert lacking(summary={"en": "Eleven drivers."}) == [("language-missing", "#/summary/nl")]


def test_expected_reported_and_measured_stand_in_columns_of_their_own() -> None:
    content = ReportContent.model_validate(a_report())
    measured = [ResultCount.model_validate({"group": "wia", "category": "found-work", "people": 1})]

    rows = compare_results(a_plan(), content.counts, measured)

    assert [
        (
            *(row.group, row.category, row.kind),
            *(row.expected_people, row.reported_people, row.measured_people),
        )
        for row in rows
    ] == [
        ("participatiewet", "took-part", "output", 9, 8, None),
        ("participatiewet", "found-work", "outcome", None, 5, None),
        ("wia", "found-work", "outcome", None, None, 1),
        ("jobs-agreement", "took-part", "output", 3, 3, None),
    ]
    # Everybody sees it without what is of too few people, or would give that away.
    shown = results_for_everybody(rows, 5)
    assert [(row.expected_people, row.reported_people, row.is_suppressed) for row in shown] == [
        (9, None, True),
        (None, 5, False),
        (None, None, True),
        (3, None, True),
    ]
    [milestone] = compare_milestones(a_plan(), content)
    assert (milestone.what, milestone.is_reported) == ("Zes rijbewijzen gehaald", True)
    assert [promise.is_kept for promise in compare_promises(a_plan(), content)] == [True, False]


def test_buyers_see_neither_costs_nor_confidential_notes() -> None:
    shown = public_part_of_report(ReportContent.model_validate(a_report())).model_dump()

    assert set(shown) == {
        *("summary", "period_from", "period_until", "counts", "milestones", "promises")
    }


def test_reminders_come_once_each_and_who_is_late_gets_one() -> None:
    terms = ReportTerms.model_validate(
        {"interimDaysAfterStart": 90, "finalDaysAfterEnd": 30, "reminderDaysBefore": [14, 3, 0]}
    )

    assert terms.interim_due_on(date(2026, 1, 1)) == date(2026, 4, 1)
    assert terms.final_due_on(date(2026, 1, 1)) == date(2026, 1, 31)
    assert [terms.reminder_due(days) for days in (15, 14, 4, 3, 1, 0, -5)] == [
        *(None, 14, 14, 3, 3, 0, 0)
    ]
