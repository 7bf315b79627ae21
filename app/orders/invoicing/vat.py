"""VAT on a document: what a policy says, in the words of EN 16931."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from app.schemes.terms.fields import half_up
from app.schemes.terms.sale import ChargedVat, ExemptVat, OutsideVat


class Category(StrEnum):
    """The categories of UNCL5305 that a policy can lead to."""

    STANDARD = "S"
    EXEMPT = "E"
    OUTSIDE = "O"


@dataclass(frozen=True, slots=True)
class VatTreatment:
    """How VAT applies to a line."""

    category: Category
    rate_basis_points: int = 0
    """2,100 is 21 percent; 0 where none is charged."""
    reason: str | None = None
    """Why none is charged."""

    @classmethod
    def of(cls, vat: ChargedVat | ExemptVat | OutsideVat) -> Self:
        """Read what a policy says."""
        if isinstance(vat, ChargedVat):
            return cls(Category.STANDARD, vat.rate_basis_points)
        category = Category.EXEMPT if isinstance(vat, ExemptVat) else Category.OUTSIDE
        return cls(category, reason=vat.reason)

    def on(self, amount_cents: int) -> int:
        """Compute the VAT on an amount as policies do: a half cent goes up."""
        return half_up(amount_cents, self.rate_basis_points)


@dataclass(frozen=True, slots=True)
class VatShare:
    """What a document charges under one treatment."""

    treatment: VatTreatment
    taxable_cents: int
    vat_cents: int
