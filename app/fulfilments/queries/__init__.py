"""Questions about splits, fulfilments, certificates, dashboards, and what would count."""

from app.fulfilments.queries import (
    assessing,
    certificates,
    counting,
    dashboards,
    disclosing,
    evidence,
    fulfilments,
    logged,
    objections,
    placements,
    reach,
    recognised,
    results,
    splits,
)

__all__ = [
    "assessing",
    "certificates",
    "counting",
    "dashboards",
    "disclosing",
    "evidence",
    "fulfilments",
    "logged",
    "objections",
    "placements",
    "reach",
    "recognised",
    "results",
    "splits",
]
