"""Samples that anybody draws again; the expected ones were worked out with `sha256sum` and `bc`."""

from itertools import islice
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.audits.sampling import (
    WIDTH,
    Item,
    at_random,
    below,
    by_value,
    digest,
    interval_of,
    numbers,
)

SEED = "20237331128159211123"
AMOUNTS = (100, 2_500, 300, 5_000, 1_200, 800, 50, 700, 9_000, 350)


def population(*amounts: int) -> list[Item]:
    """Things that are worth so much."""
    return [
        Item(UUID(f"00000000-0000-7000-8000-{place:012}"), amount)
        for place, amount in enumerate(amounts)
    ]


TEN = population(*AMOUNTS)


def test_the_numbers_of_a_seed() -> None:
    # printf '%s,%d' SEED 1 | sha256sum, in decimal.
    assert list(islice(numbers(SEED), 2)) == [
        102553471594328694606309027960448436162903494786697220190573173281768981566388,
        93766285921228292801967771751895026632864034709188227530098271112881942988935,
    ]


def test_a_number_that_would_favour_the_small_ones_is_passed_over() -> None:
    # 2**256 is 6 above a multiple of 10.
    assert below(iter([WIDTH - 1, WIDTH - 6, 35]), 10) == 5
    assert below(iter([WIDTH - 7]), 10) == 9


def test_a_random_sample() -> None:
    # 8 below 10, 5 below 9, 3 below 8, 3 below 7: places 8, 6, 5 and 1, from 0.
    drawn = at_random(TEN, SEED, 4)
    assert [each.place for each in drawn] == [2, 6, 7, 9]
    assert [each.item.amount_cents for each in drawn] == [2_500, 800, 50, 9_000]
    assert len(at_random(TEN, SEED, 99)) == 10


def test_a_sample_of_monetary_units() -> None:
    # The first number is 1,388 below 3,000 and 2,388 below 4,000.
    drawn = [(each.place, each.is_certain) for each in by_value(TEN, SEED, 3_000)]
    assert drawn == [(2, False), (4, True), (6, False), (9, True)]
    assert interval_of(TEN, 5) == 4_000
    drawn = [(each.place, each.is_certain) for each in by_value(TEN, SEED, 4_000)]
    assert drawn == [(2, False), (4, True), (9, True)]
    assert len(by_value(TEN, SEED, 1)) == 10


def test_the_digest_of_a_population() -> None:
    # printf '%s %d\n' … | sha256sum
    assert digest(TEN).hex() == "61364c1ab8dd81abd5358faa08e29a46a94782ad7ec9f66bd73c1ec62d77b3cb"
    assert digest(TEN[:9]) != digest(TEN)


@given(
    amounts=st.lists(st.integers(1, 10_000), min_size=1, max_size=40),
    interval=st.integers(1, 12_000),
    seed=st.text(max_size=20),
)
def test_every_cent_is_as_near_to_a_selected_one(
    amounts: list[int], interval: int, seed: str
) -> None:
    things = population(*amounts)
    drawn = by_value(things, seed, interval)
    certain = [each for each in drawn if each.is_certain]
    assert [each.item for each in certain] == [
        each for each in things if each.amount_cents >= interval
    ]
    rest = sum(each.amount_cents for each in things if each.amount_cents < interval)
    assert len(drawn) - len(certain) in {rest // interval, -(-rest // interval)}
    size = min(len(things), 7)
    places = [each.place for each in at_random(things, seed, size)]
    assert len(set(places)) == size
    assert places == sorted(places)
