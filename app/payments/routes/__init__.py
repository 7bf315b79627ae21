"""The endpoints of this domain."""

from app.payments.routes import (
    bank,
    batches,
    outgoings,
    payments,
    provider,
    receipts,
    reconciling,
    suspense,
    webhooks,
)

ROUTERS = (
    payments.router,
    receipts.router,
    suspense.router,
    outgoings.router,
    bank.router,
    batches.router,
    provider.router,
    reconciling.router,
)

WEBHOOKS = webhooks.router
"""For a machine that comes often: it is looked for first."""
