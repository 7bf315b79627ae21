"""Remind entrepreneurs of plans that are not submitted while the round's end comes near."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events, jobs
from app.core.events import Event
from app.projects import queries
from app.projects.actions import decisions, letters
from app.projects.models import Project, ProjectState, Round, RoundState

REMIND = jobs.JobKind("projects.remind")

DAYS_BEFORE = (2, 7)
"""The nearest first: who is late gets one letter, not two."""

REMINDED = "project.reminded"


async def remind(session: AsyncSession) -> None:
    """Write to entrepreneurs of drafts, 7 and 2 days before their round closes to plans."""
    now = clock.now()
    rounds = await session.scalars(
        sa.select(Round).where(
            Round.state == RoundState.OPEN,
            Round.plans_close_at > now,
            Round.plans_close_at <= now + timedelta(days=max(DAYS_BEFORE)),
        )
    )
    for of_round in rounds.all():
        left = of_round.plans_close_at - now
        days = next(days for days in DAYS_BEFORE if left <= timedelta(days=days))
        for project_id in (await session.scalars(_not_reminded(of_round, days))).all():
            project = await queries.projects.locked(session, project_id)
            if project.state is not ProjectState.DRAFT:
                continue
            events.record(session, REMINDED, project.id, decisions.CLOCK, days=days)
            await letters.closing_soon(session, project)


def _not_reminded(of_round: Round, days: int) -> sa.Select[UUID]:
    reminded = sa.exists().where(
        Event.subject_id == Project.id,
        Event.type == REMINDED,
        Event.data["days"].as_integer() <= days,
    )
    return sa.select(Project.id).where(
        Project.round_id == of_round.id, Project.state == ProjectState.DRAFT, ~reminded
    )
