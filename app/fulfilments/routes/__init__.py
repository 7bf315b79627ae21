"""The endpoints of this domain."""

from app.fulfilments.routes import certificates, fulfilments, placements, splits

ROUTERS = (
    splits.router,
    fulfilments.router,
    certificates.router,
    placements.router,
)
