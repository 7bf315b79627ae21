"""What was done, kind by kind: counts, periods and amounts, and never who.

A claim has no place for a name or a number of a person; texts that hold an e-mail address or
something that looks like a citizen service number are refused.
"""

import re
from datetime import date
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, TypeAdapter, model_validator
from pydantic_core import PydanticCustomError

from app.core.money import Cents
from app.core.wire import PARAGRAPHS, Request
from app.fulfilments.models import FulfilmentKind
from app.fulfilments.schemas.splits import Units
from app.obligations.rules import PsoStep, SupplierKind

_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_NUMBER = re.compile(r"(?<![0-9])[0-9](?:[ .]?[0-9]){8}(?![0-9])")
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
"""Of the eleven-test that every citizen service number passes."""


def _names_nobody(text: str) -> str:
    if _MAIL.search(text):
        raise PydanticCustomError("names_somebody", "Leave out e-mail addresses: say what was done")
    if any(_is_citizen_number(found) for found in _NUMBER.findall(text)):
        raise PydanticCustomError(
            "names_somebody", "Leave out numbers of people: this looks like a citizen number (BSN)"
        )
    return text


def _is_citizen_number(found: str) -> bool:
    digits = [int(each) for each in found if each.isdigit()]
    weighed = sum(weight * digit for weight, digit in zip(_WEIGHTS, digits, strict=True))
    return weighed % 11 == 0


Impersonal = Annotated[
    str,
    Field(
        min_length=3,
        max_length=500,
        pattern=PARAGRAPHS,
        description="What was done, in some words; never who did it, or for whom.",
        examples=["Two mornings of job interviews practised with participants."],
    ),
    AfterValidator(_names_nobody),
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
    price_cents: Annotated[Cents, Field(gt=0, description="What was paid, VAT excluded.")]
    invoiced_on: date
    description: Impersonal


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


OtherClaim: TypeAlias = SocialPurchaseClaim | ActivityHoursClaim | InKindClaim | PsoClaim
"""What is kept as it was said."""
NewClaim: TypeAlias = Annotated[OtherClaim, Field(discriminator="kind")]
"""What can be claimed without an order."""
AnyClaim: TypeAlias = Annotated[UnitsClaim | OtherClaim, Field(discriminator="kind")]

_READER: TypeAdapter[UnitsClaim | OtherClaim] = TypeAdapter(AnyClaim)


def read(claim: object) -> UnitsClaim | OtherClaim:
    """Read what a fulfilment says was done."""
    return _READER.validate_python(claim)
