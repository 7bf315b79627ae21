"""The endpoints of this domain."""

from app.fulfilments.routes import fulfilments, splits

ROUTERS = (
    splits.router,
    fulfilments.router,
)
