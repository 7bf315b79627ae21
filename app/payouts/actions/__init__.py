"""What is done about payouts."""

from app.payments.actions import holding
from app.payments.hooks import Owner
from app.payouts.actions import (
    deciding,
    following,
    freezing,
    overdue,
    planning,
    remedying,
    repaying,
    withdrawing,
    writing_off,
)

OWNER = Owner(
    received=holding.OWNER.received,
    payment_moved=holding.OWNER.payment_moved,
    outgoing_moved=following.follow,
    dispute_moved=holding.OWNER.dispute_moved,
)
"""What payments tell of the purpose `payout/<id>`; nobody pays for one, so the rest is held."""

__all__ = [
    "OWNER",
    "deciding",
    "following",
    "freezing",
    "overdue",
    "planning",
    "remedying",
    "repaying",
    "withdrawing",
    "writing_off",
]
