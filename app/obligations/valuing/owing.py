"""How much is owed: base × percentage, threshold and cap; and the sanction for the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.core.money import euros
from app.obligations.rules import AuthorityRules, ContractKind, ObligationBase, ObligationTerms
from app.obligations.rules.imposing import (
    ChosenPercentage,
    FixedPercentage,
    FromAmount,
    LeastPercentage,
    LowLabour,
    Percentage,
)
from app.obligations.valuing.arithmetic import NotLaidDown, Step, Sum, percent


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """What the arithmetic needs to know of a contract."""

    kind: ContractKind
    sums_cents: Mapping[ObligationBase, int]
    base: ObligationBase | None = None
    """As the contract names it, where the rules name none."""
    basis_points: int | None = None
    """As the contract names it, where the rules leave it a choice."""
    labour_share_basis_points: int | None = None
    """Labour's part of the contract sum, where it is known."""


@dataclass(frozen=True, slots=True)
class Owed:
    """What an obligation comes to."""

    cents: int
    base: ObligationBase
    base_cents: int
    basis_points: int
    reaches_threshold: bool | None
    """None: the rules name no threshold, and the contract's clause decides."""
    steps: tuple[Step, ...] = field(default=())


def owed(rules: AuthorityRules, facts: ContractFacts) -> Owed:
    """Compute an obligation.

    Raises:
        NotLaidDown: rules and contract together don't say of which sum, or which percentage; or
            the contract names what the rules don't allow.
    """
    terms = rules.obligation
    if terms is None:
        message = "The rules impose no obligations."
        raise NotLaidDown(message)
    written = Sum()
    base = _base(terms, facts)
    base_cents = _sum(facts, base)
    written.note(f"Base: the {_words(base)}", euros(base_cents), base_cents)
    reaches = _reaches(terms, facts, base, written)
    basis_points = _basis_points(terms, facts, written)
    if reaches is False:
        cents = 0
        written.note("Below the threshold nothing is owed", euros(0), 0)
    else:
        share = f"{percent(basis_points)} of the {_words(base)}"
        cents = _capped(terms, written.share(share, base_cents, basis_points), written)
    return Owed(cents, base, base_cents, basis_points, reaches, tuple(written.steps))


def reaches_threshold(rules: AuthorityRules, facts: ContractFacts) -> bool | None:
    """Tell whether contracts of this size carry an obligation; None: the rules don't say.

    It needs no percentage, so that it can be asked of contracts without a clause.
    """
    terms = rules.obligation
    if terms is None:
        return None
    base = terms.threshold_sum or terms.base or facts.base or ObligationBase.CONTRACT_SUM
    if terms.threshold_sum is None and base not in facts.sums_cents:
        base = ObligationBase.CONTRACT_SUM
    if base not in facts.sums_cents:
        return None
    return _reaches(terms, facts, base, Sum())


def _base(terms: ObligationTerms, facts: ContractFacts) -> ObligationBase:
    if terms.base is not None and facts.base not in {None, terms.base}:
        message = f"The rules take the {_words(terms.base)}, and the contract names another base."
        raise NotLaidDown(message)
    base = terms.base or facts.base
    if base is None:
        message = "Neither the rules nor the contract say of which sum the percentage is taken."
        raise NotLaidDown(message)
    return base


def _sum(facts: ContractFacts, base: ObligationBase) -> int:
    if base not in facts.sums_cents:
        message = f"The {_words(base)} of the contract is not known."
        raise NotLaidDown(message)
    return facts.sums_cents[base]


def _reaches(
    terms: ObligationTerms, facts: ContractFacts, base: ObligationBase, written: Sum
) -> bool | None:
    threshold = terms.thresholds.of(facts.kind)
    kind = f"contracts for {facts.kind.value}"
    if threshold is None:
        written.note(f"Threshold for {kind}", "the rules are silent: the clause decides")
        return None
    if not isinstance(threshold, FromAmount):
        written.note(f"Threshold for {kind}", "none: from the first euro")
        return True
    looked_at = _sum(facts, terms.threshold_sum or base)
    reaches = looked_at >= threshold.amount_cents
    sign = "≥" if reaches else "<"
    written.note(
        f"Threshold for {kind}", f"{euros(looked_at)} {sign} {euros(threshold.amount_cents)}"
    )
    return reaches


def _basis_points(terms: ObligationTerms, facts: ContractFacts, written: Sum) -> int:
    low, share = terms.low_labour, facts.labour_share_basis_points
    if low is not None and share is not None:
        return _by_labour(terms.percentage, low, facts, written)
    return _usual(terms.percentage, facts)


def _by_labour(percentage: Percentage, low: LowLabour, facts: ContractFacts, written: Sum) -> int:
    share = facts.labour_share_basis_points or 0
    is_low = share < low.below_labour_share_basis_points
    sign = "<" if is_low else "≥"
    written.note(
        "Labour's share of the contract",
        f"{percent(share)} {sign} {percent(low.below_labour_share_basis_points)}",
    )
    return low.basis_points if is_low else _usual(percentage, facts)


def _usual(percentage: Percentage, facts: ContractFacts) -> int:
    named = facts.basis_points
    match percentage:
        case FixedPercentage():
            return _allowed(named in {None, percentage.basis_points}, percentage.basis_points)
        case LeastPercentage():
            return _allowed(
                named is None or named >= percentage.basis_points,
                percentage.basis_points if named is None else named,
            )
        case ChosenPercentage():
            return _allowed(named is None or named in percentage.basis_points, _said(named))
    return _said(named)


def _allowed(is_allowed: bool, basis_points: int) -> int:  # noqa: FBT001  Read with its condition.
    if not is_allowed:
        message = "The contract names a percentage that the rules don't allow."
        raise NotLaidDown(message)
    return basis_points


def _said(named: int | None) -> int:
    if named is None:
        message = "The rules leave the percentage to the contract, and the contract names none."
        raise NotLaidDown(message)
    return named


def _capped(terms: ObligationTerms, cents: int, written: Sum) -> int:
    if terms.cap_cents is None or cents <= terms.cap_cents:
        return cents
    written.note("No obligation is larger than", euros(terms.cap_cents), terms.cap_cents)
    return terms.cap_cents


def _words(base: ObligationBase) -> str:
    return base.value.replace("-", " ")


def sanction(rules: AuthorityRules, unrealised_cents: int) -> tuple[int, tuple[Step, ...]]:
    """Compute what is withheld for what was not realised, and show how.

    Raises:
        NotLaidDown: the rules know no sanction.
    """
    if rules.sanction is None:
        message = "The rules know no sanction."
        raise NotLaidDown(message)
    written = Sum()
    cents = written.share(
        "Withheld of what was not realised", unrealised_cents, rules.sanction.factor_basis_points
    )
    return cents, tuple(written.steps)
