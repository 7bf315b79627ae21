"""The arithmetic of policies: exact, and the same for whoever does it again."""

from fractions import Fraction
from statistics import median
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.schemes.terms import Part, PolicyTerms, TrancheMoment
from tests import make

UNITS = st.integers(1, 1_000_000)
RATES = st.integers(0, 10_000)
PRICES = st.integers(1, 10_000_000)


def a_policy(**changes: Any) -> PolicyTerms:  # noqa: ANN401  Terms are JSON.
    return PolicyTerms.model_validate(make.terms(**changes))


def a_fee(rate: int, borne_by: str = "buyer", vat: int = 2_100) -> dict[str, object]:
    charged = {"kind": "charged", "rateBasisPoints": vat}
    return {"kind": "percentage", "rateBasisPoints": rate, "borneBy": borne_by, "vat": charged}


def a_panel(**changes: Any) -> dict[str, Any]:  # noqa: ANN401  Terms are JSON.
    return {**make.terms()["valuation"], **changes}


def test_the_units_of_dam_nederland() -> None:
    quote = a_policy().quote(108)

    assert quote.price_cents == 1_080_000
    assert quote.fee_cents == 54_000
    assert quote.vat_fee_cents == 11_340
    assert quote.vat_sale_cents == 0
    assert quote.total_cents == 1_080_000 + 54_000 + 11_340
    assert quote.proceeds_cents == 1_080_000


def test_a_fee_that_the_entrepreneur_bears_is_kept_back() -> None:
    quote = a_policy(fee=a_fee(500, "entrepreneur"), saleVat=make.CHARGED).quote(10)

    assert quote.price_cents == 100_000
    assert quote.vat_sale_cents == 21_000
    assert quote.total_cents == 121_000
    assert quote.proceeds_cents == 100_000 - 5_000 - 1_050


def test_a_half_cent_goes_up_and_is_rounded_once_per_order() -> None:
    terms = a_policy(unitPriceCents=1, fee=a_fee(5_000, vat=5_000))

    # Half a cent per unit: 1 for one unit and for two, never 2.
    assert [terms.quote(units).fee_cents for units in (1, 2, 3, 4)] == [1, 1, 2, 2]
    assert terms.quote(1).vat_fee_cents == 1
    assert terms.quote(4).vat_fee_cents == 1


@given(UNITS, PRICES, RATES, RATES.filter(bool), RATES.filter(bool))
def test_a_quote_adds_up_whatever_the_rates(
    units: int, price: int, rate: int, fee_vat: int, sale_vat: int
) -> None:
    charged = {"kind": "charged", "rateBasisPoints": sale_vat}
    quote = a_policy(unitPriceCents=price, fee=a_fee(rate, vat=fee_vat), saleVat=charged).quote(
        units
    )

    assert quote.price_cents == units * price
    for amount, base, share in (
        (quote.fee_cents, quote.price_cents, rate),
        (quote.vat_fee_cents, quote.fee_cents, fee_vat),
        (quote.vat_sale_cents, quote.price_cents, sale_vat),
    ):
        assert abs(amount - Fraction(base * share, 10_000)) <= Fraction(1, 2)
    parts = quote.price_cents + quote.fee_cents + quote.vat_fee_cents + quote.vat_sale_cents
    assert quote.total_cents == parts


@given(UNITS, UNITS, PRICES, RATES)
def test_more_units_never_cost_less(few: int, more: int, price: int, rate: int) -> None:
    terms = a_policy(unitPriceCents=price, fee=a_fee(rate))
    few, more = sorted((few, more))

    assert terms.quote(few).total_cents <= terms.quote(more).total_cents


@given(UNITS, PRICES.filter(lambda price: price >= 10), RATES)
def test_who_bears_the_fee_moves_money_and_makes_none(units: int, price: int, rate: int) -> None:
    # What the buyer pays more is what the entrepreneur gets more.
    rate = min(rate, 4_000)
    ours, theirs = (
        a_policy(unitPriceCents=price, fee=a_fee(rate, bearer)).quote(units)
        for bearer in ("buyer", "entrepreneur")
    )

    assert ours.total_cents - theirs.total_cents == ours.proceeds_cents - theirs.proceeds_cents
    assert ours.price_cents == theirs.price_cents


