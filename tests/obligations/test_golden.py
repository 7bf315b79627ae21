"""Golden cases over the shipped tables: each row can be checked by hand.

`how` is the arithmetic of whoever wrote the row, in euros: sums of products of fractions.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import pytest

from app.obligations import shipped, valuing
from app.obligations.rules import (
    AuthorityRules,
    ContractKind,
    ObligationBase,
    PsoStep,
    SupplierKind,
)
from app.obligations.valuing import NotLaidDown, Room, Step, Worth
from tests.make.obligations import RULES

Row: TypeAlias = dict[str, str]
GOLDEN = Path(__file__).parent / "golden"
OWN = ("GM0599", "GM0606")


def rows(name: str) -> list[tuple[str, Row]]:
    """Read the rows of a file, each with where it stands."""
    with (GOLDEN / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [(f"{name}.csv:{number}", row) for number, row in enumerate(csv.DictReader(file), 2)]


def by_place(name: str) -> pytest.MarkDecorator:
    found = rows(name)
    return pytest.mark.parametrize("row", [row for _, row in found], ids=[at for at, _ in found])


def rules_of(table: str) -> AuthorityRules:
    if table == "assumed":
        return AuthorityRules.model_validate(RULES)
    return shipped.tables()[table].rules


def cents(euros: str) -> int:
    return int(Decimal(euros) * 100)


def worked_out(how: str) -> int:
    """Work an arithmetic out by itself: cents, a half goes up."""
    whole = sum((_product(term) for term in how.split("+")), Fraction(0)) * 100
    return (2 * whole.numerator + whole.denominator) // (2 * whole.denominator)


def _product(term: str) -> Fraction:
    product = Fraction(1)
    for factor in term.split("*"):
        product *= Fraction(factor.strip())
    return product


def told(row: Row, steps: tuple[Step, ...]) -> str:
    """What a failure shows: the row's own arithmetic beside the function's."""
    return "\n".join(["", str(row), f"by hand: {row['how']}", *(f"  {step}" for step in steps)])


@by_place("placements")
def test_placements(row: Row) -> None:
    placed = valuing.Placement(
        block=row["block"],
        starts_on=date.fromisoformat(row["from"]),
        ends_on=date.fromisoformat(row["to"]),
        minutes_per_week=int(Decimal(row["hours"]) * 60),
        age=int(row["age"]) if row["age"] else None,
        is_permanent=row["contract"] == "permanent",
        people=int(row["people"]),
    )

    worth = valuing.placement(rules_of(row["table"]), placed)

    assert (worth.reason or "") == row["refusal"], told(row, worth.steps)
    assert worth.counts == (not row["refusal"]), told(row, worth.steps)
    if not row["refusal"]:
        assert worth.cents == cents(row["euros"]), told(row, worth.steps)
        assert worth.cents == worked_out(row["how"]) * placed.people, told(row, worth.steps)


@by_place("obligations")
def test_obligations(row: Row) -> None:
    rules = rules_of(row["table"])
    base = ObligationBase(row["base"]) if row["base"] else None
    terms = rules.obligation
    summed = base or (terms and terms.base) or ObligationBase.CONTRACT_SUM
    facts = valuing.ContractFacts(
        kind=ContractKind(row["kind"]),
        sums_cents={summed: cents(row["sum"])},
        base=base,
        basis_points=int(row["named"]) if row["named"] else None,
        labour_share_basis_points=int(Decimal(row["labour"]) * 100) if row["labour"] else None,
    )
    if row["refusal"]:
        with pytest.raises(NotLaidDown) as refused:
            valuing.owed(rules, facts)
        assert str(refused.value) == row["refusal"], told(row, ())
        return

    found = valuing.owed(rules, facts)

    assert found.cents == cents(row["euros"]), told(row, found.steps)
    assert found.cents == worked_out(row["how"]), told(row, found.steps)
    reaches = {"yes": True, "no": False, "silent": None}
    assert found.reaches_threshold is reaches[row["reaches"]], told(row, found.steps)


@dataclass(frozen=True)
class Spending:
    """A row of `spending.csv`, read."""

    rules: AuthorityRules
    row: Row

    @property
    def room(self) -> Room | None:
        """What the obligation has room for, if the row names one."""
        if not self.row["imposed"]:
            return None
        return Room(*(cents(self.row[name] or "0") for name in ("imposed", "open", "before")))

    def worth(self) -> Worth:
        """What the row's thing is worth."""
        what, _, of = self.row["what"].partition(":")
        quantity = int(self.row["quantity"] or 0)
        if what == "units":
            price = cents(self.row["price"])
            bought = valuing.UnitsBought(quantity, price, self.row["place"], not of)
            return valuing.units(self.rules, bought, OWN, self.room)
        if what == "social":
            purchase = valuing.SocialPurchase(cents(self.row["price"]), SupplierKind(of))
            return valuing.social_purchase(self.rules, purchase, self.room)
        if what == "activity":
            return valuing.activity(self.rules, valuing.ActivityHours(of, quantity), self.room)
        assert self.room is not None
        return valuing.pso(self.rules, PsoStep(of), self.room)


@by_place("spending")
def test_spending(row: Row) -> None:
    case = Spending(rules_of(row["table"]), row)
    worth = _sanctioned(case) if row["what"] == "sanction" else case.worth()

    assert (worth.reason or "") == row["refusal"], told(row, worth.steps)
    if row["refusal"]:
        assert (worth.cents, worth.surplus_cents) == (0, 0), told(row, worth.steps)
        return
    assert worth.cents == cents(row["euros"]), told(row, worth.steps)
    assert worth.cents == worked_out(row["how"]), told(row, worth.steps)
    assert worth.surplus_cents == cents(row["surplus"]), told(row, worth.steps)
    assert worth.beyond_cents == cents(row["beyond"]), told(row, worth.steps)


def _sanctioned(case: Spending) -> Worth:
    try:
        amount, steps = valuing.sanction(case.rules, cents(case.row["imposed"]))
    except NotLaidDown as silent:
        return Worth(0, (), str(silent))
    return Worth(amount, steps)


def test_a_failure_shows_the_arithmetic_of_both() -> None:
    case = Spending(rules_of("assumed"), next(row for row in all_rows() if row.get("what")))
    shown = told(case.row, (Step("Price without VAT", "2 × 100.00 = 200.00"),))

    assert f"by hand: {case.row['how']}" in shown
    assert "Price without VAT: 2 × 100.00 = 200.00" in shown


def all_rows() -> Iterator[Row]:
    for name in ("placements", "obligations", "spending"):
        yield from (row for _, row in rows(name))


def test_there_are_enough_of_them() -> None:
    assert sum(row["table"] != "assumed" for row in all_rows()) >= 200
    assert {row["table"] for row in all_rows()} == {"assumed", *shipped.tables()}
