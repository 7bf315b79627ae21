"""Tables of who is calling."""

from app.organisations.models.credentials import ApiKey, OneTimeToken, TokenPurpose, UserSession
from app.organisations.models.memberships import Deputy, Invitation, Membership, Right, Role
from app.organisations.models.organisations import (
    Decision,
    DecisionKind,
    Organisation,
    OrganisationStatus,
)
from app.organisations.models.trail import TrailEntry
from app.organisations.models.users import RecoveryCode, StaffAppointment, User

__all__ = [
    "ApiKey",
    "Decision",
    "DecisionKind",
    "Deputy",
    "Invitation",
    "Membership",
    "OneTimeToken",
    "Organisation",
    "OrganisationStatus",
    "RecoveryCode",
    "Right",
    "Role",
    "StaffAppointment",
    "TokenPurpose",
    "TrailEntry",
    "User",
    "UserSession",
]
