"""What the golden cases can't say: sums of several kinds, limits that were used, the steps."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.obligations.rules import (
    AuthorityRules,
    BrokenMonths,
    ContractKind,
    ObligationBase,
    ResultCounted,
)
from app.obligations.valuing import (
    ContractFacts,
    NotLaidDown,
    Placement,
    Realised,
    Room,
    UnitsBought,
    counted_months,
    months_between,
    owed,
    placement,
    placements,
    units,
)
from app.obligations.valuing.arithmetic import rounded
from app.obligations.valuing.owing import reaches_threshold
from app.projects.contents import ResultCategory
from tests.make.obligations import RULES, rules

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
WHOLE, WAGES = ObligationBase.CONTRACT_SUM, ObligationBase.WAGE_BILL


def of_wages() -> AuthorityRules:
    """A percentage of the wage bill, for contracts of 200,000 or more."""
    terms = {**RULES["obligation"], "base": "wage-bill", "thresholdSum": "contract-sum"}
    return AuthorityRules.model_validate(rules(obligation=terms))


def test_the_threshold_may_look_at_another_sum_than_the_base() -> None:
    sums = {WHOLE: 30_000_000, WAGES: 8_000_000}
    found = owed(of_wages(), ContractFacts(ContractKind.SERVICES, sums))

    assert (found.cents, found.reaches_threshold) == (400_000, True)
    assert [str(step) for step in found.steps] == [
        "Base: the wage bill: 80,000.00",
        "Threshold for contracts for services: 300,000.00 ≥ 200,000.00",
        "5 % of the wage bill: 80,000.00 × 5 % = 4,000.00",
    ]


def test_a_sum_that_is_not_known_is_asked_for() -> None:
    facts = ContractFacts(ContractKind.SERVICES, {WHOLE: 30_000_000})
    with pytest.raises(NotLaidDown, match="The wage bill of the contract is not known"):
        owed(of_wages(), facts)
    # Whether it should have had a clause can be told all the same.
    assert reaches_threshold(of_wages(), facts) is True
    assert reaches_threshold(of_wages(), ContractFacts(ContractKind.SERVICES, {})) is None


def test_months_that_counted_before_are_used_up() -> None:
    table = AuthorityRules.model_validate(RULES)
    year = Placement("ww", date(2024, 1, 1), date(2024, 12, 31), 2_160)
    used = Placement("ww", date(2024, 1, 1), date(2024, 12, 31), 2_160, months_before=Fraction(20))
    over = Placement("ww", date(2024, 1, 1), date(2024, 12, 31), 2_160, months_before=Fraction(24))

    assert placement(table, year).cents == 2_000_000
    assert placement(table, used).cents == 666_667
    assert placement(table, over).reason == "No hours, or no months that count."
    assert [str(step) for step in placement(table, used).steps] == [
        "Name: 20,000.00 per full-time year",
        "Hours a week, full-time at the most: 36 of 36 = 1",
        "Months: 2024-01-01 to 2024-12-31 = 12",
        "A person counts 24 months at the most: 20 before, 4 left",
        "Per person: 20,000.00 × 1 × 4 / 12 = 6,666.67",
    ]


def test_what_is_more_than_open_is_refused_where_the_rules_are_silent() -> None:
    year = Placement("ww", date(2024, 1, 1), date(2024, 12, 31), 2_160)
    room = Room(imposed_cents=5_000_000, open_cents=1_500_000)
    silent = AuthorityRules.model_validate(rules(overClaiming=None))

    assert placement(silent, year, room).reason == (
        "It is worth 5,000.00 more than is open: claim less."
    )
    surplus = placement(AuthorityRules.model_validate(RULES), year, room)
    assert (surplus.cents, surplus.surplus_cents) == (1_500_000, 500_000)


@given(first=DAYS, length=st.integers(0, 2_000), more=st.integers(0, 60))
def test_a_longer_period_never_has_fewer_months(first: date, length: int, more: int) -> None:
    last = first + timedelta(days=length)
    by_day, none, whole = (
        months_between(first, last, broken)
        for broken in (BrokenMonths.BY_DAY, BrokenMonths.NOT_AT_ALL, BrokenMonths.AS_WHOLE)
    )

    assert none <= by_day <= whole <= none + 1
    assert by_day <= months_between(first, last + timedelta(days=more), BrokenMonths.BY_DAY)


def test_a_period_ends_after_it_begins() -> None:
    with pytest.raises(ValueError, match="before the first"):
        months_between(date(2024, 2, 1), date(2024, 1, 31), BrokenMonths.BY_DAY)


def test_the_factors_of_marketplace_and_authority_are_rounded_once() -> None:
    table = AuthorityRules.model_validate(RULES)
    bought = UnitsBought(3, 3_333, "GM0599", scheme_basis_points=12_500)

    assert [str(step) for step in units(table, bought, ["GM0599"]).steps][2:] == [
        "Factors of the marketplace and of the authority: 99.99 × 125 % × 150 % = 187.48",
    ]


REALISED = (
    # Of 1,500.00: what was found of what was promised, and what the buyer had and has.
    (Realised(9, 12), 112_500, "1,500.00 × 9 / 12 = 1,125.00"),
    (Realised(2, 3), 100_000, "1,500.00 × 2 / 3 = 1,000.00"),
    # A tenth of the units was refunded, and stands for what did not come about.
    (Realised(9, 12, 100, 90), 125_000, "1,500.00 × 9 / 12 × 100 / 90 = 1,250.00"),
    (Realised(9, 12, 100, 75), 150_000, None),
    (Realised(15, 12), 150_000, None),
)


@pytest.mark.parametrize(("realised", "cents", "figures"), REALISED)
def test_units_count_for_what_came_about(
    realised: Realised, cents: int, figures: str | None
) -> None:
    table = AuthorityRules.model_validate(RULES)
    worth = units(table, UnitsBought(10, 10_000, "GM0599", realised=realised), ["GM0599"])

    assert (worth.cents, worth.unrealised_cents) == (cents, 150_000 - cents)
    shown = [step.figures for step in worth.steps if "Realised" in step.text]
    assert shown == ([figures] if figures else [])


def test_units_count_for_nothing_where_nothing_came_about() -> None:
    bought = UnitsBought(10, 10_000, "GM0599", realised=Realised(0, 12))
    worth = units(AuthorityRules.model_validate(RULES), bought, ["GM0599"])

    assert worth.reason == "Nothing came of what was promised."


def test_rules_count_people_as_reports_do() -> None:
    assert {each.value for each in ResultCounted} == {each.value for each in ResultCategory}


def test_placements_count_together_or_name_each_that_does_not() -> None:
    found = AuthorityRules.model_validate(rules(overClaiming="refused"))
    known = Placement("ww", date(2025, 1, 1), date(2025, 6, 30), 2_160)
    unknown = Placement("wajong", date(2025, 1, 1), date(2025, 6, 30), 2_160)
    lines = [(each, placement(found, each)) for each in (known, unknown)]

    assert placements(found, lines[:1] * 3, Room(5_000_000, 3_000_000)).cents == 3_000_000
    over = placements(found, lines[:1] * 3, Room(5_000_000, 2_999_999))
    assert over.reason == "It is worth 0.01 more than is open: claim less."
    faulty = placements(found, [lines[0], *lines[1:] * 12])
    assert str(faulty.reason).startswith("Placement 2: The table has no building block wajong. ")
    assert str(faulty.reason).endswith("has no building block wajong. And 2 more.")
    assert "Placement 11:" in str(faulty.reason)


@given(st.lists(st.tuples(DAYS, st.integers(1, 900)), min_size=1, max_size=8))
def test_of_one_person_no_more_months_count_than_the_rules_allow(
    worked: list[tuple[date, int]],
) -> None:
    found, before = AuthorityRules.model_validate(rules()), Fraction(0)
    for first, days in worked:
        last = first + timedelta(days=days)
        placed = Placement("ww", first, last, 2_160, months_before=before)
        months = counted_months(found, placed)
        # What counts is what the arithmetic paid for: a twelfth of the year's value a month.
        assert placement(found, placed).cents == rounded(2_000_000 * months / 12)
        before += months
    assert before <= 24
