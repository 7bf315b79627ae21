"""Questions about authorities, what they recognise, and auditors."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, PageRequest, page
from app.organisations.models import Organisation
from app.schemes.models import AuditorAppointment, Authority


async def listed(session: AsyncSession, paging: PageRequest) -> Page[Authority]:
    """List the authorities, those that ended included."""
    query = sa.select(Authority).options(sa.orm.joinedload(Authority.organisation))
    return await page(session, query, Authority, paging)


async def one(session: AsyncSession, authority_id: UUID) -> Authority | None:
    """Find an authority, ended or not."""
    found: Authority | None = await session.scalar(
        sa.select(Authority)
        .where(Authority.id == authority_id)
        .options(sa.orm.joinedload(Authority.organisation))
    )
    return found


async def named(session: AsyncSession, authority: Authority) -> Authority:
    """Read the organisation of an authority too."""
    await session.refresh(authority, ["organisation"])
    return authority


async def auditors(
    session: AsyncSession, organisation: Organisation, paging: PageRequest
) -> Page[AuditorAppointment]:
    """List who audits an organisation, audited it or will."""
    query = (
        sa.select(AuditorAppointment)
        .where(AuditorAppointment.organisation_id == organisation.id)
        .options(sa.orm.joinedload(AuditorAppointment.user))
    )
    return await page(session, query, AuditorAppointment, paging)


async def named_auditor(
    session: AsyncSession, appointment: AuditorAppointment
) -> AuditorAppointment:
    """Read the person of an appointment too."""
    await session.refresh(appointment, ["user"])
    return appointment
