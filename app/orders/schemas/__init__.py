"""What goes over the wire."""

from app.orders.schemas.invoices import InvoicePageRequest, InvoiceView
from app.orders.schemas.orders import (
    ApprovalRequest,
    CancellationRequest,
    InvoiceAddress,
    OrderDecisionView,
    OrderPartView,
    OrderRequest,
    OrderView,
    PaymentRequest,
    QuoteRequest,
    QuoteView,
    ReallocationRequest,
    RefundRequest,
    StrandedRefundView,
)
from app.orders.schemas.units import BlockView, OrderUnitsView, SerialPath, UnitView

__all__ = [
    "ApprovalRequest",
    "BlockView",
    "CancellationRequest",
    "InvoiceAddress",
    "InvoicePageRequest",
    "InvoiceView",
    "OrderDecisionView",
    "OrderPartView",
    "OrderRequest",
    "OrderUnitsView",
    "OrderView",
    "PaymentRequest",
    "QuoteRequest",
    "QuoteView",
    "ReallocationRequest",
    "RefundRequest",
    "SerialPath",
    "StrandedRefundView",
    "UnitView",
]
