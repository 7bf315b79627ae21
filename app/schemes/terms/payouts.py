"""Terms of paying entrepreneurs: what is paid of each part, and when."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from app.core.money import split
from app.core.wire import Request
from app.schemes.terms.fields import Days

WHOLE_PERCENT = 100


class Part(StrEnum):
    """The two parts of what a project sold."""

    START = "start-part"
    """The threshold in units times the price per unit."""
    RESULT = "result-part"
    """What was sold above the threshold."""


class TrancheMoment(StrEnum):
    """When a tranche can be paid."""

    AT_START = "start"
    """The project is funded and starts."""
    AFTER_INTERIM_REPORT = "interim-report"
    """The operator accepted the interim report."""
    AFTER_FINAL_REPORT = "final-report"
    """The operator accepted the final report."""


class Tranche(Request):
    """A share of a part, paid at one moment."""

    moment: TrancheMoment
    percent: Annotated[
        int, Field(strict=True, ge=1, le=WHOLE_PERCENT, description="Of the part.", examples=[100])
    ]


Tranches = Annotated[
    list[Tranche],
    Field(min_length=1, max_length=10, description="In order; their percentages add up to 100."),
]


class Remedy(StrEnum):
    """What the operator may decide where a project stopped or its result is short."""

    PRO_RATA_RELEASE = "pro-rata-release"
    REFUND = "refund"
    SUBSTITUTE_PROJECT = "substitute-project"


@dataclass(frozen=True, slots=True)
class Share:
    """What a tranche is of an amount, in cents."""

    tranche: Tranche
    amount_cents: int


class PayoutPlan(Request):
    """How what a project sold reaches its entrepreneur."""

    start_part: Tranches
    result_part: Tranches
    payment_term_days: Annotated[
        Days, Field(description="From approval to payment, at the most.", examples=[30])
    ]
    debit_wait_days: Annotated[
        Days,
        Field(
            description="How long what was paid by direct debit waits: a SEPA debit can be taken"
            " back for eight weeks.",
            examples=[56],
        ),
    ]
    bank_account_cooling_off_days: Annotated[
        Days,
        Field(
            description="No payout so soon after a change of the entrepreneur's bank account.",
            examples=[7],
        ),
    ]
    short_result_remedies: Annotated[
        list[Remedy],
        Field(min_length=1, max_length=3, description="What the operator may choose from."),
    ]

    @model_validator(mode="after")
    def _each_part_is_shared_whole(self) -> Self:
        for name, tranches in (("startPart", self.start_part), ("resultPart", self.result_part)):
            total = sum(tranche.percent for tranche in tranches)
            if total != WHOLE_PERCENT:
                message = f"the percentages of {name} add up to {total}, not to 100"
                raise ValueError(message)
            order = [list(TrancheMoment).index(tranche.moment) for tranche in tranches]
            if order != sorted(order):
                message = f"the tranches of {name} must be in the order of their moments"
                raise ValueError(message)
        if any(tranche.moment is TrancheMoment.AT_START for tranche in self.result_part):
            message = "resultPart is paid for results: no tranche of it at the start"
            raise ValueError(message)
        return self

    def shares(self, part: Part, amount_cents: int) -> list[Share]:
        """Share an amount of a part over its tranches; the shares add up to it exactly."""
        tranches = self.start_part if part is Part.START else self.result_part
        amounts = split(amount_cents, [tranche.percent for tranche in tranches])
        return [Share(*pair) for pair in zip(tranches, amounts, strict=True)]
