"""What this domain does, by noun."""

from app.payments.actions import (
    accounts,
    balance,
    disputes,
    holding,
    inbox,
    outgoings,
    payments,
    receipts,
)

__all__ = [
    "accounts",
    "balance",
    "disputes",
    "holding",
    "inbox",
    "outgoings",
    "payments",
    "receipts",
]
