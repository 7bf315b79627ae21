"""What changes orders and units."""

from app.orders.actions import ending, expiring, ordering, paying, receiving, unwinding
from app.payments.hooks import Owner

OWNER = Owner(
    received=receiving.receive,
    payment_moved=paying.follow,
    outgoing_moved=paying.follow_outgoing,
    dispute_moved=unwinding.follow_dispute,
)
"""What payments tell of the purpose `order/<id>`."""

__all__ = ["OWNER", "ending", "expiring", "ordering", "paying", "receiving", "unwinding"]
