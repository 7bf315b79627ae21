"""Money and other amounts: whole numbers of the smallest unit, never a float."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

LARGEST_AMOUNT = 10**15
"""No single amount is larger: ten thousand milliard euros leave room for sums in a bigint."""

Cents = Annotated[int, Field(strict=True, ge=0, le=LARGEST_AMOUNT, examples=[125_000])]
"""An amount of euro cents on the wire; `true` and `1.0` are not amounts."""


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """Share `amount` by `weights`, so that the parts add up to it exactly.

    Each part is rounded towards zero; what remains goes, one by one, to the parts that lost most
    (the largest-remainder method), the first of equals first.

    Raises:
        ValueError: a weight is negative, or all of them are zero.
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        message = "Weights must not be negative, and one of them must be more than zero."
        raise ValueError(message)
    sign, whole = (-1, -amount) if amount < 0 else (1, amount)
    parts = [whole * weight // total for weight in weights]
    lost = [whole * weight % total for weight in weights]
    by_loss = sorted(range(len(weights)), key=lambda index: (-lost[index], index))
    for index in by_loss[: whole - sum(parts)]:
        parts[index] += 1
    return [sign * part for part in parts]


def euros(cents: int) -> str:
    """Write an amount the way the journal prints it: `1,250.00`."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100:,}.{abs(cents) % 100:02}"
