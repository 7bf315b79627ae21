"""Appoint auditors of authorities and operators."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.languages import day
from app.core.problems import NotFound
from app.organisations.actions import trail
from app.organisations.callers import Caller
from app.organisations.models import Organisation, User
from app.schemes import queries
from app.schemes.actions import letters
from app.schemes.models import AuditorAppointment
from app.schemes.problems import AlreadyAuditor, AuditEnded, NothingToAudit, TenureOver
from app.schemes.schemas import AuditorRequest


async def appoint(
    session: AsyncSession, caller: Caller, organisation: Organisation, request: AuditorRequest
) -> AuditorAppointment:
    """Let a user read everything of an organisation, for a period.

    Raises:
        NothingToAudit: it is neither an authority nor the operator of a scheme.
        NotFound: nobody has an account with this address.
        TenureOver: the period has passed already.
        AlreadyAuditor: they audit it in a part of that period.
    """
    if not await queries.keepers.keeps_books(session, organisation.id):
        message = f"{organisation.legal_name} is no authority and runs no scheme."
        raise NothingToAudit(message)
    user: User | None = await session.scalar(sa.select(User).where(User.email == request.email))
    if user is None:
        message = "Nobody has an account with this address: let them register first."
        raise NotFound(message)
    if request.ends_on < clock.today():
        message = "The period has passed already."
        raise TenureOver(message)
    await _insist_on_a_free_period(session, organisation, user, request)
    appointment = AuditorAppointment(
        organisation_id=organisation.id,
        user_id=user.id,
        appointed_by_id=caller.user_id,
        **request.model_dump(exclude={"email"}),
    )
    session.add(appointment)
    await session.flush()
    _note(session, caller, "auditor.appointed", appointment)
    await letters.to_user(
        session,
        user.id,
        "auditor_appointed",
        organisation=organisation.legal_name,
        starts_on=day(request.starts_on, user.language),
        ends_on=day(request.ends_on, user.language),
    )
    return appointment


async def _insist_on_a_free_period(
    session: AsyncSession, organisation: Organisation, user: User, request: AuditorRequest
) -> None:
    # The user's row is the lock: two appointments of one person can't pass each other.
    await session.execute(sa.select(User.id).where(User.id == user.id).with_for_update())
    overlapping = sa.exists().where(
        AuditorAppointment.user_id == user.id,
        AuditorAppointment.organisation_id == organisation.id,
        AuditorAppointment.ended_at.is_(None),
        AuditorAppointment.starts_on <= request.ends_on,
        AuditorAppointment.ends_on >= request.starts_on,
    )
    if await session.scalar(sa.select(overlapping)):
        message = "They audit this organisation in a part of that period already."
        raise AlreadyAuditor(message)


async def end(session: AsyncSession, caller: Caller, appointment: AuditorAppointment) -> None:
    """End an appointment now.

    Raises:
        AuditEnded: it ended before.
    """
    if appointment.ended_at is not None or appointment.ends_on < clock.today():
        message = "The appointment has ended."
        raise AuditEnded(message)
    appointment.ended_at = clock.now()
    appointment.ended_by_id = caller.user_id
    await session.flush()
    _note(session, caller, "auditor.ended", appointment)


def _note(
    session: AsyncSession, caller: Caller, kind: str, appointment: AuditorAppointment
) -> None:
    trail.rights_changed(
        session,
        caller,
        kind,
        appointment.id,
        user_id=appointment.user_id,
        organisation_id=appointment.organisation_id,
        startsOn=appointment.starts_on.isoformat(),
        endsOn=appointment.ends_on.isoformat(),
    )
