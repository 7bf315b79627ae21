"""The tables of orders, units and invoices."""

from app.orders.models.invoices import (
    Invoice,
    InvoiceFile,
    InvoiceForm,
    InvoiceRole,
    InvoiceSeries,
    Supply,
)
from app.orders.models.orders import (
    Order,
    OrderDecision,
    OrderDecisionKind,
    OrderState,
    PayBy,
)
from app.orders.models.parts import OrderPart, PartKind, between, share_of
from app.orders.models.units import Annulment, SerialBlock

__all__ = [
    "Annulment",
    "Invoice",
    "InvoiceFile",
    "InvoiceForm",
    "InvoiceRole",
    "InvoiceSeries",
    "Order",
    "OrderDecision",
    "OrderDecisionKind",
    "OrderPart",
    "OrderState",
    "PartKind",
    "PayBy",
    "SerialBlock",
    "Supply",
    "between",
    "share_of",
]
