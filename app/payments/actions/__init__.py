"""What this domain does, by noun."""

from app.payments.actions import (
    accounts,
    balance,
    bank_accounts,
    batches,
    disputes,
    explaining,
    holding,
    inbox,
    matching,
    outgoings,
    payees,
    payments,
    receipts,
    statements,
    status_reports,
    suspense,
)

__all__ = [
    "accounts",
    "balance",
    "bank_accounts",
    "batches",
    "disputes",
    "explaining",
    "holding",
    "inbox",
    "matching",
    "outgoings",
    "payees",
    "payments",
    "receipts",
    "statements",
    "status_reports",
    "suspense",
]
