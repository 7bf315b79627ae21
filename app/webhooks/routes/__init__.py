"""The endpoints of this domain."""

from app.webhooks.routes import deliveries, endpoints, events, outgoing

ROUTERS = (events.router, endpoints.router, deliveries.router)

OUTGOING = outgoing.router
"""What we ask of others: requests that we send, for the documentation."""
