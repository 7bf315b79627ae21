"""Questions of this domain."""

from app.orders.queries import buying, ending, money, orders, units

__all__ = ["buying", "ending", "money", "orders", "units"]
