"""The endpoints of this domain."""

from app.fulfilments.routes import (
    certificate_documents,
    certificates,
    dashboards,
    evidence,
    fulfilments,
    objections,
    placements,
    proofs,
    splits,
    standings,
    verification,
)

ROUTERS = (
    splits.router,
    fulfilments.router,
    placements.router,
    evidence.router,
    proofs.router,
    objections.router,
    certificates.router,
    certificate_documents.router,
    dashboards.router,
    standings.router,
)

VERIFICATION = (certificate_documents.VERIFICATION, verification.router)
"""Outside the interface, for people: the address that is printed, and the page that verifies."""
