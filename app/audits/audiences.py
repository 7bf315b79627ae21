"""Who is told of events about audits: of packs those whose books are in one, of samples staff."""

from app.audits.models import AuditPack
from app.schemes.models import Authority, Scheme
from app.webhooks.hooks import Audience, about

_OPERATOR = (
    about(AuditPack, Scheme.operator_id)
    .join(Scheme, Scheme.id == AuditPack.scheme_id)
    .where(AuditPack.has_books)
)
_AUTHORITY = (
    about(AuditPack, Authority.organisation_id)
    .join(Authority, Authority.id == AuditPack.authority_id)
    .where(AuditPack.has_obligations)
)

AUDIENCES = (
    Audience("audit-sample"),
    Audience(
        "audit-pack",
        sides=(_OPERATOR, _AUTHORITY),
        shows=("schemeId", "authorityId", "year", "position", "sha256"),
        inner=True,
    ),
)
