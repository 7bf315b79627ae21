"""Questions of this domain."""

from app.orders.queries import (
    buying,
    disputes,
    ending,
    invoices,
    letters,
    money,
    orders,
    refunds,
    units,
)

__all__ = [
    "buying",
    "disputes",
    "ending",
    "invoices",
    "letters",
    "money",
    "orders",
    "refunds",
    "units",
]
