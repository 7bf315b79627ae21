"""The endpoints of this domain."""

from app.obligations.routes import rules

ROUTERS = (rules.router,)
