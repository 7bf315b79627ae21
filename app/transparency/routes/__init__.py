"""The endpoints of this domain."""

from app.transparency.routes import log, static

ROUTERS = (log.router,)

STATIC = static.router
"""The log's own resources, for programs that know them: no part of the interface."""
