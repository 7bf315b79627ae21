"""Drafts and the chart: what can't even be written down."""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.ids import new_id
from app.core.money import LARGEST_AMOUNT
from app.ledger import chart
from app.ledger.chart import KINDS, Book, KeptPer, ledger_id
from app.ledger.drafts import Draft, Hold, Reversal, Unbalanced, credit, debit, printed
from tests.make.books import MAY, a_draft

SCHEME, OTHER, PROJECT = new_id(), new_id(), new_id()
BANK, DEPOSIT = chart.BANK.of(SCHEME), chart.DEPOSIT.of(SCHEME, PROJECT)


def test_debits_and_credits_must_be_equal() -> None:
    draft = a_draft(DEPOSIT, 500)
    with pytest.raises(Unbalanced):
        replace(draft, lines=(debit(BANK, 5, PROJECT), credit(DEPOSIT, 6, PROJECT)))


def test_each_ledger_balances_by_itself() -> None:
    elsewhere = chart.BANK.of(OTHER)
    with pytest.raises(Unbalanced):
        replace(
            a_draft(DEPOSIT, 500),
            lines=(debit(elsewhere, 5, PROJECT), credit(DEPOSIT, 5, PROJECT)),
        )


def test_a_line_of_nothing_is_left_out() -> None:
    draft = a_draft(DEPOSIT, 500)
    with_nothing = replace(draft, lines=(*draft.lines, debit(BANK, 0, PROJECT)))
    assert with_nothing.lines == draft.lines
    with pytest.raises(Unbalanced):
        replace(draft, lines=(debit(BANK, 0, PROJECT), credit(DEPOSIT, 0, PROJECT)))


@pytest.mark.parametrize("amount", [-1, LARGEST_AMOUNT + 1])
def test_an_amount_is_positive_and_not_beyond_reason(amount: int) -> None:
    with pytest.raises(ValueError, match="no amount"):
        debit(BANK, amount, PROJECT)


@pytest.mark.parametrize(
    "what",
    [
        {"reference": "Order/7"},
        {"reference": ""},
        {"reference": "order 7"},
        {"kind": "paid"},
        {"narration": "two\nlines"},
        {"narration": ""},
        {"evidence": ("two words",)},
        {"occurred_at": datetime(2026, 5, 1)},  # noqa: DTZ001  That is what is refused.
    ],
)
def test_names_and_moments_are_the_books_own(what: dict[str, Any]) -> None:
    draft = a_draft(DEPOSIT, 500)
    with pytest.raises(ValueError, match=r"."):
        replace(draft, **what)


def test_only_a_limited_account_can_be_held() -> None:
    with pytest.raises(ValueError, match="can't be held"):
        Hold(BANK, 5, "test/hold", PROJECT, MAY)
    with pytest.raises(ValueError, match="can't be held"):
        Hold(DEPOSIT, 0, "test/hold", PROJECT, MAY)


def test_a_reversal_says_why() -> None:
    with pytest.raises(ValueError, match="narration"):
        Reversal(new_id(), "test/back", "", MAY)


@pytest.mark.parametrize(
    ("amount", "book", "page"),
    [
        (125_000, Book.MONEY, "1,250.00"),
        (-5, Book.MONEY, "-0.05"),
        (108, Book.IMPACT, "108"),
        (0, Book.SOCIAL_RETURN, "0.00"),
    ],
)
def test_amounts_are_printed_in_their_unit(amount: int, book: Book, page: str) -> None:
    assert printed(amount, book) == page


@given(st.lists(st.integers(1, LARGEST_AMOUNT), min_size=1, max_size=8))
def test_what_is_shared_balances(parts: list[int]) -> None:
    whole = min(sum(parts), LARGEST_AMOUNT)
    parts[-1] += whole - sum(parts)
    if parts[-1] < 0:
        return
    draft = Draft(
        "test.shared",
        "test/shared",
        "Shared",
        MAY,
        (debit(BANK, whole, PROJECT), *(credit(DEPOSIT, part, PROJECT) for part in parts)),
    )
    assert sum(line.signed for line in draft.lines) == 0


def test_kinds_that_are_locked_have_ranks_of_their_own() -> None:
    ranks = Counter(kind.lock_rank for kind in KINDS.values() if kind.limited)
    assert {rank for rank, count in ranks.items() if count > 1} == set()
    assert {kind.lock_rank for kind in KINDS.values() if not kind.limited} == {0}
    assert min(ranks) > 0


def test_an_account_has_an_owner_unless_the_keeper_has_one_of_its_kind() -> None:
    for kind in KINDS.values():
        of_keeper = kind.kept_per is KeptPer.KEEPER
        with pytest.raises(ValueError, match="kept per"):
            kind.of(SCHEME, PROJECT if of_keeper else None)


def test_a_ledger_is_named_by_keeper_and_book() -> None:
    names = {ledger_id(keeper, book) for keeper in (SCHEME, OTHER) for book in Book}
    assert len(names) == 6
    assert DEPOSIT.ledger_id == ledger_id(SCHEME, Book.MONEY)
