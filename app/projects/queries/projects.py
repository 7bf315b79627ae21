"""Questions about projects, their plans and what was decided about them."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, PageRequest, page
from app.organisations.models import Organisation
from app.projects.models import (
    PlanAttachment,
    PlanVersion,
    Project,
    ProjectDecision,
    ProjectDecisionKind,
    Round,
)

_WHOLE = (
    sa.orm.joinedload(Project.entrepreneur),
    sa.orm.joinedload(Project.round).joinedload(Round.scheme),
    sa.orm.joinedload(Project.round).joinedload(Round.policy),
)


async def one(session: AsyncSession, project_id: UUID) -> Project | None:
    """Find a project with its entrepreneur and its round, scheme and policy."""
    return await session.get(Project, project_id, options=_WHOLE)


async def locked(session: AsyncSession, project_id: UUID) -> Project:
    """Keep a project as it is until this is done; its round must be locked before, if at all."""
    return (
        await session.scalars(
            sa.select(Project)
            .where(Project.id == project_id)
            .options(*_WHOLE)
            .with_for_update(of=Project)
            .execution_options(populate_existing=True)
        )
    ).one()


async def locked_on_sale(session: AsyncSession, project_id: UUID) -> Project:
    """Keep a project that is, or was, on the market as it is until this is done.

    Others may order meanwhile: what only refers to the project does not wait for this lock.
    """
    return (
        await session.scalars(
            sa.select(Project)
            .where(Project.id == project_id)
            .options(*_WHOLE)
            .with_for_update(of=Project, key_share=True)
            .execution_options(populate_existing=True)
        )
    ).one()


async def listed(
    session: AsyncSession, of: Round | Organisation, paging: PageRequest
) -> Page[Project]:
    """List the projects of a round, or of an entrepreneur."""
    column = Project.round_id if isinstance(of, Round) else Project.entrepreneur_id
    query = sa.select(Project).where(column == of.id).options(*_WHOLE)
    return await page(session, query, Project, paging)


async def last_version(session: AsyncSession, project_id: UUID) -> PlanVersion | None:
    """Find what was submitted last."""
    found: PlanVersion | None = await session.scalar(
        sa.select(PlanVersion)
        .where(PlanVersion.project_id == project_id)
        .order_by(PlanVersion.number.desc())
        .limit(1)
    )
    return found


async def versions(
    session: AsyncSession, project: Project, paging: PageRequest
) -> Page[PlanVersion]:
    """List what was submitted, oldest first."""
    query = sa.select(PlanVersion).where(PlanVersion.project_id == project.id)
    return await page(session, query, PlanVersion, paging)


async def version(session: AsyncSession, project: Project, number: int) -> PlanVersion | None:
    """Find one submission."""
    found: PlanVersion | None = await session.scalar(
        sa.select(PlanVersion).where(
            PlanVersion.project_id == project.id, PlanVersion.number == number
        )
    )
    return found


async def decisions(
    session: AsyncSession, project: Project, paging: PageRequest
) -> Page[ProjectDecision]:
    """List what was decided about a project, newest first."""
    query = sa.select(ProjectDecision).where(ProjectDecision.project_id == project.id)
    return await page(session, query, ProjectDecision, paging, newest_first=True)


async def was_submitted_with(session: AsyncSession, attachment: PlanAttachment) -> bool:
    """Tell whether a version of the plan holds an attachment."""
    found = sa.exists().where(
        PlanVersion.project_id == attachment.project_id,
        PlanVersion.attachments.contains([{"id": str(attachment.id)}]),
    )
    return bool(await session.scalar(sa.select(found)))


async def last_decision(
    session: AsyncSession, project_id: UUID, *kinds: ProjectDecisionKind
) -> ProjectDecision | None:
    """Find the last decision of some kinds about a project."""
    found: ProjectDecision | None = await session.scalar(
        sa.select(ProjectDecision)
        .where(ProjectDecision.project_id == project_id, ProjectDecision.kind.in_(kinds))
        .order_by(ProjectDecision.id.desc())
        .limit(1)
    )
    return found
