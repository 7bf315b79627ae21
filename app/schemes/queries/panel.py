"""Questions about the panel and invitations."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, PageRequest, page
from app.schemes.models import PanelMember, Scheme, SchemeInvitation


async def members(session: AsyncSession, scheme: Scheme, paging: PageRequest) -> Page[PanelMember]:
    """List the experts of a scheme, those who left included."""
    query = (
        sa.select(PanelMember)
        .where(PanelMember.scheme_id == scheme.id)
        .options(sa.orm.joinedload(PanelMember.user))
    )
    return await page(session, query, PanelMember, paging)


async def member(session: AsyncSession, scheme_id: UUID, member_id: UUID) -> PanelMember | None:
    """Find an expert of a scheme."""
    found: PanelMember | None = await session.scalar(
        sa.select(PanelMember)
        .where(PanelMember.id == member_id, PanelMember.scheme_id == scheme_id)
        .options(sa.orm.joinedload(PanelMember.user))
    )
    return found


async def named(session: AsyncSession, member: PanelMember) -> PanelMember:
    """Read the person of an expert too."""
    await session.refresh(member, ["user"])
    return member


async def experts(session: AsyncSession, scheme_id: UUID) -> list[PanelMember]:
    """Give all experts who sit on the panel of a scheme today."""
    found = await session.scalars(
        sa.select(PanelMember)
        .where(PanelMember.scheme_id == scheme_id, *PanelMember.sitting())
        .options(sa.orm.joinedload(PanelMember.user))
        .order_by(PanelMember.id)
    )
    return list(found)


async def sits(session: AsyncSession, scheme_id: UUID, user_id: UUID) -> bool:
    """Tell whether a user sits on the panel of a scheme today, in whichever seat."""
    found = sa.exists().where(
        PanelMember.scheme_id == scheme_id, PanelMember.user_id == user_id, *PanelMember.sitting()
    )
    return bool(await session.scalar(sa.select(found)))


async def invitations(
    session: AsyncSession, scheme: Scheme, paging: PageRequest
) -> Page[SchemeInvitation]:
    """List whom the operator of a scheme invited."""
    query = sa.select(SchemeInvitation).where(SchemeInvitation.scheme_id == scheme.id)
    return await page(session, query, SchemeInvitation, paging)


async def invitation(
    session: AsyncSession, scheme: Scheme, invitation_id: UUID
) -> SchemeInvitation | None:
    """Find an invitation to a scheme."""
    found: SchemeInvitation | None = await session.scalar(
        sa.select(SchemeInvitation).where(
            SchemeInvitation.id == invitation_id, SchemeInvitation.scheme_id == scheme.id
        )
    )
    return found
