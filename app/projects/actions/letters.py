"""The letters of this domain: what is mailed to whom, in their language."""

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import mail
from app.core.mail import Category
from app.organisations.models import Membership, Role, User
from app.projects import queries
from app.projects.contents import Plan
from app.projects.models import ObjectionState, Project, ProjectDecisionKind


async def submitted(session: AsyncSession, project: Project, plan: Plan) -> None:
    """Tell both sides that a plan was submitted."""
    sides = (project.round.scheme.operator_id, project.entrepreneur_id)
    for organisation_id in sides:
        await _to_deciders(
            session, organisation_id, project, "submitted", title=_title(plan.title.model_dump())
        )


async def judged(
    session: AsyncSession, project: Project, kind: ProjectDecisionKind, reason: str
) -> None:
    """Tell an entrepreneur what the operator thinks of its plan."""
    await _to_entrepreneur(session, project, "judged", kind=kind.value, reason=reason)


async def objection_decided(
    session: AsyncSession, project: Project, outcome: ObjectionState, reason: str
) -> None:
    """Tell an entrepreneur what became of its objection."""
    await _to_entrepreneur(
        session, project, "objection_decided", outcome=outcome.value, reason=reason
    )


async def closing_soon(session: AsyncSession, project: Project) -> None:
    """Remind an entrepreneur of a plan that is not submitted."""
    await _to_entrepreneur(session, project, "closing_soon", closes_at=project.round.plans_close_at)


async def _to_entrepreneur(
    session: AsyncSession, project: Project, letter: str, **values: object
) -> None:
    draft = await queries.plans.draft(session, project.id)
    title = _title(draft.content.get("title", {}))
    await _to_deciders(session, project.entrepreneur_id, project, letter, title=title, **values)


def _title(title: Mapping[str, str]) -> str:
    return title.get("nl") or title.get("en") or "?"


async def _to_deciders(
    session: AsyncSession,
    organisation_id: UUID,
    project: Project,
    letter: str,
    **values: object,
) -> None:
    """Mail who decides for an organisation, unless they declined such mail."""
    deciders = await session.scalars(
        sa.select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organisation_id == organisation_id,
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
            letter=f"projects/{letter}",
            category=Category.TASKS,
            name=user.name,
            organisation=project.entrepreneur.legal_name,
            round=project.round.name[user.language],
            **values,
        )
