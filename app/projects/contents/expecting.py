"""What an entrepreneur can expect to be paid, and when: as far as policy, round and plan tell."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from app.projects.contents.plan import PlanChange
from app.schemes.terms import Part, PolicyTerms, TrancheMoment


@dataclass(frozen=True, slots=True)
class Sales:
    """Where the sale of a project's units stands."""

    begins_on: date
    sold_units: int
    impact_units: int | None
    """The most that can be sold; unknown before it is listed."""
    is_funded: bool
    """It reached its threshold once: it stays funded."""


@dataclass(frozen=True, slots=True)
class ExpectedPayment:
    """One tranche of a part, in cents, without VAT and fee."""

    part: Part
    moment: TrancheMoment
    percent: int
    amount_cents: int
    """The start part when the threshold is reached; the result part of what is sold by now."""
    at_most_cents: int | None
    """If all units are sold; unknown before the project is listed."""
    earliest_on: date | None
    """Not before; unknown where the plan names no date."""
    latest_on: date | None
    """If it is approved on the earliest day, and paid at the end of the policy's term."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """All payments of a project, by the payout plan of its policy."""

    threshold_units: int
    is_conditional: bool
    """The threshold is not reached: nothing is paid unless it is."""
    payment_term_days: int
    debit_wait_days: int
    """What buyers paid by direct debit comes so many days later."""
    payments: list[ExpectedPayment]


def expectation(plan: PlanChange, terms: PolicyTerms, sales: Sales) -> Expectation | None:
    """Say what a plan lets its entrepreneur expect; nothing while it names no threshold."""
    threshold = plan.threshold_units
    if threshold is None:
        return None
    start = threshold * terms.unit_price_cents
    result = max(0, sales.sold_units - threshold) * terms.unit_price_cents
    most = (
        None
        if sales.impact_units is None
        else max(0, sales.impact_units - threshold) * terms.unit_price_cents
    )
    payments = [
        *_payments(plan, terms, sales, (Part.START, start, start)),
        *_payments(plan, terms, sales, (Part.RESULT, result, most)),
    ]
    return Expectation(
        threshold_units=threshold,
        is_conditional=not sales.is_funded,
        payment_term_days=terms.payout.payment_term_days,
        debit_wait_days=terms.payout.debit_wait_days,
        payments=payments,
    )


def _payments(
    plan: PlanChange, terms: PolicyTerms, sales: Sales, of: tuple[Part, int, int | None]
) -> Iterator[ExpectedPayment]:
    part, now_cents, most_cents = of
    now = terms.shares(part, now_cents)
    most: list[int] | list[None] = [None] * len(now)
    if most_cents is not None:
        most = [share.amount_cents for share in terms.shares(part, most_cents)]
    for share, at_most in zip(now, most, strict=True):
        earliest = _earliest(plan, sales, share.tranche.moment)
        term = timedelta(days=terms.payout.payment_term_days)
        yield ExpectedPayment(
            part=part,
            moment=share.tranche.moment,
            percent=share.tranche.percent,
            amount_cents=share.amount_cents,
            at_most_cents=at_most,
            earliest_on=earliest,
            latest_on=earliest + term if earliest else None,
        )


def _earliest(plan: PlanChange, sales: Sales, moment: TrancheMoment) -> date | None:
    """Say from when on a tranche can be paid: no report comes before what it reports of."""
    is_last = moment is TrancheMoment.AFTER_FINAL_REPORT
    day = plan.ends_on if is_last else plan.starts_on
    return max(day, sales.begins_on) if day else None
