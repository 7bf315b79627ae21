"""Questions to the log of events, and about what is sent of it."""

from app.webhooks.queries import endpoints, events, messages

__all__ = ["endpoints", "events", "messages"]
