"""Questions about reports: what they say beside what was promised, and which are due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, database
from app.core.files import File
from app.core.paging import Page, PageRequest, page
from app.projects import contents, hooks
from app.projects.contents import (
    ComparedMilestone,
    ComparedPromise,
    ComparedResult,
    Lack,
    Plan,
    PublicReportContent,
    ReportChange,
    ReportFrame,
)
from app.projects.models import (
    Listing,
    PlanVersion,
    Project,
    ProjectState,
    Report,
    ReportDecision,
    ReportEvidence,
    ReportKind,
    ReportMeasurement,
    ReportState,
    ReportVersion,
)


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A report as it was submitted last, beside what the plan promised."""

    report: Report
    plan_version: PlanVersion
    submitted: ReportVersion | None
    measurement: ReportMeasurement | None
    results: list[ComparedResult]
    milestones: list[ComparedMilestone]
    promises: list[ComparedPromise]
    expected_costs_cents: int
    reported_costs_cents: int | None

    @property
    def public_evidence(self) -> list[dict[str, Any]]:
        """Which files buyers may see: nobody had looked at them before it was accepted."""
        if self.submitted is None or self.report.state is not ReportState.ACCEPTED:
            return []
        return [each for each in self.submitted.evidence if each["isPublic"]]

    @property
    def public_content(self) -> PublicReportContent | None:
        """What buyers may know of it."""
        if self.submitted is None:
            return None
        return contents.public_part_of_report(self.submitted.read_content())


async def one(session: AsyncSession, project: Project, report_id: UUID) -> Report | None:
    """Find a report of a project."""
    query = sa.select(Report).where(Report.id == report_id, Report.project_id == project.id)
    found: Report | None = await session.scalar(query)
    return found


async def locked(session: AsyncSession, report_id: UUID) -> Report:
    """Keep a report as it is until this is done; its project must be locked before."""
    return await database.locked(session, Report, report_id)


async def of_project(
    session: AsyncSession, project: Project, paging: PageRequest, *, drafts: bool
) -> Page[Report]:
    """List the reports of a project, oldest first; those never submitted only if asked for."""
    query = sa.select(Report).where(Report.project_id == project.id)
    if not drafts:
        query = query.where(Report.state != ReportState.DRAFT)
    return await page(session, query, Report, paging)


async def last_number(session: AsyncSession, project_id: UUID) -> int:
    """Say how many reports a project has; it must be locked."""
    query = sa.select(sa.func.max(Report.number)).where(Report.project_id == project_id)
    return await session.scalar(query) or 0


async def is_accepted(session: AsyncSession, project_id: UUID, of_kind: ReportKind) -> bool:
    """Tell whether a report of a kind was accepted: it frees the tranches that wait for it."""
    found = sa.exists().where(
        Report.project_id == project_id,
        Report.kind == of_kind,
        Report.state == ReportState.ACCEPTED,
    )
    return bool(await session.scalar(sa.select(found)))


async def versions(session: AsyncSession, report: Report) -> Sequence[ReportVersion]:
    """List what was submitted, oldest first."""
    query = (
        sa.select(ReportVersion)
        .where(ReportVersion.report_id == report.id)
        .order_by(ReportVersion.number)
    )
    return (await session.scalars(query)).all()


async def version_page(
    session: AsyncSession, report: Report, paging: PageRequest
) -> Page[ReportVersion]:
    """List what was submitted, in pages."""
    query = sa.select(ReportVersion).where(ReportVersion.report_id == report.id)
    return await page(session, query, ReportVersion, paging)


async def last_version(session: AsyncSession, report: Report) -> ReportVersion | None:
    """Find what was submitted last."""
    found = await versions(session, report)
    return found[-1] if found else None


async def decisions(
    session: AsyncSession, report: Report, paging: PageRequest
) -> Page[ReportDecision]:
    """List what was decided about a report, newest first."""
    query = sa.select(ReportDecision).where(ReportDecision.report_id == report.id)
    return await page(session, query, ReportDecision, paging, newest_first=True)


async def last_measurement(session: AsyncSession, report: Report) -> ReportMeasurement | None:
    """Find what the operator measured last."""
    query = (
        sa.select(ReportMeasurement)
        .where(ReportMeasurement.report_id == report.id)
        .order_by(ReportMeasurement.id.desc())
        .limit(1)
    )
    found: ReportMeasurement | None = await session.scalar(query)
    return found


async def plan_version(session: AsyncSession, project_id: UUID) -> PlanVersion:
    """Read the version of a plan that was valued and listed: what reports are held against."""
    query = (
        sa.select(PlanVersion)
        .join(Listing, Listing.plan_version_id == PlanVersion.id)
        .where(Listing.project_id == project_id)
    )
    return (await session.scalars(query)).one()


async def read(session: AsyncSession, report: Report) -> ReportPage:
    """Lay out a report as it was submitted last."""
    promised = await plan_version(session, report.project_id)
    plan = promised.read_plan()
    submitted = await last_version(session, report)
    measurement = await last_measurement(session, report)
    said = submitted.read_content() if submitted else None
    return ReportPage(
        report=report,
        plan_version=promised,
        submitted=submitted,
        measurement=measurement,
        results=contents.compare_results(
            plan, said.counts if said else (), measurement.read_counts() if measurement else None
        ),
        milestones=contents.compare_milestones(plan, said) if said else [],
        promises=contents.compare_promises(plan, said) if said else [],
        expected_costs_cents=plan.costs_cents,
        reported_costs_cents=said.costs_cents if said else None,
    )


