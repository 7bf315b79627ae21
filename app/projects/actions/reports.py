"""Begin reports, write them, submit them, judge them, and measure what they say."""

from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events
from app.core.database import violates
from app.organisations.actions import trail
from app.organisations.callers import Caller
from app.projects import hooks, queries
from app.projects.actions import eligibility, letters, running
from app.projects.contents import ReportChange, ReportContent
from app.projects.models import (
    MarketEntry,
    Project,
    ProjectDecisionKind,
    ProjectState,
    Report,
    ReportDecision,
    ReportKind,
    ReportMeasurement,
    ReportState,
    ReportVersion,
    Result,
)
from app.projects.problems import (
    ProjectStateForbids,
    ReportIncomplete,
    ReportOpen,
    ReportStateForbids,
    ResultUnsaid,
)
from app.projects.schemas.reports import (
    MeasurementRequest,
    ReportDecisionRequest,
    ReportRequest,
)

REPORTED_IN = (ProjectState.RUNNING, ProjectState.REPORTING)
WRITABLE = frozenset({ReportState.DRAFT, ReportState.RETURNED})
"""In which the entrepreneur's people write."""
MEASURED_IN = frozenset({ReportState.SUBMITTED, ReportState.ACCEPTED})


async def begin(
    session: AsyncSession, caller: Caller, project: Project, wanted: ReportRequest
) -> Report:
    """Begin a report of a project that runs, or has ended.

    Raises:
        ProjectStateForbids: nothing is reported of it now.
        ReportOpen: one of this kind waits, or the final one was made.
    """
    project = await queries.projects.locked_on_sale(session, project.id)
    _insist_on_time(project)
    if await queries.reports.is_accepted(session, project.id, ReportKind.FINAL):
        message = "The final report was accepted: nothing is reported after it."
        raise ReportOpen(message)
    report = Report(
        project_id=project.id,
        number=await queries.reports.last_number(session, project.id) + 1,
        kind=wanted.kind,
        content=_filled(wanted.content.changes()),
        begun_by_id=caller.user_id,
        changed_by_id=caller.user_id,
    )
    session.add(report)
    try:
        await session.flush()
    except IntegrityError as error:
        if violates(error, "uq_reports_open"):
            message = f"An {wanted.kind} report waits already: go on with that one."
            if wanted.kind is ReportKind.FINAL:
                message = "There is one final report: go on with that one."
            raise ReportOpen(message) from error
        raise
    events.record(session, "report.begun", report.id, caller.actor, projectId=str(project.id))
    return report


def _insist_on_time(project: Project) -> None:
    if project.state not in REPORTED_IN:
        message = f"The project is {project.state}: what runs, or has ended, is reported of."
        raise ProjectStateForbids(message, current_state=project.state)


def _filled(content: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if value is not None}


def insist_on_writable(report: Report) -> None:
    """Insist that the entrepreneur's people may write.

    Raises:
        ReportStateForbids: it is neither a draft nor returned.
    """
    if report.state not in WRITABLE:
        message = f"The report is {report.state}: it is not written now."
        raise ReportStateForbids(message, current_state=report.state)


async def change(
    session: AsyncSession, caller: Caller, report: Report, wanted: ReportChange
) -> None:
    """Put new members into a draft that the caller's guard has locked; null empties one.

    Raises:
        ReportStateForbids: it is neither a draft nor returned.
    """
    insist_on_writable(report)
    report.content = _filled({**report.content, **wanted.changes()})
    report.changed_by_id = caller.user_id
    await session.flush()


async def submit(
    session: AsyncSession, caller: Caller, project: Project, report: Report
) -> ReportVersion:
    """Freeze a version of a report, with its evidence; project and report are locked.

    A final report that comes before the plan's last day says that the project has ended.

    Raises:
        ReportStateForbids: it is neither a draft nor returned.
        ProjectStateForbids: nothing is reported of the project now.
        ReportIncomplete: something is missing or wrong; `lacks` names all of it.
    """
    insist_on_writable(report)
    _insist_on_time(project)
    if missing := await queries.reports.lacks(session, project, report):
        message = f"{len(missing)} things are missing or wrong; see lacks."
        raise ReportIncomplete(message, lacks=[asdict(lack) for lack in missing])
    before = await queries.reports.last_version(session, report)
    plan_version = await queries.reports.plan_version(session, project.id)
    content = ReportContent.model_validate(report.content)
    version = ReportVersion(
        report_id=report.id,
        number=before.number + 1 if before else 1,
        plan_version_id=plan_version.id,
        content=content.model_dump(mode="json", by_alias=True),
        evidence=await _frozen(session, report),
        submitted_by_id=caller.user_id,
    )
    session.add(version)
    report.state = ReportState.SUBMITTED
    if report.kind is ReportKind.FINAL and project.state is ProjectState.RUNNING:
        reason = "Its final report was submitted."
        await running.move(session, caller, project, ProjectDecisionKind.ENDED, reason)
    await session.flush()
    _tell(session, caller, project, report, "report.submitted")
    await letters.report_submitted(session, project, report)
    return version


