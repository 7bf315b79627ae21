"""Tables of marketplaces and of who takes part in them."""

from app.schemes.models.authorities import AuditorAppointment, Authority, SchemeRecognition
from app.schemes.models.decisions import SchemeDecision, SchemeDecisionKind
from app.schemes.models.panel import InvitationOutcome, InvitedAs, PanelMember, SchemeInvitation
from app.schemes.models.participants import (
    Admission,
    AdmissionCheck,
    AdmissionState,
    CheckKind,
    Enrolment,
    EnrolmentState,
    missing_checks,
)
from app.schemes.models.policies import Policy, PolicyDraft
from app.schemes.models.schemes import Scheme, SchemeState

__all__ = [
    "Admission",
    "AdmissionCheck",
    "AdmissionState",
    "AuditorAppointment",
    "Authority",
    "CheckKind",
    "Enrolment",
    "EnrolmentState",
    "InvitationOutcome",
    "InvitedAs",
    "PanelMember",
    "Policy",
    "PolicyDraft",
    "Scheme",
    "SchemeDecision",
    "SchemeDecisionKind",
    "SchemeInvitation",
    "SchemeRecognition",
    "SchemeState",
    "missing_checks",
]
