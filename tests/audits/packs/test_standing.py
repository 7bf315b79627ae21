"""How a claim stood is told from its decisions alone, whatever its row says now."""

from typing import Any

import pytest

from app.audits.packs import standing
from app.core.ids import new_id

Told = tuple[str, int, int]
"""The kind of a decision, with units and cents."""


def _decided(*told: Told, undone: int | None = None) -> list[dict[str, Any]]:
    return [
        {
            "id": str(new_id()),
            "kind": kind,
            "units": units,
            "cents": cents,
            "at": f"2026-05-{day:02}T12:00:00+00:00",
            "undone": day - 1 == undone,
        }
        for day, (kind, units, cents) in enumerate(told, 1)
    ]


SUBMITTED = (("drafted", 10, 0), ("submitted", 10, 1000))
APPROVED = (*SUBMITTED, ("approved", 10, 1000))


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (SUBMITTED, ("submitted", 10, 0, 0)),
        ((*SUBMITTED, ("withdrawn", 10, 1000)), ("returned", 10, 0, 0)),
        ((*SUBMITTED, ("returned", 10, 1000), ("rewritten", 8, 0)), ("returned", 10, 0, 0)),
        ((*SUBMITTED, ("rejected", 10, 1000)), ("rejected", 10, 0, 0)),
        (APPROVED, ("approved", 10, 900, 0)),
        ((*APPROVED, ("adjusted", 0, 100)), ("approved", 10, 800, 1)),
        ((*APPROVED, ("revoked", 4, 360)), ("approved", 6, 540, 1)),
        ((*APPROVED, ("revoked", 4, 360), ("revoked", 6, 540)), ("revoked", 0, 0, 2)),
        ((*APPROVED, ("objection-lodged", 0, 0)), ("approved", 10, 900, 0)),
    ],
)
def test_a_claim_stands_where_its_last_decision_left_it(
    told: tuple[Told, ...], found: tuple[str, int, int, int]
) -> None:
    # The certificate says what counted: of the value, 100 never came about.
    claim = standing.of(_decided(*told), {"valueCents": 900} if APPROVED[2] in told else None)
    assert (claim.state, claim.units, claim.cents, len(claim.taken)) == found


def test_what_an_objection_gives_back_was_never_taken() -> None:
    told = (*APPROVED, ("revoked", 10, 900), ("objection-upheld", 10, 1000), ("approved", 10, 850))
    decided = _decided(*told, undone=3)
    claim = standing.of(decided, {"valueCents": 900})
    assert (claim.state, claim.cents, claim.taken) == ("approved", 850, [])
    # Its certificate was issued with the first approval, and is proven by that.
    assert str(claim.approval_id) == decided[2]["id"]


def test_what_has_no_units_is_revoked_as_a_whole() -> None:
    told = (("submitted", 0, 500), ("approved", 0, 500), ("revoked", 0, 500))
    claim = standing.of(_decided(*told), {"valueCents": 500})
    assert (claim.state, claim.cents) == ("revoked", 0)
