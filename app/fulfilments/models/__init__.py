"""Tables of splits, fulfilments and certificates."""

from app.fulfilments.models.certificates import Certificate
from app.fulfilments.models.evidence import FulfilmentEvidence
from app.fulfilments.models.fulfilments import (
    Fulfilment,
    FulfilmentDecision,
    FulfilmentDecisionKind,
    FulfilmentKind,
    FulfilmentState,
    Verdict,
)
from app.fulfilments.models.objections import FulfilmentObjection
from app.fulfilments.models.placements import PlacementLine
from app.fulfilments.models.splits import Allocation

__all__ = [
    "Allocation",
    "Certificate",
    "Fulfilment",
    "FulfilmentDecision",
    "FulfilmentDecisionKind",
    "FulfilmentEvidence",
    "FulfilmentKind",
    "FulfilmentObjection",
    "FulfilmentState",
    "PlacementLine",
    "Verdict",
]
