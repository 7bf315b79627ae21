"""Values that many terms are made of."""

from typing import Annotated

from pydantic import AfterValidator, Field

from app.core.wire import ONE_LINE, Request

WHOLE = 10_000
"""Basis points of a whole: 100 percent."""

Days = Annotated[int, Field(strict=True, ge=0, le=3_650)]
"""A number of calendar days, ten years at the most."""

MOST_UNITS = 10_000_000

Units = Annotated[int, Field(strict=True, ge=1, le=MOST_UNITS)]
"""A number of whole units."""

BasisPoints = Annotated[int, Field(strict=True, ge=0, le=WHOLE)]
"""A share of a whole in 1/100 of a percent."""

Why = Annotated[
    str,
    Field(
        min_length=3,
        max_length=500,
        pattern=ONE_LINE,
        description="Why: the article of law, or the ruling.",
    ),
]

Line = Annotated[str, Field(min_length=1, max_length=200, pattern=ONE_LINE)]


class BilingualText(Request):
    """One line of text in both languages."""

    nl: Annotated[Line, Field(description="In Dutch.")]
    en: Annotated[Line, Field(description="In English.")]


def each_once(values: list[str]) -> list[str]:
    """Put a list of different values in order, for two of the same set are one."""
    if len(set(values)) < len(values):
        message = "name each one once"
        raise ValueError(message)
    return sorted(values)


Municipality = Annotated[
    str,
    Field(
        pattern=r"^GM[0-9]{4}$",
        description="A municipality, as Statistics Netherlands (CBS) numbers them.",
        examples=["GM0599"],
    ),
]

Region = Annotated[
    list[Municipality],
    Field(
        min_length=1,
        max_length=400,
        description="Municipalities, such as Rotterdam (`GM0599`) and Schiedam (`GM0606`).",
        examples=[["GM0599", "GM0606"]],
    ),
    AfterValidator(each_once),
]


def half_up(amount: int, basis_points: int) -> int:
    """Take a share of an amount, rounded to the nearest whole; a half goes up.

    This is the arithmetical rounding that Dutch VAT practice allows per amount.
    """
    return (2 * amount * basis_points + WHOLE) // (2 * WHOLE)
