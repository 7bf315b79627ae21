"""The endpoints of this domain."""

from app.fulfilments.routes import certificates, fulfilments, splits

ROUTERS = (
    splits.router,
    fulfilments.router,
    certificates.router,
)
