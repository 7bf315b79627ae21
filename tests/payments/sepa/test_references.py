"""Creditor references: made once, found again in whatever people type."""

from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum import iso11649

from app.core.ids import new_id
from app.payments.sepa.references import creditor_reference, printed, references_in

PAYMENT = UUID("019a0000-0000-7000-8000-000000000001")
REFERENCE = creditor_reference(PAYMENT)


def test_a_reference_is_short_and_every_bank_can_check_it() -> None:
    assert creditor_reference(PAYMENT) == REFERENCE
    assert len(REFERENCE) == 16
    assert iso11649.is_valid(REFERENCE)
    assert [len(group) for group in printed(REFERENCE).split()] == [4, 4, 4, 4]


def test_ids_made_in_one_millisecond_have_different_references() -> None:
    references = {creditor_reference(new_id()) for _ in range(5_000)}

    assert len(references) == 5_000


@given(st.uuids())
def test_every_reference_is_found_as_it_is_printed(payment_id: UUID) -> None:
    reference = creditor_reference(payment_id)

    assert references_in(f"order {printed(reference)}, thanks") == (reference,)


@pytest.mark.parametrize(
    "typed",
    [
        REFERENCE,
        REFERENCE.lower(),
        " ".join(REFERENCE),
        f"Factuur 2026-0001 / {printed(REFERENCE)} / Bakkerij Noord",
        printed(REFERENCE).replace(" ", "-"),
        printed(REFERENCE).replace(" ", ".\n"),
        f"/RFB/{REFERENCE[:9]} {REFERENCE[9:]}/",
        REFERENCE.replace("0", "O").replace("1", "l"),
        f"{REFERENCE} {REFERENCE}",
        f"RF{REFERENCE}",
    ],
)
def test_a_reference_is_found_however_it_is_typed(typed: str) -> None:
    assert references_in(typed) == (REFERENCE,)


@given(st.integers(2, 15), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_one_wrong_character_is_noticed(place: int, other: str) -> None:
    # Of its own kind: a letter for a digit moves the rest, and passes one time in ninety-seven.
    assume(other.isdigit() == REFERENCE[place].isdigit())
    wrong = REFERENCE[:place] + other + REFERENCE[place + 1 :]

    assert references_in(wrong) == ((REFERENCE,) if other == REFERENCE[place] else ())


@given(st.uuids(), st.integers(4, 14))
def test_two_swapped_characters_are_noticed(payment_id: UUID, place: int) -> None:
    reference = creditor_reference(payment_id)
    left, right = reference[place], reference[place + 1]
    assume(left != right and left.isdigit() == right.isdigit())

    assert references_in(reference[:place] + right + left + reference[place + 2 :]) == ()


def test_several_references_come_in_the_order_in_which_they_stand() -> None:
    others = [creditor_reference(UUID(int=number)) for number in (1, 2, 3)]

    assert references_in(" en ".join(others)) == tuple(others)


@pytest.mark.parametrize(
    "typed", ["", "RF", "Factuur 12", "RF18 5390 0754 703", "huur mei RFC 2119"]
)
def test_what_is_none_of_ours_is_none(typed: str) -> None:
    assert references_in(typed) == ()
