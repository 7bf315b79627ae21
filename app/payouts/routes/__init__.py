"""The endpoints of this domain."""

from app.payouts.routes import freezes, payouts, repayments, withdrawals

ROUTERS = (payouts.router, withdrawals.router, repayments.router, freezes.router)
