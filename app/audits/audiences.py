"""Who is told of events about audits: whose books a pack or a report is of; of samples, staff."""

from app.audits.models import AuditPack, PeriodReport
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
_KEEPERS = (
    about(PeriodReport, Scheme.operator_id).join(Scheme, Scheme.id == PeriodReport.keeper_id),
    about(PeriodReport, Authority.organisation_id).join(
        Authority, Authority.id == PeriodReport.keeper_id
    ),
)

AUDIENCES = (
    Audience("audit-sample"),
    Audience(
        "audit-pack",
        sides=(_OPERATOR, _AUTHORITY),
        shows=("schemeId", "authorityId", "year", "position", "sha256"),
        inner=True,
    ),
    Audience(
        "period-report",
        sides=_KEEPERS,
        shows=("keeper", "period", "position", "sha256"),
        inner=True,
    ),
)
