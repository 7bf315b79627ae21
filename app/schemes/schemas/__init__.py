"""What goes over the wire about marketplaces."""

from app.schemes.schemas.authorities import (
    AuditorRequest,
    AuditorView,
    AuthorityRequest,
    AuthorityView,
    RecognisingAuthorityView,
    RecognitionRequest,
    RecognitionView,
)
from app.schemes.schemas.panel import (
    PanelMemberView,
    SchemeInvitationRequest,
    SchemeInvitationView,
)
from app.schemes.schemas.participants import (
    AdmissionDecisionRequest,
    AdmissionRequest,
    AdmissionView,
    CheckedAdmissionView,
    CheckRequest,
    CheckView,
    EnrolmentDecisionRequest,
    EnrolmentRequest,
    EnrolmentView,
)
from app.schemes.schemas.policies import (
    PolicyDraftChange,
    PolicyDraftRequest,
    PolicyDraftView,
    PolicyView,
)
from app.schemes.schemas.schemes import (
    OnRequest,
    PublicSchemeView,
    ReasonRequest,
    SchemeChange,
    SchemeDecisionRequest,
    SchemeDecisionView,
    SchemePageRequest,
    SchemeRequest,
    SchemeView,
)

__all__ = [
    "AdmissionDecisionRequest",
    "AdmissionRequest",
    "AdmissionView",
    "AuditorRequest",
    "AuditorView",
    "AuthorityRequest",
    "AuthorityView",
    "CheckRequest",
    "CheckView",
    "CheckedAdmissionView",
    "EnrolmentDecisionRequest",
    "EnrolmentRequest",
    "EnrolmentView",
    "OnRequest",
    "PanelMemberView",
    "PolicyDraftChange",
    "PolicyDraftRequest",
    "PolicyDraftView",
    "PolicyView",
    "PublicSchemeView",
    "ReasonRequest",
    "RecognisingAuthorityView",
    "RecognitionRequest",
    "RecognitionView",
    "SchemeChange",
    "SchemeDecisionRequest",
    "SchemeDecisionView",
    "SchemeInvitationRequest",
    "SchemeInvitationView",
    "SchemePageRequest",
    "SchemeRequest",
    "SchemeView",
]
