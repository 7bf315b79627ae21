"""The endpoints of this domain."""

from app.fulfilments.routes import (
    certificate_documents,
    certificates,
    evidence,
    fulfilments,
    placements,
    splits,
)

ROUTERS = (
    splits.router,
    fulfilments.router,
    placements.router,
    evidence.router,
    certificates.router,
    certificate_documents.router,
)

VERIFICATION = certificate_documents.VERIFICATION
"""Outside the interface: the address that is printed."""
