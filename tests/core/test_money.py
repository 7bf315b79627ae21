"""Amounts are whole, and their parts add up."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from app.core.money import LARGEST_AMOUNT, Cents, euros, split

amounts = st.integers(-LARGEST_AMOUNT, LARGEST_AMOUNT)
weights = st.lists(st.integers(0, 10**12), min_size=1, max_size=30).filter(any)


@given(amounts, weights)
def test_the_parts_add_up_to_the_whole(amount: int, weights: list[int]) -> None:
    assert sum(split(amount, weights)) == amount
    assert len(split(amount, weights)) == len(weights)


@given(amounts, weights)
def test_no_part_is_a_whole_unit_away_from_its_exact_share(amount: int, weights: list[int]) -> None:
    for part, weight in zip(split(amount, weights), weights, strict=True):
        assert abs(part - Fraction(amount * weight, sum(weights))) < 1


@given(amounts, weights)
def test_who_weighs_more_gets_no_less(amount: int, weights: list[int]) -> None:
    parts = sorted(zip(weights, split(abs(amount), weights), strict=True))

    assert [part for _, part in parts] == sorted(part for _, part in parts)


@given(amounts, weights)
def test_who_weighs_nothing_gets_nothing(amount: int, weights: list[int]) -> None:
    parts = split(amount, weights)

    assert {part for part, weight in zip(parts, weights, strict=True) if weight == 0} <= {0}


@given(amounts, weights)
def test_giving_back_is_the_mirror_of_giving(amount: int, weights: list[int]) -> None:
    assert split(-amount, weights) == [-part for part in split(amount, weights)]


@given(amounts, weights, st.integers(1, 1_000))
def test_only_the_proportion_of_weights_counts(
    amount: int, weights: list[int], factor: int
) -> None:
    assert split(amount, [weight * factor for weight in weights]) == split(amount, weights)


@given(amounts, st.integers(1, 50))
def test_among_equals_the_first_get_the_odd_cents(amount: int, many: int) -> None:
    parts = split(abs(amount), [1] * many)

    assert parts == sorted(parts, reverse=True)
    assert parts[0] - parts[-1] <= 1


def test_examples_that_people_can_check() -> None:
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(-100, [1, 1, 1]) == [-34, -33, -33]
    assert split(10, [3, 3, 1]) == [4, 4, 2]
    assert split(1, [1, 2]) == [0, 1]
    assert split(0, [1, 2]) == [0, 0]
    assert split(7, [0, 5, 0]) == [0, 7, 0]


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [-1], [2, -1]])
def test_impossible_weights_are_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="Weights"):
        split(100, weights)


@given(amounts)
def test_a_printed_amount_reads_back(cents: int) -> None:
    assert Fraction(euros(cents).replace(",", "")) * 100 == cents


def test_amounts_are_printed_as_in_the_journal() -> None:
    printed = [euros(cents) for cents in (0, 5, -5, 125_000, -123_456_789)]
    assert printed == ["0.00", "0.05", "-0.05", "1,250.00", "-1,234,567.89"]


@pytest.mark.parametrize("value", [True, 1.0, "1", -1, LARGEST_AMOUNT + 1, None])
def test_what_is_no_amount_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Cents).validate_python(value)


@pytest.mark.parametrize("value", [0, LARGEST_AMOUNT])
def test_the_smallest_and_the_largest_are_amounts(value: int) -> None:
    assert TypeAdapter(Cents).validate_python(value) == value
