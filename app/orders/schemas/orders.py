"""Quotes and orders on the wire."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from app.core.wire import ONE_LINE, Moment, Request, View
from app.orders.models import OrderDecisionKind, OrderState, PartKind, PayBy
from app.orders.schemas.units import Written, written
from app.organisations.schemas.fields import Reason
from app.organisations.schemas.organisations import City, LegalName, PostalCode, Street
from app.payments.models import Way
from app.schemes.terms import FeeBearer, Quote

LARGEST_QUANTITY = 1_000_000

Quantity = Annotated[
    int, Field(ge=1, le=LARGEST_QUANTITY, description="How many units.", examples=[10])
]
Word = Annotated[str, Field(min_length=1, max_length=50, pattern=ONE_LINE)]


class QuoteRequest(BaseModel):
    """How many units."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    quantity_units: Quantity = 1


class QuoteView(View):
    """What a number of units costs now, in cents; asking binds nobody."""

    project_id: UUID
    quantity_units: int
    price_cents: Annotated[
        int, Field(description="Without VAT: what counts as social return, where it counts 1:1.")
    ]
    vat_sale_cents: int
    fee_cents: Annotated[int, Field(description="The operator's service fee, without VAT.")]
    vat_fee_cents: int
    fee_borne_by: FeeBearer
    total_cents: Annotated[int, Field(description="What the buyer pays.")]
    valid_until: Annotated[Moment, Field(description="The sale ends; the price does not change.")]

    @classmethod
    def of(cls, project_id: UUID, quoted: Quote, valid_until: datetime) -> Self:
        """Write down what was quoted."""
        return cls(
            project_id=project_id,
            quantity_units=quoted.quantity_units,
            price_cents=quoted.price_cents,
            vat_sale_cents=quoted.vat_sale_cents,
            fee_cents=quoted.fee_cents,
            vat_fee_cents=quoted.vat_fee_cents,
            fee_borne_by=quoted.fee_borne_by,
            total_cents=quoted.total_cents,
            valid_until=valid_until,
        )


class PartOfSplit(Request):
    """Units for one obligation of the buyer's."""

    obligation_id: UUID
    quantity_units: Annotated[int, Field(strict=True, ge=1, le=2**31, examples=[10])]


def named_once(parts: list[PartOfSplit]) -> list[PartOfSplit]:
    """Insist that each obligation of a split is named once.

    Raises:
        ValueError: one is named more often.
    """
    if len({part.obligation_id for part in parts}) < len(parts):
        message = "an obligation is named more than once"
        raise ValueError(message)
    return parts


Split = Annotated[list[PartOfSplit], Field(max_length=100), AfterValidator(named_once)]


class PurchaseRequest(Request):
    """Units of a project, and for which obligations they are meant."""

    project_id: UUID
    quantity_units: Quantity
    split: Annotated[
        Split,
        Field(
            default_factory=list,
            description="For which obligations of the buyer's the units are meant: all of them,"
            " some, or none. It may be said later, and changed until they are claimed (POST"
            " /v1/orders/{id}/splits).",
        ),
    ]

    @model_validator(mode="after")
    def _no_more_is_split_than_bought(self) -> Self:
        meant = sum(part.quantity_units for part in self.split)
        if meant > self.quantity_units:
            message = f"{meant} units are split, and quantityUnits is {self.quantity_units}"
            raise ValueError(message)
        return self


class InvoiceAddress(Request):
    """Whom an invoice is sent to, where that is not the organisation's own address."""

    name: LegalName
    department: Annotated[str | None, Field(max_length=100, pattern=ONE_LINE)] = None
    street: Street
    postal_code: PostalCode
    city: City
    country: Annotated[str, Field(pattern="^[A-Z]{2}$", examples=["NL"])] = "NL"


class OrderRequest(PurchaseRequest):
    """Units that an organisation wants to buy."""

    pay_by: PayBy
    purchase_order_number: Annotated[
        Word | None, Field(description="The buyer's own, for the invoice.", examples=["PO-2026-17"])
    ] = None
    cost_centre: Annotated[Word | None, Field(examples=["4400"])] = None
    invoice_address: InvoiceAddress | None = None
    is_named: Annotated[
        bool, Field(description="Whether the public register of units may name the buyer.")
    ] = False


