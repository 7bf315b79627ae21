"""What of a project's money can be paid out now, and why not more: pure arithmetic, in cents."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.projects.models import ProjectState
from app.schemes.terms import Part, PolicyTerms, TrancheMoment


class ObstacleCode(StrEnum):
    """What can keep money from being paid out."""

    NOT_FUNDED = "not-funded"
    UNDECIDED = "undecided"
    """The project was stopped or its result is short, and nobody decided about what is left."""
    REPORT_NOT_ACCEPTED = "report-not-accepted"
    NOTHING_LEFT = "nothing-left"
    MONEY_WAITS = "money-waits"
    """It may still be taken back: a direct debit of the last weeks, or a dispute."""
    NOT_CHECKED = "not-checked"
    ACCOUNT_MISSING = "account-missing"
    ACCOUNT_NEW = "account-new"
    PROVIDER_NOT_READY = "provider-not-ready"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why not, or not more."""

    code: ObstacleCode
    detail: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What a payout takes of a tranche."""

    part: Part
    tranche: int
    principal_cents: int
    vat_cents: int
    left_part: bool
    """Its money has left the part: it was approved, or is a retry."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that an earmark depends on."""

    state: ProjectState
    terms: PolicyTerms
    there_cents: Mapping[Part, int]
    """What the books have in each part, holds included."""
    held_cents: Mapping[Part, int]
    """What of it is frozen."""
    taken: Sequence[Taken]
    principal_cents: int
    """Of the project's paid orders, by their own amounts, less what was refunded."""
    vat_cents: int
    """The VAT on their sale, likewise."""
    waiting_cents: int
    """What of it may still be taken back."""
    waiting_detail: str
    accepted: frozenset[TrancheMoment]
    """Which reports the operator accepted."""
    is_undecided: bool = False
    """It is frozen until the operator decides about it."""
    is_released: bool = False
    """The operator decided: what is left is the entrepreneur's, whatever was reported."""


@dataclass(frozen=True, slots=True)
class PartEarmark:
    """One part of a project's money."""

    part: Part
    there_cents: int
    frozen_cents: int
    paid_cents: int
    """What left it for the entrepreneur."""
    planned_cents: int
    """What is planned to leave it, and waits for a second person."""


@dataclass(frozen=True, slots=True)
class TrancheEarmark:
    """One tranche: its share, what was taken of it, and what can be paid of it now."""

    part: Part
    number: int
    moment: TrancheMoment
    percent: int
    share_cents: int
    taken_cents: int
    payable_cents: int
    payable_vat_cents: int
    obstacles: list[Obstacle]


@dataclass(frozen=True, slots=True)
class Earmark:
    """A project's money, and what can be paid of it."""

    parts: list[PartEarmark]
    tranches: list[TrancheEarmark]
    vat_cents: int
    """That on the sale of the project's own orders."""
    paid_vat_cents: int

    def find(self, part: Part, number: int) -> TrancheEarmark | None:
        """Find a tranche by its part and its place in it."""
        return next(
            (each for each in self.tranches if (each.part, each.number) == (part, number)), None
        )


UNDECIDED = Obstacle(
    ObstacleCode.UNDECIDED,
    "The project was stopped, or its result is short: what is left is frozen until it is decided.",
)
FUNDED = frozenset(
    {ProjectState.FUNDED, ProjectState.RUNNING, ProjectState.REPORTING, ProjectState.COMPLETED}
)


def earmark(facts: Facts) -> Earmark:
    """Say what of a project's money can be paid, tranche by tranche."""
    parts = [_part(facts, part) for part in Part]
    spare = sum(_free(part) for part in parts) - facts.waiting_cents
    return Earmark(
        parts=parts,
        tranches=[each for part in parts for each in _tranches(facts, part, spare)],
        vat_cents=facts.vat_cents,
        paid_vat_cents=sum(taken.vat_cents for taken in facts.taken),
    )


def _part(facts: Facts, part: Part) -> PartEarmark:
    of_part = [taken for taken in facts.taken if taken.part is part]
    return PartEarmark(
        part=part,
        there_cents=facts.there_cents[part],
        frozen_cents=facts.held_cents[part],
        paid_cents=_principal(taken for taken in of_part if taken.left_part),
        planned_cents=_principal(taken for taken in of_part if not taken.left_part),
    )


def _principal(taken: Iterable[Taken]) -> int:
    return sum(each.principal_cents for each in taken)


def _free(part: PartEarmark) -> int:
    return part.there_cents - part.frozen_cents - part.planned_cents


def _tranches(facts: Facts, part: PartEarmark, spare_cents: int) -> list[TrancheEarmark]:
    shares = facts.terms.shares(part.part, part.there_cents + part.paid_cents)
    found = []
    for number, share in enumerate(shares, start=1):
        of_tranche = (
            taken for taken in facts.taken if (taken.part, taken.tranche) == (part.part, number)
        )
        tranche = TrancheEarmark(
            part=part.part,
            number=number,
            moment=share.tranche.moment,
            percent=share.tranche.percent,
            share_cents=share.amount_cents,
            taken_cents=_principal(of_tranche),
            payable_cents=0,
            payable_vat_cents=0,
            obstacles=_obstacles(facts, share.tranche.moment),
        )
        found.append(_payable(facts, tranche, _free(part), spare_cents))
    return found


def _payable(
    facts: Facts, tranche: TrancheEarmark, free_cents: int, spare_cents: int
) -> TrancheEarmark:
    if tranche.obstacles:
        return tranche
    left = min(tranche.share_cents - tranche.taken_cents, free_cents)
    if left <= 0:
        detail = "All of this tranche is paid or planned, or there is no money for it."
        return replace(tranche, obstacles=[Obstacle(ObstacleCode.NOTHING_LEFT, detail)])
    payable = max(0, min(left, spare_cents))
    waits = [Obstacle(ObstacleCode.MONEY_WAITS, facts.waiting_detail)] if payable < left else []
    return replace(
        tranche,
        payable_cents=payable,
        payable_vat_cents=vat_with(facts, payable),
        obstacles=waits,
    )


def vat_with(facts: Facts, principal_cents: int) -> int:
    """Say how much VAT goes with a principal: pro rata to the project's own orders, in all.

    What was rounded before is made good, so that the last cent of principal takes the last of VAT.
    """
    if principal_cents <= 0 or facts.principal_cents <= 0:
        return 0
    out = _principal(facts.taken) + principal_cents
    due = min(facts.vat_cents, facts.vat_cents * out // facts.principal_cents)
    return max(0, due - sum(taken.vat_cents for taken in facts.taken))


_REPORTS = {
    TrancheMoment.AFTER_INTERIM_REPORT: "interim",
    TrancheMoment.AFTER_FINAL_REPORT: "final",
}


def _obstacles(facts: Facts, moment: TrancheMoment) -> list[Obstacle]:
    """Say what keeps a tranche from being paid at all."""
    if facts.is_undecided:
        return [UNDECIDED]
    if facts.is_released:
        return []
    if facts.state not in FUNDED:
        return [Obstacle(ObstacleCode.NOT_FUNDED, f"The project is {facts.state}, not funded.")]
    if moment in _REPORTS and moment not in facts.accepted:
        detail = f"The {_REPORTS[moment]} report is not accepted."
        return [Obstacle(ObstacleCode.REPORT_NOT_ACCEPTED, detail)]
    return []