async def _frozen(session: AsyncSession, report: Report) -> list[dict[str, Any]]:
    return [
        {
            "id": str(evidence.id),
            "fileId": str(evidence.file_id),
            "name": evidence.file.name,
            "mediaType": evidence.file.media_type,
            "sizeBytes": evidence.file.size_bytes,
            "sha256": evidence.file.sha256.hex(),
            "promise": evidence.promise,
            "isPublic": evidence.is_public,
        }
        for evidence in await queries.reports.evidence(session, report.id)
    ]


async def judge(
    session: AsyncSession,
    caller: Caller,
    project: Project,
    report: Report,
    wanted: ReportDecisionRequest,
) -> ReportDecision:
    """Accept a report, or return it with remarks; project and report are locked.

    An accepted one frees the tranches that wait for it; the final one completes the project.

    Raises:
        OwnAffair: the caller acts for its entrepreneur.
        ReportStateForbids: it does not wait for judgement.
        ResultUnsaid: the final one is accepted with what came of it, and no other.
        ProjectStateForbids: the project has ended otherwise.
    """
    eligibility.insist_on_distance(caller, project)
    if report.state is not ReportState.SUBMITTED:
        message = f"The report is {report.state}: only a submitted one is judged."
        raise ReportStateForbids(message, current_state=report.state)
    completes = wanted.kind is ReportState.ACCEPTED and report.kind is ReportKind.FINAL
    if completes != (wanted.result is not None):
        message = "Accepting a final report says whether the result is achieved or short."
        raise ResultUnsaid(message)
    _insist_on_time(project)
    version = await queries.reports.last_version(session, report)
    if version is None:
        message = f"the report {report.id} is submitted, and has no version"
        raise RuntimeError(message)
    report.state, report.result = wanted.kind, wanted.result
    decision = ReportDecision(
        report_id=report.id,
        report_version_id=version.id,
        state=wanted.kind,
        reason=wanted.reason,
        remarks=[remark.model_dump() for remark in wanted.remarks],
        decided_by_id=caller.user_id,
    )
    session.add(decision)
    if completes:
        kind = ProjectDecisionKind.COMPLETED
        await running.move(session, caller, project, kind, wanted.reason)
    await session.flush()
    if wanted.result is Result.SHORT:
        await hooks.found_short(session, caller, project, wanted.reason)
    await _announce(session, project)
    _tell(session, caller, project, report, f"report.{wanted.kind}")
    await letters.report_judged(session, project, report, wanted.reason)
    return decision


async def measure(
    session: AsyncSession,
    caller: Caller,
    project: Project,
    report: Report,
    wanted: MeasurementRequest,
) -> ReportMeasurement:
    """Write down what the operator found itself; what was measured before stays beside it.

    Raises:
        OwnAffair: the caller acts for its entrepreneur.
        ReportStateForbids: it is not submitted.
    """
    eligibility.insist_on_distance(caller, project)
    if report.state not in MEASURED_IN:
        message = f"The report is {report.state}: what was submitted is measured."
        raise ReportStateForbids(message, current_state=report.state)
    made = ReportMeasurement(
        report_id=report.id,
        counts=[count.model_dump(mode="json", by_alias=True) for count in wanted.counts],
        reason=wanted.reason,
        measured_by_id=caller.user_id,
        measured_at=clock.now(),
    )
    session.add(made)
    await session.flush()
    await _announce(session, project)
    _tell(session, caller, project, report, "report.measured")
    return made


async def _announce(session: AsyncSession, project: Project) -> None:
    """Let the market's page of the project be read anew: it shows what reports said."""
    await session.execute(
        sa.update(MarketEntry).where(MarketEntry.project_id == project.id).values(announced=False)
    )


def _tell(
    session: AsyncSession, caller: Caller, project: Project, report: Report, kind: str
) -> None:
    trail.rights_changed(
        session,
        caller,
        kind,
        report.id,
        organisation_id=project.entrepreneur_id,
        projectId=str(project.id),
        number=report.number,
    )
