"""The endpoints of this domain."""

from app.payouts.routes import freezes, payouts, repayments, withdrawals, write_offs

ROUTERS = (payouts.router, withdrawals.router, repayments.router, write_offs.router, freezes.router)
