"""Questions to the log of events."""

from app.webhooks.queries import events

__all__ = ["events"]
