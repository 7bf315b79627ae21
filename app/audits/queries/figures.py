"""The figures that an audit begins with: the books added up by kind of account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.ledger import trial_balances
from app.ledger.chart import Book, ledger_id
from app.ledger.models import Ledger
from app.ledger.trial_balances import TrialBalanceRequest
from app.organisations.models import Organisation
from app.schemes.models import AuditorAppointment, Authority, Scheme


@dataclass(frozen=True, slots=True)
class Audit:
    """Whom somebody audits, and until when."""

    appointment_id: UUID
    organisation_id: UUID
    organisation_name: str
    starts_on: date
    ends_on: date
    authorities: Sequence[UUID]
    schemes: Sequence[UUID]


async def audits_of(session: AsyncSession, user_id: UUID) -> list[Audit]:
    """List whom a user audits today."""
    today = clock.today()
    appointments = await session.execute(
        sa.select(AuditorAppointment, Organisation.legal_name)
        .join(Organisation, Organisation.id == AuditorAppointment.organisation_id)
        .where(
            AuditorAppointment.user_id == user_id,
            AuditorAppointment.ended_at.is_(None),
            AuditorAppointment.starts_on <= today,
            AuditorAppointment.ends_on >= today,
        )
        .order_by(AuditorAppointment.id)
    )
    return [
        Audit(
            appointment_id=appointment.id,
            organisation_id=appointment.organisation_id,
            organisation_name=legal_name,
            starts_on=appointment.starts_on,
            ends_on=appointment.ends_on,
            authorities=await _ids(
                session, Authority.id, Authority.organisation_id, appointment.organisation_id
            ),
            schemes=await _ids(session, Scheme.id, Scheme.operator_id, appointment.organisation_id),
        )
        for appointment, legal_name in appointments
    ]


async def _ids(
    session: AsyncSession,
    column: sa.orm.Mapped[UUID],
    owner: sa.orm.Mapped[UUID],
    owner_id: UUID,
) -> Sequence[UUID]:
    return (
        await session.scalars(sa.select(column).where(owner == owner_id).order_by(column))
    ).all()


async def social_return(session: AsyncSession, authority_id: UUID, position: int) -> dict[str, int]:
    """Add the book of an authority up by kind of account, as known at a position."""
    return await _added_up(session, authority_id, Book.SOCIAL_RETURN, position)


async def of_scheme(
    session: AsyncSession, scheme_id: UUID, position: int
) -> dict[Book, dict[str, int]]:
    """Add the books of a scheme up by kind of account, as known at a position."""
    books = (Book.MONEY, Book.IMPACT)
    return {book: await _added_up(session, scheme_id, book, position) for book in books}


async def _added_up(
    session: AsyncSession, keeper_id: UUID, book: Book, position: int
) -> dict[str, int]:
    ledger = await session.get(Ledger, ledger_id(keeper_id, book))
    if ledger is None:
        return {}
    found = await trial_balances.add_up(session, ledger, TrialBalanceRequest(position=position))
    return {row.kind.code: row.closing for row in found.rows}
