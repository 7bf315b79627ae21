"""Appoint the people of the platform."""

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events
from app.core.database import Database, violates
from app.core.events import Actor
from app.core.problems import NotFound
from app.organisations.actions import registrations, trail
from app.organisations.callers import Caller, Visitor
from app.organisations.models import StaffAppointment, User
from app.organisations.problems import AlreadyStaff, LastStaff
from app.organisations.schemas import FirstStaff, StaffRequest


async def appoint(session: AsyncSession, caller: Caller, request: StaffRequest) -> StaffAppointment:
    """Make a user staff.

    Raises:
        NotFound: nobody has an account with this address.
        AlreadyStaff: they are staff.
    """
    user: User | None = await session.scalar(sa.select(User).where(User.email == request.email))
    if user is None:
        message = "Nobody has an account with this address: let them register first."
        raise NotFound(message)
    appointment = await _appoint(session, user, caller.actor)
    trail.rights_changed(
        session, caller, "staff.appointed", appointment.id, user_id=user.id, reason=request.reason
    )
    return appointment


async def make_first_staff(database: Database, first: FirstStaff) -> None:
    """Make the first staff user of an installation (`baat bootstrap`).

    Raises:
        AlreadyStaff: there is staff, who can appoint others.
        EmailTaken, PasswordTooWeak: as for every account.
    """
    here = Visitor(database.settings, database, network=None, user_agent=None, request_id=None)
    async with database.work() as session:
        await _lock(session)
        if await session.scalar(sa.select(sa.exists().where(StaffAppointment.ended_at.is_(None)))):
            message = "This installation has staff; they can appoint others (POST /v1/staff)."
            raise AlreadyStaff(message)
        user = await registrations.make_user(
            session, here, first.email, first.name, first.password, first.language
        )
        actor = Actor.system("bootstrap")
        appointment = await _appoint(session, user, actor)
        events.record(session, "staff.appointed", appointment.id, actor)
        trail.note(session, here, "staff.appointed", actor=actor, user_id=user.id)


async def _appoint(session: AsyncSession, user: User, by: Actor) -> StaffAppointment:
    appointment = StaffAppointment(user_id=user.id, appointed_by=str(by))
    session.add(appointment)
    try:
        await session.flush()
    except IntegrityError as error:
        if violates(error, "uq_staff_appointments_user_id"):
            message = "This person is staff already."
            raise AlreadyStaff(message) from error
        raise
    return appointment


async def dismiss(session: AsyncSession, caller: Caller, appointment: StaffAppointment) -> None:
    """End an appointment.

    Raises:
        LastStaff: nobody would be left to appoint others.
    """
    await _lock(session)
    others = sa.select(
        sa.exists().where(
            StaffAppointment.ended_at.is_(None), StaffAppointment.id != appointment.id
        )
    )
    if not await session.scalar(others):
        message = "Appoint somebody else first: the platform keeps at least one staff member."
        raise LastStaff(message)
    appointment.ended_at = clock.now()
    appointment.ended_by = str(caller.actor)
    trail.rights_changed(
        session, caller, "staff.dismissed", appointment.id, user_id=appointment.user_id
    )


async def _lock(session: AsyncSession) -> None:
    # There is no row above all appointments: the table itself is what two dismissals share.
    await session.execute(sa.text("LOCK TABLE staff_appointments IN SHARE ROW EXCLUSIVE MODE"))
