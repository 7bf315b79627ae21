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
    PartOfSplit,
    PaymentRequest,
    PurchaseRequest,
    QuoteRequest,
    QuoteView,
    ReallocationRequest,
    RefundRequest,
    Split,
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
    "PartOfSplit",
    "PaymentRequest",
    "PurchaseRequest",
    "QuoteRequest",
    "QuoteView",
    "ReallocationRequest",
    "RefundRequest",
    "SerialPath",
    "Split",
    "StrandedRefundView",
    "UnitView",
]
