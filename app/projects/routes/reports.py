"""Reports: what came of a project beside what was promised; written, judged, measured."""

from fastapi import Response

from app.core.database import Session
from app.core.http import etags
from app.core.http.etags import IfMatch
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import refusals
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.projects import actions, queries
from app.projects.access import (
    ApprovedProject,
    ApprovedReport,
    BoundProject,
    BoundReport,
    DraftedProject,
    DraftedReport,
    OwnProject,
    OwnReport,
    ProjectReader,
    ReadableProject,
    ReadableReport,
    StartableProject,
    writes_for,
)
from app.projects.contents import ReportChangeRequest
from app.projects.models import (
    ProjectDecision,
    Report,
    ReportDecision,
    ReportMeasurement,
    ReportVersion,
)
from app.projects.problems import (
    ProjectStateForbids,
    ReportIncomplete,
    ReportOpen,
    ReportStateForbids,
    ResultUnsaid,
)
from app.projects.queries.reports import ReportPage
from app.projects.schemas.plans import ProjectDecisionView
from app.projects.schemas.reports import (
    ComparedReportView,
    MeasurementRequest,
    MeasurementView,
    ReportCompletenessView,
    ReportDecisionRequest,
    ReportDecisionView,
    ReportDraftView,
    ReportRequest,
    ReportVersionView,
    ReportView,
    StartRequest,
)
from app.schemes.problems import OwnAffair

router = router_of("/projects/{project_id}", "Reports")

WORKING = (RoleTooSmall, OrganisationInactive)
REPORT = "/reports/{report_id}"


@router.post(
    "/starts",
    status_code=201,
    response_model=ProjectDecisionView,
    responses=refusals(*WORKING, ProjectStateForbids),
)
async def start_project(
    request: StartRequest, caller: Person, project: StartableProject, session: Session
) -> ProjectDecision:
    """Let a funded project start by hand (an approver of its entrepreneur, or of the operator).

    On the day that its plan names, this happens by itself.
    """
    return await actions.running.start(session, caller, project, request.reason)


@router.get("/reports", response_model=PageOf[ReportView])
async def list_reports(
    project: ReadableProject, caller: ProjectReader, session: Session, paging: Paging
) -> Page[Report]:
    """List the reports of a project; drafts are for its entrepreneur's people only."""
    drafts = writes_for(caller, project)
    return await queries.reports.of_project(session, project, paging, drafts=drafts)


@router.post(
    "/reports",
    status_code=201,
    response_model=ReportDraftView,
    responses=refusals(*WORKING, ProjectStateForbids, ReportOpen),
)
async def begin_report(
    request: ReportRequest,
    caller: Person,
    project: OwnProject,
    session: Session,
    response: Response,
) -> Report:
    """Begin a report of a project that runs, or has ended (its entrepreneur's members)."""
    report = await actions.reports.begin(session, caller, project, request)
    etags.mark(response, report)
    response.headers["Location"] = f"/v1/projects/{project.id}/reports/{report.id}"
    return report


@router.get(REPORT, response_model=ComparedReportView)
async def read_report(report: ReadableReport, session: Session) -> ReportPage:
    """Read a report as it was submitted last: expected, reported and measured side by side."""
    return await queries.reports.read(session, report)


@router.get(REPORT + "/draft", response_model=ReportDraftView, responses=refusals(RoleTooSmall))
async def read_report_draft(
    _project: DraftedProject, report: DraftedReport, response: Response
) -> Report:
    """Read the draft of a report (the entrepreneur's people)."""
    etags.mark(response, report)
    return report


@router.patch(
    REPORT + "/draft",
    response_model=ReportDraftView,
    responses=refusals(*WORKING, ReportStateForbids),
)
async def save_report_draft(  # noqa: PLR0913  Each is one thing that the edge hands in.
    request: ReportChangeRequest,
    caller: Person,
    report: OwnReport,
    session: Session,
    expected: IfMatch,
    response: Response,
) -> Report:
    """Save what changed in a draft: named members get new values, null empties one."""
    etags.check(report, expected)
    await actions.reports.change(session, caller, report, request)
    etags.mark(response, report)
    return report


@router.get(
    REPORT + "/completeness",
    response_model=ReportCompletenessView,
    responses=refusals(RoleTooSmall),
)
async def read_report_completeness(
    project: DraftedProject, report: DraftedReport, session: Session
) -> ReportCompletenessView:
    """List everything that is missing or wrong in a draft."""
    lacks = await queries.reports.lacks(session, project, report)
    return ReportCompletenessView.model_validate({"complete": not lacks, "lacks": lacks})


@router.post(
    REPORT + "/submissions",
    status_code=201,
    response_model=ReportVersionView,
    responses=refusals(*WORKING, ReportStateForbids, ProjectStateForbids, ReportIncomplete),
)
async def submit_report(
    caller: Person,
    project: BoundProject,
    report: BoundReport,
    session: Session,
    expected: IfMatch,
) -> ReportVersion:
    """Submit a draft as the next version, for good (the entrepreneur's approvers).

    `If-Match` names the draft that was read: nobody submits what others changed meanwhile.
    """
    etags.check(report, expected)
    return await actions.reports.submit(session, caller, project, report)


@router.get(REPORT + "/versions", response_model=PageOf[ReportVersionView])
async def list_report_versions(
    report: ReadableReport, session: Session, paging: Paging
) -> Page[ReportVersion]:
    """List what was submitted, confidential members included, oldest first."""
    return await queries.reports.version_page(session, report, paging)


@router.get(REPORT + "/decisions", response_model=PageOf[ReportDecisionView])
async def list_report_decisions(
    report: ReadableReport, session: Session, paging: Paging
) -> Page[ReportDecision]:
    """See what was decided about a report and why, newest first."""
    return await queries.reports.decisions(session, report, paging)


@router.post(
    REPORT + "/decisions",
    status_code=201,
    response_model=ReportDecisionView,
    responses=refusals(*WORKING, OwnAffair, ReportStateForbids, ProjectStateForbids, ResultUnsaid),
)
async def judge_report(
    request: ReportDecisionRequest,
    caller: Person,
    project: ApprovedProject,
    report: ApprovedReport,
    session: Session,
) -> ReportDecision:
    """Accept a report, or return it with remarks (the operator's approvers).

    What is accepted frees the tranches that wait for it; an accepted final report completes the
    project.
    """
    return await actions.reports.judge(session, caller, project, report, request)


@router.post(
    REPORT + "/measurements",
    status_code=201,
    response_model=MeasurementView,
    responses=refusals(*WORKING, OwnAffair, ReportStateForbids),
)
async def measure_results(
    request: MeasurementRequest,
    caller: Person,
    project: ApprovedProject,
    report: ApprovedReport,
    session: Session,
) -> ReportMeasurement:
    """Write down what the operator counted itself (its approvers); the last one counts."""
    return await actions.reports.measure(session, caller, project, report, request)
