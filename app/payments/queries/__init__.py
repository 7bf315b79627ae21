"""Questions, by noun."""

from app.payments.queries import (
    accounts,
    balance,
    disputes,
    inbox,
    outgoings,
    payments,
    receipts,
    reconciling,
)

__all__ = [
    "accounts",
    "balance",
    "disputes",
    "inbox",
    "outgoings",
    "payments",
    "receipts",
    "reconciling",
]
