"""The endpoints of this domain."""

from app.payouts.routes import freezes, payouts, withdrawals

ROUTERS = (payouts.router, withdrawals.router, freezes.router)
