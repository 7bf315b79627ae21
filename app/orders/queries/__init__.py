"""Questions of this domain."""

from app.orders.queries import buying, disputes, ending, money, orders, units

__all__ = ["buying", "disputes", "ending", "money", "orders", "units"]
