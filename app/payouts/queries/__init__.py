"""Questions, by noun."""

from app.payouts.queries import earmarks, freezes, payouts

__all__ = ["earmarks", "freezes", "payouts"]
