"""Questions about drafts of plans and what is attached to them."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.files import File
from app.core.paging import Page, PageRequest, page
from app.projects.models import Objection, PlanAttachment, PlanDraft, PlanVersion, Project


async def draft(session: AsyncSession, project_id: UUID, *, lock: bool = False) -> PlanDraft:
    """Find the draft of a project."""
    query = sa.select(PlanDraft).where(PlanDraft.project_id == project_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(query)).one()


async def attachments(session: AsyncSession, project_id: UUID) -> list[PlanAttachment]:
    """List what is attached to a draft, with its files."""
    found = await session.scalars(
        sa.select(PlanAttachment)
        .where(PlanAttachment.project_id == project_id, PlanAttachment.removed_at.is_(None))
        .options(sa.orm.joinedload(PlanAttachment.file))
        .order_by(PlanAttachment.id)
    )
    return list(found)


async def attachment_page(
    session: AsyncSession, project: Project, paging: PageRequest
) -> Page[PlanAttachment]:
    """List what is attached to a draft, in pages."""
    query = (
        sa.select(PlanAttachment)
        .where(PlanAttachment.project_id == project.id, PlanAttachment.removed_at.is_(None))
        .options(sa.orm.joinedload(PlanAttachment.file))
    )
    return await page(session, query, PlanAttachment, paging)


async def attachment(
    session: AsyncSession, project: Project, attachment_id: UUID
) -> PlanAttachment | None:
    """Find a file that is, or was, attached to a project's plan."""
    found: PlanAttachment | None = await session.scalar(
        sa.select(PlanAttachment)
        .where(PlanAttachment.id == attachment_id, PlanAttachment.project_id == project.id)
        .options(sa.orm.joinedload(PlanAttachment.file))
    )
    return found


async def file_of(session: AsyncSession, version: PlanVersion, attachment_id: UUID) -> File | None:
    """Find a file that a plan was submitted with."""
    for attached in version.attachments:
        if attached["id"] == str(attachment_id):
            return await session.get(File, UUID(attached["fileId"]))
    return None


async def objections(
    session: AsyncSession, project: Project, paging: PageRequest
) -> Page[Objection]:
    """List the objections of a project's entrepreneur."""
    query = sa.select(Objection).where(Objection.project_id == project.id)
    return await page(session, query, Objection, paging)


async def objection(
    session: AsyncSession, project: Project, objection_id: UUID
) -> Objection | None:
    """Find an objection, keep it, and read what it contests."""
    found: Objection | None = await session.scalar(
        sa.select(Objection)
        .where(Objection.id == objection_id, Objection.project_id == project.id)
        .options(sa.orm.joinedload(Objection.decision))
        .with_for_update(of=Objection)
        .execution_options(populate_existing=True)
    )
    return found
