"""Tables of splits and fulfilments."""

from app.fulfilments.models.fulfilments import (
    Fulfilment,
    FulfilmentDecision,
    FulfilmentDecisionKind,
    FulfilmentKind,
    FulfilmentState,
)
from app.fulfilments.models.splits import Allocation

__all__ = [
    "Allocation",
    "Fulfilment",
    "FulfilmentDecision",
    "FulfilmentDecisionKind",
    "FulfilmentKind",
    "FulfilmentState",
]
