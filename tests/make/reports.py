"""Projects that run, and what is reported of them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.organisations.models import Organisation
from app.projects import queries
from app.projects.models import (
    Listing,
    PlanVersion,
    Project,
    ProjectState,
    Report,
    ReportKind,
    ReportState,
    ReportVersion,
    Round,
)
from tests.make.listings import a_listing
from tests.make.projects import a_plan


def a_plan_of(starts_in_days: int, ends_in_days: int) -> dict[str, Any]:
    """The story's plan, in a time that begins and ends so many days from today."""
    today = clock.today()
    begins, ends = (today + timedelta(days=days) for days in (starts_in_days, ends_in_days))
    between = begins + (ends - begins) / 2
    return a_plan(
        startsOn=begins.isoformat(),
        endsOn=ends.isoformat(),
        milestones=[{"on": between.isoformat(), "what": "Zes rijbewijzen gehaald"}],
    )


async def a_running_project(
    session: AsyncSession,
    in_round: Round | None = None,
    entrepreneur: Organisation | None = None,
    *,
    plan: dict[str, Any] | None = None,
    state: ProjectState = ProjectState.RUNNING,
) -> Listing:
    """A project that runs since a hundred days and for fifty more; nobody bought anything."""
    plan = plan or a_plan_of(-100, 50)
    listing = await a_listing(session, in_round, entrepreneur, plan=plan)
    project = await session.get_one(Project, listing.project_id)
    project.state = state
    await session.flush()
    return listing


def a_report() -> dict[str, Any]:
    """A whole report of the story's plan: eight of nine and three of three took part."""
    today = clock.today()
    return {
        "summary": {"nl": "Elf mensen zijn chauffeur geworden."},
        "periodFrom": (today - timedelta(days=100)).isoformat(),
        "periodUntil": today.isoformat(),
        "counts": [
            {"group": "participatiewet", "category": "took-part", "people": 8},
            {"group": "participatiewet", "category": "found-work", "people": 5},
            {"group": "jobs-agreement", "category": "took-part", "people": 3},
        ],
        "milestones": [{"number": 1, "reachedOn": (today - timedelta(days=10)).isoformat()}],
        "promises": [
            {"number": 1, "isKept": True},
            {"number": 2, "isKept": False, "remark": "Volgt in het eindverslag."},
        ],
        "costsCents": 900_000,
        "confidential": "Een deelnemer is uitgevallen.",
    }


async def a_submitted_report(  # noqa: PLR0913  Each may matter to a test.
    session: AsyncSession,
    project_id: UUID,
    author_id: UUID,
    *,
    of_kind: ReportKind = ReportKind.INTERIM,
    state: ReportState = ReportState.SUBMITTED,
    evidence: list[dict[str, Any]] | None = None,
) -> Report:
    """A report of a project that was listed, as far as a state; a draft is whole as well."""
    plan_version: PlanVersion = await queries.reports.plan_version(session, project_id)
    before = await session.scalar(sa.select(sa.func.count()).where(Report.project_id == project_id))
    report = Report(
        project_id=project_id,
        number=(before or 0) + 1,
        kind=of_kind,
        state=state,
        content=a_report(),
        begun_by_id=author_id,
        changed_by_id=author_id,
    )
    session.add(report)
    await session.flush()
    if state is not ReportState.DRAFT:
        session.add(
            ReportVersion(
                report_id=report.id,
                number=1,
                plan_version_id=plan_version.id,
                content=a_report(),
                evidence=evidence or [],
                submitted_by_id=author_id,
            )
        )
        await session.flush()
    return report
