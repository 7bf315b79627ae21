"""The endpoints of this domain."""

from app.payouts.routes import payouts, withdrawals

ROUTERS = (payouts.router, withdrawals.router)
