"""Values that many terms are made of."""

from typing import Annotated

from pydantic import Field

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


def half_up(amount: int, basis_points: int) -> int:
    """Take a share of an amount, rounded to the nearest whole; a half goes up.

    This is the arithmetical rounding that Dutch VAT practice allows per amount.
    """
    return (2 * amount * basis_points + WHOLE) // (2 * WHOLE)
