"""Questions, by noun."""

from app.payouts.queries import earmarks, payouts

__all__ = ["earmarks", "payouts"]
