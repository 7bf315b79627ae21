"""What changes orders and units."""

from app.orders.actions import (
    disputes,
    ending,
    expiring,
    filing,
    invoices,
    letters,
    ordering,
    parting,
    paying,
    reallocating,
    receiving,
    refunding,
)
from app.payments.hooks import Owner

OWNER = Owner(
    received=receiving.receive,
    payment_moved=paying.follow,
    outgoing_moved=paying.follow_outgoing,
    dispute_moved=disputes.follow,
)
"""What payments tell of the purpose `order/<id>`."""

__all__ = [
    "OWNER",
    "disputes",
    "ending",
    "expiring",
    "filing",
    "invoices",
    "letters",
    "ordering",
    "parting",
    "paying",
    "reallocating",
    "receiving",
    "refunding",
]
