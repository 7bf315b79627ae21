"""Questions, by noun."""

from app.payouts.queries import earmarks, freezes, payouts, repayments, write_offs

__all__ = ["earmarks", "freezes", "payouts", "repayments", "write_offs"]
