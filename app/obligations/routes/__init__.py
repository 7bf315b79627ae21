"""The endpoints of this domain."""

from app.obligations.routes import contracts, imports, objections, obligations, proposals, rules

ROUTERS = (
    rules.router,
    contracts.router,
    imports.router,
    obligations.router,
    proposals.router,
    objections.router,
)
