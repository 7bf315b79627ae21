"""The tables of orders and units."""

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
    "Order",
    "OrderDecision",
    "OrderDecisionKind",
    "OrderPart",
    "OrderState",
    "PartKind",
    "PayBy",
    "SerialBlock",
    "between",
    "share_of",
]