@pytest.mark.parametrize("quantity", [0, -1])
def test_nothing_has_no_price(quantity: int) -> None:
    with pytest.raises(ValueError, match="at least one unit"):
        a_policy().quote(quantity)


VALUES = st.lists(st.integers(0, 10_000_000), min_size=3, max_size=25)


@given(VALUES, st.randoms())
def test_the_median_rounds_down_and_knows_no_order(values: list[int], chance: Any) -> None:  # noqa: ANN401  Hypothesis names no type of it.
    terms = a_policy()
    found = terms.aggregate(values)
    chance.shuffle(values)

    assert found == terms.aggregate(values)
    assert found.units == int(median(values))
    assert min(values) <= found.units <= max(values)
    assert found.left_out == ()


@given(VALUES, st.sampled_from(["down", "nearest", "up"]))
def test_a_mean_is_rounded_as_the_policy_says(values: list[int], rounding: str) -> None:
    found = a_policy(valuation=a_panel(aggregation="mean", rounding=rounding)).aggregate(values)

    assert found.exact == Fraction(sum(values), len(values))
    half = Fraction(1, 2)
    assert {
        "down": found.units <= found.exact < found.units + 1,
        "nearest": found.units - half <= found.exact < found.units + half,
        "up": found.units - 1 < found.exact <= found.units,
    }[rounding]


@given(VALUES)
def test_a_trimmed_mean_leaves_the_ends_out(values: list[int]) -> None:
    panel = a_panel(aggregation="trimmed-mean", trimmedEachSide=1)
    found = a_policy(valuation=panel).aggregate(values)

    ordered = sorted(values)
    assert list(found.counted) == ordered[1:-1]
    assert found.left_out == (ordered[0], ordered[-1])
    assert sorted((*found.counted, *found.left_out)) == ordered


@given(VALUES, st.integers(0, 24), st.integers(0, 10_000_000))
def test_a_higher_value_never_lowers_the_result(values: list[int], which: int, more: int) -> None:
    terms = a_policy()
    raised = [*values]
    raised[which % len(values)] += more

    assert terms.aggregate(values).units <= terms.aggregate(raised).units


def test_the_arithmetic_can_be_read() -> None:
    assert a_policy().aggregate([120, 100, 109, 108]).arithmetic == (
        "median of 100, 108, 109, 120 = 217/2; rounded down = 108"
    )


