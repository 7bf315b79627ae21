"""The endpoints of this domain."""

from app.schemes.routes import (
    admissions,
    auditors,
    authorities,
    enrolments,
    invitations,
    panel,
    policies,
    schemes,
)

ROUTERS = (
    authorities.router,
    schemes.router,
    policies.router,
    invitations.router,
    admissions.router,
    enrolments.router,
    panel.router,
    auditors.router,
)
