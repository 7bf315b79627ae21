"""Remind entrepreneurs of reports that are due, and tell operators on the day itself."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events, jobs
from app.core.database import Database
from app.core.events import Event
from app.projects import queries
from app.projects.actions import decisions, letters
from app.projects.models import ReportKind
from app.projects.queries.reports import Reporting
from app.schemes.models import Policy

REMINDED = "project.report-reminded"


@dataclass(frozen=True, slots=True)
class _Due:
    """A report that is due soon, or was, and the reminder that belongs to the day."""

    of_kind: ReportKind
    due_on: date
    days: int


async def remind(database: Database) -> None:
    """Write to entrepreneurs of reports that come due, so many days before: a chore."""
    async with database.reading() as session:
        found = await queries.reports.reporting(session)
        due = [each.project_id for each in found if await _due(session, each)]
    await jobs.each_in_turn(database, due, remind_of_project)


async def remind_of_project(session: AsyncSession, project_id: UUID) -> None:
    """Write to the entrepreneur of one project, unless it was reminded."""
    project = await queries.projects.locked_on_sale(session, project_id)
    for reporting in await queries.reports.reporting(session, project_id):
        for due in await _due(session, reporting):
            events.record(
                session,
                REMINDED,
                project_id,
                decisions.CLOCK,
                report=due.of_kind.value,
                days=due.days,
            )
            await letters.report_due(session, project, due.of_kind, due.due_on, now=due.days == 0)


async def _due(session: AsyncSession, reporting: Reporting) -> list[_Due]:
    """Say which reminders are due that were not sent."""
    policy = await session.get_one(Policy, reporting.policy_id)
    terms = policy.read_terms().reports
    if terms is None:
        return []
    waited_for = {
        ReportKind.INTERIM: None
        if reporting.has_interim
        else terms.interim_due_on(reporting.starts_on),
        ReportKind.FINAL: terms.final_due_on(reporting.ends_on),
    }
    found = []
    for of_kind, due_on in waited_for.items():
        days = None if due_on is None else terms.reminder_due((due_on - clock.today()).days)
        if due_on is None or days is None:
            continue
        if not await _was_reminded(session, reporting.project_id, of_kind, days):
            found.append(_Due(of_kind, due_on, days))
    return found


async def _was_reminded(
    session: AsyncSession, project_id: UUID, of_kind: ReportKind, days: int
) -> bool:
    reminded = sa.exists().where(
        Event.subject_id == project_id,
        Event.type == REMINDED,
        Event.data["report"].astext == of_kind.value,
        Event.data["days"].as_integer() <= days,
    )
    return bool(await session.scalar(sa.select(reminded)))