@pytest.mark.parametrize(
    ("values", "why"), [([108, 108], "fewer than the quorum of 3"), ([1, 2, -3], "negative")]
)
def test_a_panel_that_can_not_decide_does_not(values: list[int], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        a_policy().aggregate(values)


def test_scores_are_weighed_on_their_scales() -> None:
    panel = a_policy().panel
    assert panel is not None

    assert panel.weighted_score({"work": 5, "feasibility": 1}) == Fraction(3, 5)
    assert panel.weighted_score({"work": 3, "feasibility": 2}) == Fraction(3 * 2 + 2, 5 * 4)
    for scores in ({"work": 5}, {"work": 6, "feasibility": 1}, {"work": 1, "charm": 1}):
        with pytest.raises(ValueError, match="score"):
            panel.weighted_score(scores)


@given(st.integers(0, 10**15), st.lists(st.integers(1, 20), min_size=1, max_size=5))
def test_shares_add_up_to_the_cent(amount: int, percents: list[int]) -> None:
    rest = 100 - sum(percents)
    shares = [*percents, rest] if rest > 0 else [100]
    payout = {
        **make.terms()["payout"],
        "resultPart": [{"moment": "final-report", "percent": percent} for percent in shares],
    }
    found = a_policy(payout=payout).shares(Part.RESULT, amount)

    assert sum(share.amount_cents for share in found) == amount
    for share in found:
        assert abs(share.amount_cents - Fraction(amount * share.tranche.percent, 100)) < 1


def test_the_parts_have_their_own_tranches() -> None:
    terms = a_policy()

    start = terms.shares(Part.START, 1_080_000)
    result = terms.shares(Part.RESULT, 101)
    assert [share.amount_cents for share in start] == [1_080_000]
    assert [(share.tranche.moment, share.amount_cents) for share in result] == [
        (TrancheMoment.AFTER_INTERIM_REPORT, 40),
        (TrancheMoment.AFTER_FINAL_REPORT, 61),
    ]


def test_grants_are_the_same_document_with_other_data() -> None:
    terms = PolicyTerms.model_validate(make.GRANTS)

    assert terms.quote(1).total_cents == 500_000
    assert terms.panel is None
    with pytest.raises(ValueError, match="no panel is asked"):
        terms.aggregate([1, 1, 1])


def test_terms_survive_the_database() -> None:
    for document in (make.TERMS, make.GRANTS):
        terms = PolicyTerms.model_validate(document)
        # Policies of before it was asked say nothing of it, and stay in force.
        invoicing = {"issuedBy": "operator", "reminderDays": 7}
        written = {"refundedUnits": "annulled", "invoicing": invoicing, **document}
        assert terms.model_dump(mode="json", by_alias=True) == written
        assert PolicyTerms.model_validate_json(terms.model_dump_json(by_alias=True)) == terms


TERMS = make.terms()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"termsVersion": 2}, "Input should be 1"),
        ({"unitPriceCents": 0}, "greater than or equal to 1"),
        ({"unitPriceCents": 10.0}, "valid integer"),
        ({"unitPriceCents": True}, "valid integer"),
        ({"surprise": 1}, "Extra inputs are not permitted"),
        ({"fee": {**TERMS["fee"], "kind": "free"}}, "does not match any of the expected tags"),
        ({"fee": a_fee(9_000, "entrepreneur")}, "more than the price of the smallest order"),
        # Of one cent the VAT on the fee is rounded away, of more it is not.
        ({"unitPriceCents": 1, "fee": a_fee(10_000, "entrepreneur")}, "nor of the largest"),
        ({"valuation": a_panel(quorum=6)}, "quorum must not be more than size"),
        ({"valuation": a_panel(trimmedEachSide=1)}, "0 for the others"),
        ({"valuation": a_panel(aggregation="trimmed-mean")}, "more than 0 for a trimmed mean"),
        (
            {"valuation": a_panel(aggregation="trimmed-mean", trimmedEachSide=2)},
            "must leave a value to count",
        ),
        ({"valuation": a_panel(rubric=2 * TERMS["valuation"]["rubric"])}, "code of its own"),
        (
            {"payout": {**TERMS["payout"], "startPart": [{"moment": "start", "percent": 99}]}},
            "startPart add up to 99, not to 100",
        ),
        (
            {"payout": {**TERMS["payout"], "resultPart": [{"moment": "start", "percent": 100}]}},
            "paid for results",
        ),
        (
            {"payout": {**TERMS["payout"], "resultPart": TERMS["payout"]["resultPart"][::-1]}},
            "in the order of their moments",
        ),
        ({"plans": {**TERMS["plans"], "earliestStartDays": 400}}, "must not be more than latest"),
        ({"plans": {**TERMS["plans"], "smallestThresholdUnits": 501}}, "than largestThreshold"),
        ({"buyers": {**TERMS["buyers"], "minimumUnits": 2, "maximumUnits": 1}}, "less than"),
        (
            {
                "valuation": make.GRANTS["valuation"],
                "plans": {**TERMS["plans"], "smallestThresholdUnits": 2},
            },
            "more than what each project is worth",
        ),
    ],
)
def test_terms_that_make_no_sense_are_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        a_policy(**changes)


@pytest.mark.parametrize("member", sorted(make.TERMS.keys() - {"reports"}))
def test_every_term_must_be_decided(member: str) -> None:
    document = make.terms()
    del document[member]

    with pytest.raises(ValidationError, match="Field required"):
        PolicyTerms.model_validate(document)
