"""The endpoints of this domain."""

from app.webhooks.routes import events

ROUTERS = (events.router,)
