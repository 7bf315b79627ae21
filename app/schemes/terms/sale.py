"""Terms of the sale: what a number of units costs, who may buy, and how long units are kept."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from app.core.wire import Request
from app.schemes.terms.fields import BasisPoints, Days, Units, Why, half_up


class ChargedVat(Request):
    """VAT is added to the amount."""

    kind: Literal["charged"]
    rate_basis_points: Annotated[
        BasisPoints, Field(ge=1, description="The rate: 2,100 is 21 percent.", examples=[2_100])
    ]


class ExemptVat(Request):
    """The supply is exempt from VAT."""

    kind: Literal["exempt"]
    reason: Why


class OutsideVat(Request):
    """The supply is outside the scope of VAT."""

    kind: Literal["outside-scope"]
    reason: Why


Vat: TypeAlias = Annotated[ChargedVat | ExemptVat | OutsideVat, Field(discriminator="kind")]


def vat_cents(vat: ChargedVat | ExemptVat | OutsideVat, amount_cents: int) -> int:
    """Compute the VAT on an amount, in cents, rounded to the nearest cent (a half goes up)."""
    return half_up(amount_cents, vat.rate_basis_points) if isinstance(vat, ChargedVat) else 0


class FeeBearer(StrEnum):
    """Who pays the operator's service fee."""

    BUYER = "buyer"
    """It is added to the price."""
    ENTREPRENEUR = "entrepreneur"
    """It is kept back from the price."""


class PercentageFee(Request):
    """A share of the price of an order, before VAT."""

    kind: Literal["percentage"]
    rate_basis_points: Annotated[
        BasisPoints, Field(description="The share: 500 is 5 percent.", examples=[500])
    ]
    borne_by: FeeBearer
    vat: Vat


class FixedFee(Request):
    """The same amount for every order, before VAT."""

    kind: Literal["fixed"]
    amount_cents: Annotated[
        int, Field(strict=True, ge=0, le=10_000_000, description="Per order.", examples=[2_500])
    ]
    borne_by: FeeBearer
    vat: Vat


Fee: TypeAlias = Annotated[PercentageFee | FixedFee, Field(discriminator="kind")]


def fee_cents(fee: PercentageFee | FixedFee, price_cents: int) -> int:
    """Compute the fee for an order, in cents, rounded to the nearest cent (a half goes up)."""
    if isinstance(fee, FixedFee):
        return fee.amount_cents
    return half_up(price_cents, fee.rate_basis_points)


class Reservations(Request):
    """How long an unpaid order keeps its units out of sale, by way of payment."""

    online_minutes: Annotated[
        int,
        Field(strict=True, ge=5, le=1_440, description="For payment online.", examples=[30]),
    ]
    invoice_days: Annotated[
        int, Field(strict=True, ge=1, le=120, description="For payment on invoice.", examples=[30])
    ]


class IssuedBy(StrEnum):
    """Who draws up the invoices for the units that entrepreneurs sell."""

    OPERATOR = "operator"
    """The operator, in the name of the entrepreneur: it takes the money for it, too."""
    ENTREPRENEUR = "entrepreneur"
    """The entrepreneur itself; the marketplace only writes them down for it."""


class Invoicing(Request):
    """How buyers are invoiced."""

    issued_by: Annotated[
        IssuedBy,
        Field(
            description="Who issues the invoices for units. Whoever it is, they are the supplier's"
            " own: in its name, with its VAT number and in its series of numbers."
        ),
    ] = IssuedBy.OPERATOR
    reminder_days: Annotated[
        Days,
        Field(
            description="So long before its reservation ends, the buyer of an order on invoice is"
            " reminded; 0: never.",
            examples=[7],
        ),
    ] = 7


class BuyerKind(StrEnum):
    """Who may buy."""

    ENROLLED_COMPANIES = "enrolled-companies"
    """Every organisation that is enrolled in the scheme."""
    RECOGNISING_AUTHORITIES = "recognising-authorities"
    """Only the authorities that recognise the scheme."""


class EnrolmentKind(StrEnum):
    """How a buyer comes in."""

    FREE = "free"
    """Who asks is enrolled at once."""
    BY_APPROVAL = "by-approval"
    """The operator decides."""


class Buyers(Request):
    """Who may buy, and how much at once."""

    who: BuyerKind
    enrolment: EnrolmentKind
    minimum_units: Annotated[
        Units, Field(description="The smallest order, in units.", examples=[1])
    ]
    maximum_units: Annotated[
        Units | None, Field(description="The largest order, in units; null: no limit of its own.")
    ]


class LapsingUnits(Request):
    """What is unsold when the sale ends lapses."""

    kind: Literal["lapse"]


class LastingUnits(Request):
    """What is unsold when the sale ends stays on sale for a while, then lapses."""

    kind: Literal["stay-on-sale"]
    days: Annotated[Days, Field(ge=1, description="How much longer.", examples=[90])]


Unsold: TypeAlias = Annotated[LapsingUnits | LastingUnits, Field(discriminator="kind")]


class RefundedUnits(StrEnum):
    """What becomes of units whose money goes back while their project is on sale."""

    ANNULLED = "annulled"
    """They count for nothing any more."""
    FOR_SALE = "for-sale"
    """As many are for sale again; who buys them gets new serials."""


class Refunding(Request):
    """Orders of a project that missed its threshold are refunded in full."""

    kind: Literal["refund"]


class Reallocating(Request):
    """Their buyers may move to another listed project for a while; then they are refunded."""

    kind: Literal["reallocation"]
    within_days: Annotated[Days, Field(ge=1, description="Time to choose.", examples=[14])]


ThresholdMissed: TypeAlias = Annotated[Refunding | Reallocating, Field(discriminator="kind")]


@dataclass(frozen=True, slots=True)
class Quote:
    """What an order of some units costs, in cents; each amount is rounded once, by itself."""

    quantity_units: int
    price_cents: int
    """Units times the price per unit, without VAT: what counts as social return."""
    vat_sale_cents: int
    fee_cents: int
    vat_fee_cents: int
    fee_borne_by: FeeBearer

    @property
    def total_cents(self) -> int:
        """What the buyer pays."""
        total = self.price_cents + self.vat_sale_cents
        return total + self._fee_with_vat if self.fee_borne_by is FeeBearer.BUYER else total

    @property
    def proceeds_cents(self) -> int:
        """What is for the entrepreneur, without the VAT on the sale."""
        if self.fee_borne_by is FeeBearer.ENTREPRENEUR:
            return self.price_cents - self._fee_with_vat
        return self.price_cents

    @property
    def _fee_with_vat(self) -> int:
        return self.fee_cents + self.vat_fee_cents
