"""What the golden cases can't say: sums of several kinds, limits that were used, the steps."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.obligations.rules import AuthorityRules, BrokenMonths, ContractKind, ObligationBase
from app.obligations.valuing import (
    ContractFacts,
    NotLaidDown,
    Placement,
    Room,
    months_between,
    owed,
    placement,
)
from app.obligations.valuing.owing import reaches_threshold
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
