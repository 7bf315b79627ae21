"""What a plan says: sums, the smallest covering threshold, and everything that it can lack."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.projects.contents import (
    Frame,
    Plan,
    PlanChange,
    lacks,
    public_part,
    smallest_covering,
    total_cents,
)
from app.schemes.terms import PolicyTerms
from tests import make

TERMS = PolicyTerms.model_validate(make.TERMS)
OPENED = date(2026, 11, 1)
CENTS = st.integers(0, 10**12)


def a_frame(**changes: Any) -> Frame:  # noqa: ANN401  Those of a frame.
    values: dict[str, Any] = {
        "limits": TERMS.plans,
        "unit_price_cents": TERMS.unit_price_cents,
        "opened_on": OPENED,
        "region": ["GM0599", "GM0606"],
        "languages": ["nl"],
    }
    return Frame(**{**values, **changes})


def a_plan(**changes: Any) -> PlanChange:  # noqa: ANN401  A plan is JSON.
    starts = OPENED + timedelta(days=60)
    dates = {
        "startsOn": starts.isoformat(),
        "endsOn": (starts + timedelta(days=180)).isoformat(),
        "milestones": [{"on": (starts + timedelta(days=90)).isoformat(), "what": "Half"}],
    }
    return PlanChange.model_validate(make.a_plan(**{**dates, **changes}))


@given(CENTS, CENTS, st.integers(1, 10**7))
def test_the_smallest_threshold_covers_and_one_less_does_not(
    costs: int, other: int, price: int
) -> None:
    least = smallest_covering(costs, other, price)
    assert least >= 0
    assert least * price + other >= costs
    assert least == 0 or (least - 1) * price + other < costs


@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), max_size=20),
    st.lists(CENTS, max_size=20),
)
def test_lines_add_up_to_the_cent(hours: list[tuple[int, int]], amounts: list[int]) -> None:
    lines = [
        {"kind": "hours", "description": "", "hours": hour, "rateCents": rate}
        for hour, rate in hours
    ] + [{"kind": "other", "description": "", "amountCents": amount} for amount in amounts]
    plan = a_plan(costs=lines)
    assert total_cents(plan.costs or ()) == sum(a * b for a, b in hours) + sum(amounts)


def test_a_whole_plan_lacks_nothing() -> None:
    assert lacks(a_plan(), a_frame()) == []


def test_an_empty_plan_hears_of_everything_at_once() -> None:
    found = {lack.pointer: lack.code for lack in lacks(PlanChange(), a_frame())}
    assert len(found) == 13
    assert set(found.values()) == {"missing"}


FAULTS = [
    ({"title": {"en": "Drivers"}}, "#/title/nl", "language-missing"),
    ({"costs": []}, "#/costs", "empty"),
    (
        {"costs": [{"kind": "other", "description": "x", "amountCents": 0}]},
        "#/costs",
        "costs-nothing",
    ),
    ({"thresholdUnits": 107}, "#/thresholdUnits", "threshold-too-small"),
    ({"thresholdUnits": 501}, "#/thresholdUnits", "threshold-outside-limits"),
    (
        {"otherFinancing": [{"kind": "fund", "description": "x", "amountCents": 1}]},
        "#/otherFinancing",
        "other-financing-too-large",
    ),
    (
        {"place": {"municipality": "GM0363", "address": "Dam 1"}},
        "#/place/municipality",
        "outside-region",
    ),
    ({"place": {"municipality": "GM0599", "address": ""}}, "#/place/address", "empty"),
    ({"promisedEvidence": [""]}, "#/promisedEvidence/0", "empty"),
    ({"startsOn": "2026-11-15"}, "#/startsOn", "start-outside-limits"),
    ({"endsOn": "2026-12-01"}, "#/endsOn", "ends-before-start"),
    ({"endsOn": "2028-12-01"}, "#/endsOn", "too-long"),
    (
        {"milestones": [{"on": "2020-01-01", "what": "x"}]},
        "#/milestones/0/on",
        "milestone-outside-project",
    ),
    ({"milestones": [{"on": "2027-01-10", "what": ""}]}, "#/milestones/0/what", "empty"),
    (
        {"targetGroups": [{"group": "ww", "people": 1}, {"group": "ww", "people": 2}]},
        "#/targetGroups/1/group",
        "group-repeated",
    ),
]


@pytest.mark.parametrize(("change", "pointer", "code"), FAULTS)
def test_each_fault_is_told_with_its_place(change: dict[str, Any], pointer: str, code: str) -> None:
    found = [(lack.pointer, lack.code) for lack in lacks(a_plan(**change), a_frame())]
    assert (pointer, code) in found


def test_the_smallest_threshold_is_told() -> None:
    [lack] = lacks(a_plan(thresholdUnits=100), a_frame())
    assert "108 do" in lack.detail


def test_a_fixed_value_bounds_the_threshold() -> None:
    [lack] = lacks(a_plan(), a_frame(fixed_units=50))
    assert lack.detail == "The policy asks for a threshold of 1 to 50 units."


def test_the_public_part_keeps_what_is_confidential_apart() -> None:
    plan = Plan.model_validate(make.a_plan())
    told = public_part(plan).model_dump(mode="json", by_alias=True)
    assert told["costsCents"] == 1_080_000
    assert told["people"] == 12
    assert told.keys() & {"costs", "otherFinancing", "bank", "partners", "notes"} == set()
    assert "Lesauto" not in str(told)
    assert "vervoerder" not in str(told)