class OrderView(View):
    """An order, as its buyer and its operator see it; amounts in cents."""

    id: UUID
    scheme_id: UUID
    project_id: UUID
    buyer_id: UUID
    policy_id: UUID
    state: OrderState
    quantity_units: int
    price_cents: int
    vat_sale_cents: int
    fee_cents: int
    vat_fee_cents: int
    fee_borne_by: FeeBearer
    total_cents: int
    pay_by: PayBy
    purchase_order_number: str | None
    cost_centre: str | None
    invoice_address: InvoiceAddress | None
    is_named: bool
    ordered_by_id: Annotated[UUID | None, Field(description="Who ordered; null: a machine.")]
    ordered_by_key_id: Annotated[
        UUID | None, Field(description="The API key that ordered; null: a person did.")
    ]
    ordered_at: Moment
    reserved_until: Annotated[
        Moment | None, Field(description="Pay until then; null while it waits for approval.")
    ]
    paid_at: Moment | None
    undone_units: Annotated[
        int,
        Field(
            description="How many of its units were refunded, or moved to another project; GET"
            " …/refunds tells each time. Quantity and amounts stay those of the order."
        ),
    ]
    set_aside_units: Annotated[
        int, Field(description="How many are refunded if the dispute of its payment is won.")
    ]
    moved_from_id: Annotated[
        UUID | None, Field(description="The order that it was exchanged for: its payment is here.")
    ]


class ApprovalRequest(Request):
    """Whether an order above its member's limit may go on."""

    approved: bool
    reason: Reason


ReturnUrl = Annotated[
    str,
    Field(
        pattern=r"^https?://[!-~]+$",
        max_length=2_000,
        examples=["https://maas.example/purchases/17"],
    ),
]


class PaymentRequest(Request):
    """How an order is to be paid."""

    way: Way
    return_url: Annotated[
        ReturnUrl | None,
        Field(description="Where the provider sends the payer back to; by bank there is none."),
    ] = None

    @model_validator(mode="after")
    def _the_provider_knows_where_to_go_back(self) -> Self:
        if (self.way is Way.BANK) != (self.return_url is None):
            message = "returnUrl is for every way but bank"
            raise ValueError(message)
        return self


class RefundRequest(Request):
    """How much of an order is refunded, and why."""

    quantity_units: Annotated[
        Quantity | None,
        Field(description="How many units, the last ones; left out: all that it still has."),
    ] = None
    reason: Reason


class OrderPartView(View):
    """Units that an order lost, and what of its amounts belongs to them, in cents."""

    id: UUID
    order_id: UUID
    kind: PartKind
    quantity_units: int
    first_serial: Written
    last_serial: Written
    price_cents: int
    vat_sale_cents: int
    fee_cents: int
    vat_fee_cents: int
    total_cents: int
    are_for_sale: Annotated[
        bool, Field(description="Whether as many units are for sale again, with new serials.")
    ]
    moved_to_id: Annotated[
        UUID | None, Field(description="The order of another project that they were exchanged for.")
    ]
    reason: str
    decided_by: Annotated[str, Field(examples=["user:01986a2b-5c1e-7a60-b5d4-0f6f2d3c9a11"])]
    decided_at: Moment

    _serials = field_validator("first_serial", "last_serial", mode="before")(written)


class StrandedRefundView(View):
    """Money that is owed back for an order, and that has no way to leave."""

    order_id: UUID
    buyer_id: UUID
    cents: Annotated[int, Field(description="What of it is not planned to leave yet.")]


class ReallocationRequest(Request):
    """To which project of the same scheme an order moves."""

    project_id: UUID


class CancellationRequest(Request):
    """Why an order is taken back."""

    reason: Reason


class OrderDecisionView(View):
    """What happened to an order: by whom, when and why."""

    id: UUID
    kind: OrderDecisionKind
    reason: str
    decided_by: str
    decided_at: Moment
