"""The endpoints of this domain."""

from app.organisations.routes import (
    api_keys,
    invitations,
    me,
    memberships,
    organisations,
    registrations,
    sessions,
    staff,
    trail,
)

ROUTERS = (
    sessions.router,
    registrations.router,
    me.router,
    organisations.router,
    memberships.router,
    invitations.router,
    api_keys.router,
    staff.router,
    trail.router,
)
