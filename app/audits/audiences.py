"""Who is told of events about audits: of packs and reports those whose books are in one.

Of findings the admins of who is audited; of samples only staff: what is drawn is for those who
drew it.
"""

from app.audits.models import AuditFinding, AuditPack, PeriodReport
from app.ledger.access import READ_BOOKS
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
    Audience(
        "period-report",
        sides=(
            about(PeriodReport, Scheme.operator_id).join(
                Scheme, Scheme.id == PeriodReport.keeper_id
            ),
            about(PeriodReport, Authority.organisation_id).join(
                Authority, Authority.id == PeriodReport.keeper_id
            ),
        ),
        shows=("period", "position", "sha256"),
        scope=READ_BOOKS,
    ),
    Audience(
        "finding",
        sides=(about(AuditFinding, AuditFinding.organisation_id),),
        shows=("severity", "dueOn"),
        inner=True,
    ),
)
