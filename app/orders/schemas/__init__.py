"""What goes over the wire."""

from app.orders.schemas.orders import (
    ApprovalRequest,
    CancellationRequest,
    InvoiceAddress,
    OrderDecisionView,
    OrderRequest,
    OrderView,
    PaymentRequest,
    QuoteRequest,
    QuoteView,
    RefundRequest,
)
from app.orders.schemas.units import BlockView, SerialPath, UnitView

__all__ = [
    "ApprovalRequest",
    "BlockView",
    "CancellationRequest",
    "InvoiceAddress",
    "OrderDecisionView",
    "OrderRequest",
    "OrderView",
    "PaymentRequest",
    "QuoteRequest",
    "QuoteView",
    "RefundRequest",
    "SerialPath",
    "UnitView",
]
