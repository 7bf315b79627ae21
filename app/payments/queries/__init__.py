"""Questions, by noun."""

from app.payments.queries import (
    accounts,
    balance,
    bank,
    banking,
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
    "banking",
    "batches",
    "disputes",
    "inbox",
    "outgoings",
    "payments",
    "receipts",
    "reconciling",
]
