"""What changes the log of events and the webhooks that come of it."""

from app.webhooks.actions import (
    delivering,
    endpoints,
    fanning,
    forgetting,
    letters,
    outcomes,
    replaying,
    sequencing,
)

__all__ = [
    "delivering",
    "endpoints",
    "fanning",
    "forgetting",
    "letters",
    "outcomes",
    "replaying",
    "sequencing",
]
