"""Questions about splits, fulfilments, certificates, and what would count."""

from app.fulfilments.queries import (
    assessing,
    certificates,
    counting,
    evidence,
    fulfilments,
    placements,
    results,
    splits,
)

__all__ = [
    "assessing",
    "certificates",
    "counting",
    "evidence",
    "fulfilments",
    "placements",
    "results",
    "splits",
]
