"""Who keeps books, and whose books may a caller read?"""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.organisations.callers import Caller
from app.schemes.models import AuditorAppointment, Authority, Scheme


@dataclass(frozen=True, slots=True)
class ReadableKeepers:
    """The keepers whose books a caller may read: schemes (money, impact) and authorities."""

    schemes: frozenset[UUID]
    authorities: frozenset[UUID]
    all_of_them: bool = False
    """The platform's staff: the sets say nothing then."""

    @property
    def ids(self) -> frozenset[UUID] | None:
        """Schemes and authorities alike, as the books know them; None: all."""
        return None if self.all_of_them else self.schemes | self.authorities


async def readable_keepers(session: AsyncSession, caller: Caller) -> ReadableKeepers:
    """Say whose books a caller may read: of what they act for or audit today; staff, all.

    An authority that ended, and an organisation that is not active, still reads its own.
    """
    if caller.is_staff:
        return ReadableKeepers(frozenset(), frozenset(), all_of_them=True)
    acts_for = list(caller.identity.rights)
    schemes: sa.ColumnElement[bool] = Scheme.operator_id.in_(acts_for)
    authorities: sa.ColumnElement[bool] = Authority.organisation_id.in_(acts_for)
    if audits_too := await audited_by(session, caller):
        schemes = sa.or_(schemes, Scheme.operator_id.in_(audits_too))
        authorities = sa.or_(authorities, Authority.organisation_id.in_(audits_too))
    return ReadableKeepers(
        schemes=frozenset(await session.scalars(sa.select(Scheme.id).where(schemes))),
        authorities=frozenset(await session.scalars(sa.select(Authority.id).where(authorities))),
    )


def audited(user_id: UUID) -> sa.Select[UUID]:
    """Select the organisations that a user audits today."""
    return sa.select(AuditorAppointment.organisation_id).where(
        AuditorAppointment.user_id == user_id, *today()
    )


def today() -> tuple[sa.ColumnElement[bool], ...]:
    """Say which appointments last today."""
    day = clock.today()
    return (
        AuditorAppointment.ended_at.is_(None),
        AuditorAppointment.starts_on <= day,
        AuditorAppointment.ends_on >= day,
    )


async def audits(session: AsyncSession, caller: Caller, organisation_id: UUID) -> bool:
    """Tell whether a caller audits an organisation today; then what is read is noted as read so."""
    return bool(await audited_by(session, caller, organisation_id))


async def audited_by(
    session: AsyncSession, caller: Caller, organisation_id: UUID | None = None
) -> list[UUID]:
    """Say whom a caller audits today, and note by which appointments: what is read is kept."""
    if caller.identity.user_id is None:
        return []
    found = audited(caller.user_id).add_columns(AuditorAppointment.id)
    if organisation_id is not None:
        found = found.where(AuditorAppointment.organisation_id == organisation_id)
    rows = (await session.execute(found)).all()
    caller.visitor.appointments.update(row.id for row in rows)
    return [row.organisation_id for row in rows]


async def appointment(
    session: AsyncSession, user_id: UUID, organisation_id: UUID
) -> AuditorAppointment | None:
    """Find the appointment by which a user audits an organisation today."""
    living = audited(user_id).with_only_columns(AuditorAppointment.id)
    living = living.where(AuditorAppointment.organisation_id == organisation_id)
    query = sa.select(AuditorAppointment).where(AuditorAppointment.id.in_(living)).limit(1)
    found: AuditorAppointment | None = await session.scalar(query)
    return found


async def keeps_books(session: AsyncSession, organisation_id: UUID) -> bool:
    """Tell whether an organisation is, or was, an authority or the operator of a scheme."""
    found = sa.or_(
        sa.exists().where(Authority.organisation_id == organisation_id),
        sa.exists().where(Scheme.operator_id == organisation_id),
    )
    return bool(await session.scalar(sa.select(found)))
