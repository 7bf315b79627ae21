"""Who is told of events about payouts and remedies: the entrepreneur, and the operator."""

from app.payouts.models import Freeze, Payout, RemedyProposal, WriteOff
from app.projects.access.projects import READ_PROJECTS
from app.projects.models import Project
from app.schemes.models import Scheme
from app.webhooks.hooks import Audience, about

AUDIENCES = (
    Audience(
        "payout",
        sides=(
            about(Payout, Payout.entrepreneur_id, "payout.overdue"),
            about(Payout, Scheme.operator_id).join(Scheme, Scheme.id == Payout.scheme_id),
        ),
        shows=("projectId", "amountCents"),
        scope=READ_PROJECTS,
    ),
    Audience(
        "remedy",
        sides=(
            about(RemedyProposal, Project.entrepreneur_id)
            .join(Freeze, Freeze.id == RemedyProposal.freeze_id)
            .join(Project, Project.id == Freeze.project_id),
            about(RemedyProposal, Scheme.operator_id)
            .join(Freeze, Freeze.id == RemedyProposal.freeze_id)
            .join(Scheme, Scheme.id == Freeze.scheme_id),
        ),
        shows=("projectId", "remedy", "units"),
        scope=READ_PROJECTS,
    ),
    Audience(
        "write-off",
        sides=(about(WriteOff, Scheme.operator_id).join(Scheme, Scheme.id == WriteOff.scheme_id),),
        shows=("entrepreneurId", "amountCents"),
        scope=READ_PROJECTS,
    ),
)
