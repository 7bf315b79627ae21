"""The whole of a policy's terms."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from app.core.wire import Request
from app.schemes.terms.fields import MOST_UNITS, BasisPoints, Days, Units
from app.schemes.terms.panel import FixedValuation, PanelValuation, Valuation, Valued
from app.schemes.terms.payouts import Part, PayoutPlan, Share
from app.schemes.terms.reports import ReportTerms
from app.schemes.terms.sale import (
    Buyers,
    Fee,
    Invoicing,
    Quote,
    RefundedUnits,
    Reservations,
    ThresholdMissed,
    Unsold,
    Vat,
    fee_cents,
    vat_cents,
)


class PlanLimits(Request):
    """Within what a plan must stay."""

    earliest_start_days: Annotated[
        Days, Field(description="Counted from the opening of the round.", examples=[60])
    ]
    latest_start_days: Annotated[
        Days, Field(description="Counted from the opening of the round.", examples=[365])
    ]
    longest_duration_days: Annotated[
        Days, Field(ge=1, description="From start to end.", examples=[365])
    ]
    smallest_threshold_units: Annotated[Units, Field(examples=[1])]
    largest_threshold_units: Annotated[Units, Field(examples=[500])]
    largest_other_financing_basis_points: Annotated[
        BasisPoints,
        Field(
            description="How much of a plan's costs other financing may cover; 0: none.",
            examples=[0],
        ),
    ]

    @model_validator(mode="after")
    def _limits_leave_room(self) -> Self:
        if self.earliest_start_days > self.latest_start_days:
            message = "earliestStartDays must not be more than latestStartDays"
            raise ValueError(message)
        if self.smallest_threshold_units > self.largest_threshold_units:
            message = "smallestThresholdUnits must not be more than largestThresholdUnits"
            raise ValueError(message)
        return self


class RecognitionTerms(Request):
    """What a purchase stands for, of which recognising authorities take their own factor."""

    factor_basis_points: Annotated[
        int,
        Field(
            strict=True,
            ge=1,
            le=100_000,
            description="What a euro of the price without VAT stands for: 10,000 is 1:1. Whether it"
            " counts, and for how much of that, an authority's own rules say.",
            examples=[10_000],
        ),
    ]
    provisional_when_firm: Annotated[
        bool, Field(description="Whether it counts provisionally once the project is funded.")
    ]


class PolicyTerms(Request):
    """The terms of a scheme. Rounds freeze the version that they open with."""

    terms_version: Annotated[
        Literal[1], Field(description="The version of this document's form.", examples=[1])
    ]
    unit_price_cents: Annotated[
        int,
        Field(
            strict=True,
            ge=1,
            le=10_000_000,
            description="The price of one unit, without VAT. The example is an assumption: the"
            " price of one RIKX is not public.",
            examples=[10_000],
        ),
    ]
    fee: Annotated[Fee, Field(description="The operator's service fee.")]
    sale_vat: Annotated[Vat, Field(description="VAT on the sale of units.")]
    reservations: Reservations
    invoicing: Annotated[
        Invoicing,
        Field(description="Policies that were published without it are read as its defaults."),
    ] = Invoicing()
    buyers: Buyers
    threshold_missed: ThresholdMissed
    unsold: Annotated[Unsold, Field(description="What happens to unsold units.")]
    refunded_units: Annotated[
        RefundedUnits,
        Field(
            description="What becomes of units that are refunded while their project is on sale."
            " Terms that do not say it annul them."
        ),
    ] = RefundedUnits.ANNULLED
    valuation: Valuation
    objection_days: Annotated[
        Days, Field(description="Time to object to a rejection or valuation.", examples=[42])
    ]
    plans: PlanLimits
    payout: PayoutPlan
    reports: Annotated[
        ReportTerms | None,
        Field(
            description="When reports are due. Null (as in policies before there were reports): at"
            " no time, and nobody is reminded.",
        ),
    ] = None
    recognition: RecognitionTerms

    @model_validator(mode="after")
    def _every_order_makes_sense(self) -> Self:
        largest = self.buyers.maximum_units
        if largest is not None and largest < self.buyers.minimum_units:
            message = "buyers.maximumUnits must not be less than buyers.minimumUnits"
            raise ValueError(message)
        # A fixed fee weighs most on the smallest; what is rounded away there shows in the largest.
        for units in (self.buyers.minimum_units, largest or MOST_UNITS):
            if self.quote(units).proceeds_cents < 0:
                message = (
                    "the fee must not be more than the price of the smallest order, nor of the"
                    " largest"
                )
                raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _a_fixed_value_can_reach_a_threshold(self) -> Self:
        fixed = self.valuation
        if isinstance(fixed, FixedValuation) and (
            self.plans.smallest_threshold_units > fixed.units_per_project
        ):
            message = "smallestThresholdUnits must not be more than what each project is worth"
            raise ValueError(message)
        return self

    def quote(self, quantity_units: int) -> Quote:
        """Say what a number of units costs.

        The price is exact. Fee, VAT on the sale and VAT on the fee are each rounded to the nearest
        cent (a half goes up), once per order and never per unit, so that an order has the amounts
        of its invoice.

        Raises:
            ValueError: the quantity is not more than zero.
        """
        if quantity_units < 1:
            message = "an order has at least one unit"
            raise ValueError(message)
        price = quantity_units * self.unit_price_cents
        fee = fee_cents(self.fee, price)
        return Quote(
            quantity_units=quantity_units,
            price_cents=price,
            vat_sale_cents=vat_cents(self.sale_vat, price),
            fee_cents=fee,
            vat_fee_cents=vat_cents(self.fee.vat, fee),
            fee_borne_by=self.fee.borne_by,
        )

    @property
    def panel(self) -> PanelValuation | None:
        """The panel's terms, where a panel values."""
        return self.valuation if isinstance(self.valuation, PanelValuation) else None

    def aggregate(self, values: Sequence[int]) -> Valued:
        """Make the impact value of the experts' values; `PanelValuation.aggregate` says how.

        Raises:
            ValueError: no panel values here, or the values are too few or negative.
        """
        if self.panel is None:
            message = "the value of a project is fixed here: no panel is asked"
            raise ValueError(message)
        return self.panel.aggregate(values)

    def shares(self, part: Part, amount_cents: int) -> list[Share]:
        """Share an amount in cents over the tranches of a part; the shares add up to it."""
        return self.payout.shares(part, amount_cents)
