"""Invoices and credit notes on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.paging import PageRequest
from app.core.wire import Day, Moment, View
from app.orders.invoicing import InvoiceKind
from app.orders.models import InvoiceRole, Supply


class InvoicePageRequest(PageRequest):
    """Which invoices of an organisation."""

    role: Annotated[
        InvoiceRole | None, Field(description="Only those that it issues, or only those it owes.")
    ] = None
    year: Annotated[
        int | None, Field(ge=2_000, le=9_999, description="Only those of a year.", examples=[2026])
    ] = None


class InvoiceView(View):
    """An invoice or a credit note; amounts in cents, positive on both."""

    id: UUID
    name: Annotated[
        str,
        Field(
            serialization_alias="number",
            description="Unique for the issuer; in its year without a gap.",
            examples=["BAAT-2026-00017"],
        ),
    ]
    kind: InvoiceKind
    supply: Annotated[
        Supply, Field(description="The units, or the operator's service fee: two suppliers.")
    ]
    order_id: UUID
    scheme_id: UUID
    issuer_id: Annotated[UUID, Field(description="The supplier, in whose name it is.")]
    drawn_up_by_id: Annotated[
        UUID, Field(description="The issuer, or the operator in its name, as the policy says.")
    ]
    buyer_id: Annotated[
        UUID, Field(description="Who owes it: the entrepreneur, where it bears the fee.")
    ]
    units: Annotated[int, Field(description="So many units; 0 for the fee.")]
    net_cents: int
    vat_cents: int
    total_cents: int
    issued_on: Day
    issued_at: Moment
    due_on: Annotated[Day | None, Field(description="Null where nothing is to be paid.")]
    corrects_id: Annotated[
        UUID | None, Field(description="The invoice that a credit note gives back.")
    ]
    reason: str | None
