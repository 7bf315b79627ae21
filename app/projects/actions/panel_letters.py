"""The letters about valuing: what experts and entrepreneurs are told."""

from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, mail
from app.core.languages import Language
from app.core.mail import Category
from app.organisations.models import Membership, Role, User
from app.projects.contents import Plan
from app.projects.models import Assignment, Project, Sitting, Valuation


async def to_expert(
    session: AsyncSession, sitting: Sitting, assignment: Assignment, letter: str
) -> None:
    """Mail an expert about a plan to value, unless they declined such mail."""
    user = assignment.panel_member.user
    if not user.wants_task_mail:
        return
    await mail.send(
        session,
        to=user.email,
        language=user.language,
        letter=f"projects/{letter}",
        category=Category.TASKS,
        name=user.name,
        project=title(sitting.plan_version.read_plan(), user.language),
        scheme=sitting.project.round.scheme.name[user.language],
        due_on=sitting.scores_due_at.astimezone(ZoneInfo(clock.TIME_ZONE)).date().isoformat(),
    )


async def valued(session: AsyncSession, project: Project, plan: Plan, valuation: Valuation) -> None:
    """Tell who decides for an entrepreneur what its project was found worth."""
    deciders = await session.scalars(
        sa.select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organisation_id == project.entrepreneur_id,
            Membership.role.in_([Role.APPROVER, Role.ADMIN]),
            User.wants_task_mail,
        )
        .order_by(User.id)
    )
    for user in deciders.all():
        await mail.send(
            session,
            to=user.email,
            language=user.language,
            letter="projects/valued",
            category=Category.TASKS,
            name=user.name,
            project=title(plan, user.language),
            scheme=project.round.scheme.name[user.language],
            units=str(valuation.impact_units),
            unit=project.round.scheme.unit_name,
            threshold=str(valuation.threshold_units),
            reason=valuation.reason,
        )


def title(plan: Plan, language: Language) -> str:
    """Give what a plan is called in a language, or in the one that it has."""
    named = {Language.DUTCH: plan.title.nl, Language.ENGLISH: plan.title.en}
    return named[language] or plan.title.nl or plan.title.en
