"""What was done, kind by kind: counts, periods and amounts, and never who.

A claim has no place for a name or a number of a person; texts that hold an e-mail address or
something that looks like a citizen service number are refused.
"""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, TypeAdapter, model_validator
from pydantic_core import PydanticCustomError

from app.core.money import Cents
from app.core.wire import PARAGRAPHS, Request, names_nobody
from app.fulfilments.models import FulfilmentKind
from app.fulfilments.models.placements import FIRST_DAY, LAST_DAY
from app.fulfilments.schemas.splits import Units
from app.obligations.rules import PsoStep, SupplierKind
from app.obligations.rules.blocks import BlockCode

Impersonal = Annotated[
    str,
    Field(
        min_length=3,
        max_length=500,
        pattern=PARAGRAPHS,
        description="What was done, in some words; never who did it, or for whom.",
        examples=["Two mornings of job interviews practised with participants."],
    ),
    AfterValidator(names_nobody),
]
Minutes = Annotated[
    int,
    Field(strict=True, ge=1, le=100_000_000, description="All time, in minutes.", examples=[480]),
]


class UnitsClaim(Request):
    """Units of a project that were bought."""

    kind: Literal[FulfilmentKind.RIKX]
    quantity_units: Units


class SocialPurchaseClaim(Request):
    """Something that was bought from a social supplier."""

    kind: Literal[FulfilmentKind.SOCIAL_PURCHASE]
    supplier: SupplierKind
    supplier_number: Annotated[
        str,
        Field(
            pattern="^[0-9]{8}$",
            description="The supplier's number in the trade register (KvK).",
            examples=["24123456"],
        ),
    ]
    invoice_number: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9 ./_-]*[A-Za-z0-9][A-Za-z0-9 ./_-]*$",
            max_length=40,
            description="The supplier's number of the invoice, which counts once.",
            examples=["2026-0117"],
        ),
    ]
    price_cents: Annotated[Cents, Field(gt=0, description="What was paid, VAT excluded.")]
    invoiced_on: date
    description: Impersonal

    @property
    def invoice(self) -> str:
        """Which invoice it was, however somebody writes its number."""
        number = "".join(each for each in self.invoice_number.upper() if each.isalnum())
        return f"{self.supplier_number} {number}"


class _Time(Request):
    """Time that was given in a period."""

    activity: Annotated[
        str,
        Field(max_length=60, description="By its code in the rules.", examples=["mentoring"]),
    ]
    minutes: Minutes
    first_on: date
    last_on: date
    description: Impersonal

    @model_validator(mode="after")
    def _ends_after_it_began(self) -> Self:
        _insist_on_period(self.first_on, self.last_on)
        return self


class ActivityHoursClaim(_Time):
    """Hours that the contractor's people gave: workshops, visits, training."""

    kind: Literal[FulfilmentKind.ACTIVITY_HOURS]


class InKindClaim(_Time):
    """Help in kind, such as hours of mentoring; valued and limited together with activities."""

    kind: Literal[FulfilmentKind.IN_KIND]


class PsoClaim(Request):
    """A certificate of the PSO ladder, which the contractor has."""

    kind: Literal[FulfilmentKind.PSO]
    step: PsoStep
    valid_until: Annotated[date, Field(description="The last day of the certificate.")]


def _insist_on_period(first: date, last: date) -> None:
    if last < first:
        raise PydanticCustomError("ends_before_it_began", "The last day lies before the first")


MOST_PLACEMENTS = 500


class PlacementPart(Request):
    """One person's work in a period; people of a group who worked alike are several of these."""

    candidate_key: Annotated[
        str,
        Field(
            pattern="^[0-9a-f]{64}$",
            description="The candidate's pseudonymous key, made by who employs them as"
            " `GET /v1/candidate-salt` says. It is not kept; never send a name or a number.",
            examples=["9f86d081" * 8],
        ),
    ]
    block: BlockCode
    starts_on: Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
    ends_on: Annotated[
        date, Field(ge=FIRST_DAY, le=LAST_DAY, description="The last day, included.")
    ]
    minutes_per_week: Annotated[int, Field(strict=True, ge=1, le=3_600, examples=[2_160])]
    age: Annotated[
        int | None,
        Field(ge=15, le=99, description="On the first day, where an age bonus is claimed."),
    ] = None
    is_permanent: Annotated[bool, Field(description="By a contract without an end.")] = False

    @model_validator(mode="after")
    def _ends_after_it_began(self) -> Self:
        _insist_on_period(self.starts_on, self.ends_on)
        return self


class BuildingBlockClaim(Request):
    """Placements of people of target groups, many at once if need be."""

    kind: Literal[FulfilmentKind.BUILDING_BLOCK]
    placements: Annotated[list[PlacementPart], Field(min_length=1, max_length=MOST_PLACEMENTS)]

    @model_validator(mode="after")
    def _nobody_is_at_two_places(self) -> Self:
        numbered = enumerate(self.placements, 1)
        order = sorted(numbered, key=lambda each: (each[1].candidate_key, each[1].starts_on))
        for (before, earlier), (number, later) in pairwise(order):
            same = earlier.candidate_key == later.candidate_key
            if same and later.starts_on <= earlier.ends_on:
                message = "Placements {first} and {second} are of one candidate and overlap"
                told = {"first": before, "second": number}
                raise PydanticCustomError("overlapping_placements", message, told)
        return self

    def groups(self) -> list["GroupPlaced"]:
        """Count the placements of each block, and say when they were."""
        codes = sorted({each.block for each in self.placements})
        return [GroupPlaced.of(code, self.placements) for code in codes]


class GroupPlaced(Request):
    """How many placements of a target group a claim has, and in which period."""

    block: BlockCode
    placements: int
    first_on: date
    last_on: date

    @classmethod
    def of(cls, code: str, placements: Sequence[PlacementPart]) -> Self:
        """Count those of one block."""
        found = [each for each in placements if each.block == code]
        return cls.model_validate(
            {
                "block": code,
                "placements": len(found),
                "firstOn": min(each.starts_on for each in found),
                "lastOn": max(each.ends_on for each in found),
            }
        )


class PlacedClaim(Request):
    """What a building-block claim says in short: counts and periods for each target group."""

    kind: Literal[FulfilmentKind.BUILDING_BLOCK]
    groups: list[GroupPlaced]


SpentClaim: TypeAlias = SocialPurchaseClaim | ActivityHoursClaim | InKindClaim | PsoClaim
NewClaim: TypeAlias = Annotated[SpentClaim | BuildingBlockClaim, Field(discriminator="kind")]
"""What can be claimed without an order."""
WrittenClaim: TypeAlias = Annotated[
    UnitsClaim | SpentClaim | BuildingBlockClaim, Field(discriminator="kind")
]
OtherClaim: TypeAlias = SpentClaim | PlacedClaim
"""What is kept of it, and shown."""
AnyClaim: TypeAlias = Annotated[UnitsClaim | OtherClaim, Field(discriminator="kind")]

_READER: TypeAdapter[UnitsClaim | OtherClaim] = TypeAdapter(AnyClaim)


def read(claim: object) -> UnitsClaim | OtherClaim:
    """Read what a fulfilment says was done."""
    return _READER.validate_python(claim)