async def public(session: AsyncSession, project_id: UUID) -> list[ReportPage]:
    """Lay out what buyers may read: the reports that are submitted or accepted, oldest first."""
    query = (
        sa.select(Report)
        .where(
            Report.project_id == project_id,
            Report.state.in_((ReportState.SUBMITTED, ReportState.ACCEPTED)),
        )
        .order_by(Report.number)
    )
    return [await read(session, report) for report in (await session.scalars(query)).all()]


async def accepted(session: AsyncSession, project_id: UUID) -> ReportPage | None:
    """Lay out the last report of a project that the operator accepted."""
    query = (
        sa.select(Report)
        .where(Report.project_id == project_id, Report.state == ReportState.ACCEPTED)
        .order_by(Report.number.desc())
        .limit(1)
    )
    found: Report | None = await session.scalar(query)
    return await read(session, found) if found else None


async def for_everybody(
    session: AsyncSession, project_id: UUID, scheme_id: UUID
) -> list[ComparedResult]:
    """Read what the last accepted report says came of a project, without small counts."""
    report = await accepted(session, project_id)
    if report is None:
        return []
    smallest = await hooks.smallest_count(session, scheme_id)
    return contents.results_for_everybody(report.results, smallest)


def frame(project: Project, report: Report, plan: Plan) -> ReportFrame:
    """Say what a report is held against."""
    return ReportFrame(
        plan=plan,
        is_final=report.kind is ReportKind.FINAL,
        languages=project.round.scheme.languages,
        today=clock.today(),
    )


async def lacks(session: AsyncSession, project: Project, report: Report) -> list[Lack]:
    """List everything that keeps a report from being submitted."""
    plan = (await plan_version(session, project.id)).read_plan()
    draft = ReportChange.model_validate(report.content)
    return contents.report_lacks(draft, frame(project, report, plan))


async def evidence(session: AsyncSession, report_id: UUID) -> Sequence[ReportEvidence]:
    """List what proves a draft, with its files."""
    query = (
        sa.select(ReportEvidence)
        .where(ReportEvidence.report_id == report_id, ReportEvidence.removed_at.is_(None))
        .options(sa.orm.joinedload(ReportEvidence.file))
        .order_by(ReportEvidence.id)
    )
    return (await session.scalars(query)).all()


async def one_evidence(
    session: AsyncSession, report: Report, evidence_id: UUID
) -> ReportEvidence | None:
    """Find a file that proves a report, or did."""
    query = (
        sa.select(ReportEvidence)
        .where(ReportEvidence.id == evidence_id, ReportEvidence.report_id == report.id)
        .options(sa.orm.joinedload(ReportEvidence.file))
    )
    found: ReportEvidence | None = await session.scalar(query)
    return found


async def was_submitted_with(session: AsyncSession, evidence_id: UUID, report_id: UUID) -> bool:
    """Tell whether a version of a report holds a file."""
    found = sa.exists().where(
        ReportVersion.report_id == report_id,
        ReportVersion.evidence.contains([{"id": str(evidence_id)}]),
    )
    return bool(await session.scalar(sa.select(found)))


async def public_file(session: AsyncSession, project_id: UUID, evidence_id: UUID) -> File | None:
    """Find a public file of a report that was accepted."""
    for laid_out in await public(session, project_id):
        for attached in laid_out.public_evidence:
            if attached["id"] == str(evidence_id):
                return await session.get(File, UUID(attached["fileId"]))
    return None


def planned_day(name: str) -> sa.ColumnElement[date]:
    """Give a date of the plan that was listed: `startsOn` or `endsOn`."""
    return sa.cast(Listing.content[name].astext, sa.Date)


@dataclass(frozen=True, slots=True)
class Reporting:
    """A project that runs or has ended, and what it has reported."""

    project_id: UUID
    policy_id: UUID
    starts_on: date
    ends_on: date
    has_interim: bool
    has_final: bool


async def reporting(session: AsyncSession, project_id: UUID | None = None) -> Sequence[Reporting]:
    """Find the projects of which reports are due now or later, or look at one of them."""
    in_hand = {
        of_kind: sa.exists().where(
            Report.project_id == Listing.project_id,
            Report.kind == of_kind,
            Report.state.in_((ReportState.SUBMITTED, ReportState.ACCEPTED)),
        )
        for of_kind in ReportKind
    }
    query = (
        sa.select(
            Listing.project_id,
            Listing.policy_id,
            planned_day("startsOn"),
            planned_day("endsOn"),
            in_hand[ReportKind.INTERIM],
            in_hand[ReportKind.FINAL],
        )
        .join(Project, Project.id == Listing.project_id)
        .where(
            Project.state.in_((ProjectState.RUNNING, ProjectState.REPORTING)),
            ~in_hand[ReportKind.FINAL],
        )
        .order_by(Listing.project_id)
    )
    if project_id is not None:
        query = query.where(Listing.project_id == project_id)
    return [Reporting(*row) for row in await session.execute(query)]
