"""The tables of the log of events, and of webhooks."""

from app.webhooks.models.log import PLATFORM, EventArrival, EventAudience, EventPosition
from app.webhooks.models.webhooks import (
    DeliveryState,
    EndpointState,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookPair,
)

__all__ = [
    "PLATFORM",
    "DeliveryState",
    "EndpointState",
    "EventArrival",
    "EventAudience",
    "EventPosition",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookPair",
]
