"""What of a project's money can be paid, and why not: the arithmetic."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.payouts.earmarks import Earmark, Facts, Taken, earmark, vat_with
from app.projects.models import ProjectState
from app.schemes.terms import Part, PolicyTerms, TrancheMoment
from tests import make

FACTS = Facts(
    state=ProjectState.FUNDED,
    terms=PolicyTerms.model_validate(make.TERMS),
    there_cents={Part.START: 1_080_000, Part.RESULT: 120_000},
    held_cents={Part.START: 0, Part.RESULT: 0},
    taken=[],
    principal_cents=1_200_000,
    vat_cents=252_000,
    waiting_cents=0,
    waiting_detail="Some of it may be taken back.",
    accepted=frozenset(),
)
BOTH = frozenset({TrancheMoment.AFTER_INTERIM_REPORT, TrancheMoment.AFTER_FINAL_REPORT})


def payable(found: Earmark) -> list[tuple[int, int, list[str]]]:
    return [
        (
            tranche.payable_cents,
            tranche.payable_vat_cents,
            [obstacle.code.value for obstacle in tranche.obstacles],
        )
        for tranche in found.tranches
    ]


def test_the_start_part_is_payable_once_funded_and_the_result_after_reports() -> None:
    waits = (0, 0, ["report-not-accepted"])
    assert payable(earmark(FACTS)) == [(1_080_000, 226_800, []), waits, waits]
    not_yet = (0, 0, ["not-funded"])
    assert payable(earmark(replace(FACTS, state=ProjectState.LISTED))) == [not_yet] * 3
    stopped = replace(FACTS, state=ProjectState.STOPPED)
    undecided = (0, 0, ["undecided"])
    assert payable(earmark(replace(stopped, is_undecided=True))) == [undecided] * 3
    released = earmark(replace(stopped, is_released=True))
    assert [each[0] for each in payable(released)] == [1_080_000, 48_000, 72_000]
    assert payable(earmark(replace(FACTS, accepted=BOTH))) == [
        (1_080_000, 226_800, []),
        (48_000, 10_080, []),
        (72_000, 15_120, []),
    ]


def test_what_is_paid_or_planned_is_not_paid_again() -> None:
    paid = Taken(Part.START, 1, 1_080_000, 226_800, left_part=True)
    planned = Taken(Part.RESULT, 1, 40_000, 8_400, left_part=False)
    there = {Part.START: 0, Part.RESULT: 120_000}

    found = earmark(replace(FACTS, accepted=BOTH, taken=[paid, planned], there_cents=there))

    assert payable(found) == [
        (0, 0, ["nothing-left"]),
        (8_000, 1_680, []),
        (72_000, 15_120, []),
    ]
    assert [(part.paid_cents, part.planned_cents) for part in found.parts] == [
        (1_080_000, 0),
        (0, 40_000),
    ]
    assert found.paid_vat_cents == 235_200


def test_money_that_may_be_taken_back_stays_in_the_earmark_as_a_whole() -> None:
    assert payable(earmark(replace(FACTS, waiting_cents=120_000)))[0] == (1_080_000, 226_800, [])
    assert payable(earmark(replace(FACTS, waiting_cents=200_000)))[0] == (
        *(1_000_000, 210_000, ["money-waits"]),
    )
    frozen = replace(FACTS, held_cents={Part.START: 80_000, Part.RESULT: 120_000})
    assert payable(earmark(frozen))[0] == (1_000_000, 210_000, [])


@given(
    st.lists(st.integers(1, 400_000), min_size=1, max_size=6),
    st.integers(0, 300_000),
)
def test_the_vat_of_all_payouts_is_that_of_the_orders_to_the_cent(
    principals: list[int], vat_cents: int
) -> None:
    facts = replace(FACTS, principal_cents=sum(principals), vat_cents=vat_cents)
    for principal in principals:
        vat = vat_with(facts, principal)
        taken = Taken(Part.START, 1, principal, vat, left_part=True)
        facts = replace(facts, taken=[*facts.taken, taken])
        out = sum(each.vat_cents for each in facts.taken)
        share = vat_cents * sum(each.principal_cents for each in facts.taken)
        assert out == share // sum(principals)

    assert sum(each.vat_cents for each in facts.taken) == vat_cents
