"""Who is told of events about rounds, projects, the panel and reports.

A draft is its entrepreneur's own. What experts do before their scores are opened is told to the
operator only, and without what they scored: no event holds that.
"""

from app.organisations.models import Organisation
from app.projects.access.projects import READ_PROJECTS
from app.projects.models import Project, Report, Round
from app.schemes.models import Scheme
from app.webhooks.hooks import Audience, about

_DRAFTING = (
    "project.begun",
    "project.file-attached",
    "project.file-removed",
    "project.reminded",
)
_DRAFTING_REPORTS = ("report.begun", "report.file-attached", "report.file-removed")

AUDIENCES = (
    Audience(
        "round",
        sides=(about(Round, Scheme.operator_id).join(Scheme, Scheme.id == Round.scheme_id),),
        shows=("schemeId", "decisionId"),
        scope=READ_PROJECTS,
    ),
    Audience(
        "rounds",
        sides=(about(Scheme, Scheme.operator_id),),
        shows=("rows", "sha256"),
        scope=READ_PROJECTS,
    ),
    Audience(
        "plans",
        sides=(about(Organisation, Organisation.id),),
        shows=("roundId", "rows", "sha256"),
        scope=READ_PROJECTS,
    ),
    Audience(
        "project",
        sides=(
            about(Project, Project.entrepreneur_id),
            about(Project, Scheme.operator_id, *_DRAFTING).join(
                Scheme, Scheme.id == Project.scheme_id
            ),
        ),
        shows=(
            *("roundId", "schemeId", "decisionId", "valuationId", "attachmentId"),
            *("impactUnits", "thresholdUnits", "soldUnits", "unitPriceCents"),
            *("report", "days"),
        ),
        scope=READ_PROJECTS,
    ),
    Audience(
        "panel",
        sides=(about(Project, Scheme.operator_id).join(Scheme, Scheme.id == Project.scheme_id),),
        shows=("assignmentId", "panelMemberId", "sittingId"),
        scope=READ_PROJECTS,
    ),
    Audience(
        "report",
        sides=(
            about(Report, Project.entrepreneur_id).join(Project, Project.id == Report.project_id),
            about(Report, Scheme.operator_id, *_DRAFTING_REPORTS)
            .join(Project, Project.id == Report.project_id)
            .join(Scheme, Scheme.id == Project.scheme_id),
        ),
        shows=("projectId", "number", "evidenceId"),
        scope=READ_PROJECTS,
    ),
)
