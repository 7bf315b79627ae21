"""The tables of orders and units."""

from app.orders.models.orders import (
    Order,
    OrderDecision,
    OrderDecisionKind,
    OrderState,
    PayBy,
)
from app.orders.models.units import Annulment, SerialBlock

__all__ = [
    "Annulment",
    "Order",
    "OrderDecision",
    "OrderDecisionKind",
    "OrderState",
    "PayBy",
    "SerialBlock",
]
