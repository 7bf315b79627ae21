"""Questions about people."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import settings_of
from app.core.paging import Page, PageRequest, page
from app.organisations.models import (
    Membership,
    Role,
    StaffAppointment,
    TrailEntry,
    User,
    UserSession,
)


async def sessions(session: AsyncSession, user_id: UUID, paging: PageRequest) -> Page[UserSession]:
    """List where a user is signed in."""
    now = clock.now()
    idle = timedelta(minutes=settings_of(session).session_idle_minutes)
    query = sa.select(UserSession).where(
        UserSession.user_id == user_id,
        UserSession.revoked_at.is_(None),
        UserSession.expires_at > now,
        UserSession.last_used_at > now - idle,
    )
    return await page(session, query, UserSession, paging)


async def deciders(session: AsyncSession, organisation_id: UUID) -> list[User]:
    """List who decides for an organisation, except who declined mail about what is to be done."""
    return await _with_role(session, organisation_id, Role.APPROVER, Role.ADMIN)


async def admins(session: AsyncSession, organisation_id: UUID) -> list[User]:
    """List an organisation's admins, except who declined mail about what is to be done."""
    return await _with_role(session, organisation_id, Role.ADMIN)


async def _with_role(session: AsyncSession, organisation_id: UUID, *roles: Role) -> list[User]:
    found = await session.scalars(
        sa.select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.role.in_(roles),
            User.wants_task_mail,
        )
        .order_by(User.id)
    )
    return list(found)


async def staff(session: AsyncSession, paging: PageRequest) -> Page[StaffAppointment]:
    """List the platform's staff."""
    query = (
        sa.select(StaffAppointment)
        .where(StaffAppointment.ended_at.is_(None))
        .options(sa.orm.joinedload(StaffAppointment.user))
    )
    return await page(session, query, StaffAppointment, paging)


async def staff_appointment(session: AsyncSession, appointment_id: UUID) -> StaffAppointment | None:
    """Find an appointment that has not ended."""
    found: StaffAppointment | None = await session.scalar(
        sa.select(StaffAppointment)
        .where(StaffAppointment.id == appointment_id, StaffAppointment.ended_at.is_(None))
        .with_for_update()
    )
    return found


async def trail(
    session: AsyncSession, paging: PageRequest, user_id: UUID | None = None
) -> Page[TrailEntry]:
    """List the trail, newest first: of one user, or all of it."""
    query = sa.select(TrailEntry)
    if user_id is not None:
        actor = f"user:{user_id}"
        query = query.where(sa.or_(TrailEntry.user_id == user_id, TrailEntry.actor == actor))
    return await page(session, query, TrailEntry, paging, newest_first=True)


async def user(session: AsyncSession, user_id: UUID, *, lock: bool = False) -> User:
    """Find the person behind a caller; locked, where a rule depends on what the row says."""
    return await session.get_one(User, user_id, with_for_update=True if lock else None)


async def named(session: AsyncSession, appointment: StaffAppointment) -> StaffAppointment:
    """Read the person of an appointment too."""
    await session.refresh(appointment, ["user"])
    return appointment
