"""The endpoints of this domain."""

from app.payments.routes import outgoings, payments, provider, receipts, reconciling, webhooks

ROUTERS = (
    payments.router,
    receipts.router,
    outgoings.router,
    provider.router,
    reconciling.router,
)

WEBHOOKS = webhooks.router
"""For a machine that comes often: it is looked for first."""
