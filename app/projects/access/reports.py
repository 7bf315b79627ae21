"""Who writes a report, judges it, or may read it? Dependencies that prove it."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Session
from app.core.problems import existing
from app.organisations.access import Person
from app.organisations.callers import Caller
from app.organisations.models import Right
from app.projects import queries
from app.projects.access.projects import (
    ApprovedProject,
    BoundProject,
    DraftedProject,
    OwnProject,
    ProjectReader,
    ReadableProject,
    as_entrepreneur,
    as_operator,
)
from app.projects.models import Project, Report, ReportEvidence, ReportState
from app.schemes.access import SchemeRight


async def _startable(project_id: UUID, caller: Person, session: Session) -> Project:
    project = await queries.projects.one(session, project_id)
    if project is not None and caller.rights_in(project.entrepreneur_id):
        return await as_entrepreneur(session, caller, project_id, Right.APPROVE)
    return await as_operator(session, caller, project_id, SchemeRight.APPROVE)


StartableProject = Annotated[Project, Depends(_startable)]
"""A project for whose entrepreneur, or scheme's operator, the person decides."""


async def _found(session: AsyncSession, project: Project, report_id: UUID) -> Report:
    return existing(await queries.reports.one(session, project, report_id), report_id)


async def _locked(session: AsyncSession, project: Project, report_id: UUID) -> Report:
    # What a report may become depends on its project: both stay as they are.
    await queries.projects.locked_on_sale(session, project.id)
    return await queries.reports.locked(session, (await _found(session, project, report_id)).id)


async def _readable(
    report_id: UUID, project: ReadableProject, caller: ProjectReader, session: Session
) -> Report:
    report = await queries.reports.one(session, project, report_id)
    if report is not None and not writes_for(caller, project):
        # The operator's side reads what was submitted, and no drafts.
        report = None if report.state is ReportState.DRAFT else report
    return existing(report, report_id)


def writes_for(caller: Caller, project: Project) -> bool:
    """Tell whether the caller belongs to the people who write a project's reports."""
    return Right.READ in caller.rights_in(project.entrepreneur_id)


async def _drafted(report_id: UUID, project: DraftedProject, session: Session) -> Report:
    return await _found(session, project, report_id)


async def _own(report_id: UUID, project: OwnProject, session: Session) -> Report:
    return await _locked(session, project, report_id)


async def _bound(report_id: UUID, project: BoundProject, session: Session) -> Report:
    return await _locked(session, project, report_id)


async def _approved(report_id: UUID, project: ApprovedProject, session: Session) -> Report:
    report = await _locked(session, project, report_id)
    return existing(None if report.state is ReportState.DRAFT else report, report_id)


ReadableReport = Annotated[Report, Depends(_readable)]
"""A report that the caller may read: the entrepreneur's side any, the operator's side submitted."""
DraftedReport = Annotated[Report, Depends(_drafted)]
"""A report whose draft the caller may read: its entrepreneur's people and machines, and staff."""
OwnReport = Annotated[Report, Depends(_own)]
"""A report that the person writes; it is locked, and so is its project."""
BoundReport = Annotated[Report, Depends(_bound)]
"""A report that the person submits; locked likewise."""
ApprovedReport = Annotated[Report, Depends(_approved)]
"""A report that the person judges; locked likewise."""


async def _unlocked(report_id: UUID, project: OwnProject, session: Session) -> Report:
    return await _found(session, project, report_id)


ProvableReport = Annotated[Report, Depends(_unlocked)]
"""A report to which the person attaches files; nothing is locked while they come in."""


async def _readable_evidence(
    evidence_id: UUID,
    report: ReadableReport,
    project: ReadableProject,
    caller: ProjectReader,
    session: Session,
) -> ReportEvidence:
    found = await queries.reports.one_evidence(session, report, evidence_id)
    if found is not None and not writes_for(caller, project):
        was_submitted = await queries.reports.was_submitted_with(session, found.id, report.id)
        found = found if was_submitted else None
    return existing(found, evidence_id)


async def _own_evidence(evidence_id: UUID, report: OwnReport, session: Session) -> ReportEvidence:
    found = await queries.reports.one_evidence(session, report, evidence_id)
    return existing(found, evidence_id)


ReadableEvidence = Annotated[ReportEvidence, Depends(_readable_evidence)]
"""A file that the caller may read: the entrepreneur's side any, the operator's side submitted."""
OwnEvidence = Annotated[ReportEvidence, Depends(_own_evidence)]
"""A file of a report that the person writes; the report is locked."""
