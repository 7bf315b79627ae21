"""Questions, by noun."""

from app.payouts.queries import earmarks, freezes, payouts, repayments

__all__ = ["earmarks", "freezes", "payouts", "repayments"]
