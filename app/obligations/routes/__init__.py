"""The endpoints of this domain."""

from app.obligations.routes import contracts, obligations, proposals, rules

ROUTERS = (rules.router, contracts.router, obligations.router, proposals.router)
