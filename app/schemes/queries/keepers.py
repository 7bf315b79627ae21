"""Who keeps books, and whose books may a caller read?"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
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
    audited: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict, compare=False)
    """By which appointments the caller audits some of them."""
    noted: set[UUID] = field(default_factory=set, compare=False)
    """The appointments that the caller's request reads by."""

    @property
    def ids(self) -> frozenset[UUID] | None:
        """Schemes and authorities alike, as the books know them; None: all."""
        return None if self.all_of_them else self.schemes | self.authorities

    def note(self, keeper_ids: Collection[UUID] | None = None) -> None:
        """Note that books of some keepers are read (without any named: of all that may be)."""
        for keeper_id, appointments in self.audited.items():
            if keeper_ids is None or keeper_id in keeper_ids:
                self.noted.update(appointments)


async def readable_keepers(session: AsyncSession, caller: Caller) -> ReadableKeepers:
    """Say whose books a caller may read: of what they act for or audit today; staff, all.

    An authority that ended, and an organisation that is not active, still reads its own. Who shows
    something of them notes of whom (`ReadableKeepers.note`).
    """
    if caller.is_staff:
        return ReadableKeepers(frozenset(), frozenset(), all_of_them=True)
    appointments = await appointments_of(session, caller)
    organisations = {*caller.identity.rights, *appointments}
    schemes = await _kept(session, Scheme.id, Scheme.operator_id, organisations)
    authorities = await _kept(session, Authority.id, Authority.organisation_id, organisations)
    return ReadableKeepers(
        schemes=frozenset(schemes),
        authorities=frozenset(authorities),
        audited={
            keeper_id: appointments[organisation_id]
            for keeper_id, organisation_id in {**schemes, **authorities}.items()
            if organisation_id in appointments
        },
        noted=caller.visitor.appointments,
    )


async def _kept(
    session: AsyncSession,
    keeper_id: sa.orm.InstrumentedAttribute[UUID],
    organisation_id: sa.orm.InstrumentedAttribute[UUID],
    organisations: Collection[UUID],
) -> dict[UUID, UUID]:
    query = sa.select(keeper_id, organisation_id).where(organisation_id.in_(organisations))
    return {row[0]: row[1] for row in await session.execute(query)}


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
    found = await appointments_of(session, caller)
    if organisation_id is not None:
        found = {organisation_id: found[organisation_id]} if organisation_id in found else {}
    caller.visitor.appointments.update(*found.values())
    return list(found)


async def appointments_of(session: AsyncSession, caller: Caller) -> dict[UUID, frozenset[UUID]]:
    """Say by which appointments a caller audits each organisation today; it notes nothing."""
    if caller.identity.user_id is None:
        return {}
    query = audited(caller.user_id).add_columns(AuditorAppointment.id)
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for organisation_id, appointment_id in await session.execute(query):
        found[organisation_id].add(appointment_id)
    return {each: frozenset(appointments) for each, appointments in found.items()}


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
