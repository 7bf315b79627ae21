"""Questions, by noun."""

from app.payments.queries import (
    accounts,
    balance,
    bank,
    batches,
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
    "bank",
    "batches",
    "disputes",
    "inbox",
    "outgoings",
    "payments",
    "receipts",
    "reconciling",
]
