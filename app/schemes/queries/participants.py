"""Questions about entrepreneurs and companies in schemes."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, PageRequest, page
from app.organisations.models import Organisation, OrganisationStatus
from app.schemes.models import (
    Admission,
    AdmissionState,
    Enrolment,
    Scheme,
    SchemeDecision,
    SchemeDecisionKind,
)

_ADMISSION = (
    sa.orm.joinedload(Admission.organisation),
    sa.orm.selectinload(Admission.decisions),
    sa.orm.selectinload(Admission.checks),
)
_ENROLMENT = (
    sa.orm.joinedload(Enrolment.organisation),
    sa.orm.selectinload(Enrolment.decisions),
)


async def admissions(
    session: AsyncSession, of: Scheme | Organisation, paging: PageRequest
) -> Page[Admission]:
    """List the entrepreneurs of a scheme, or where an organisation is one."""
    column = Admission.scheme_id if isinstance(of, Scheme) else Admission.organisation_id
    query = sa.select(Admission).where(column == of.id).options(*_ADMISSION)
    return await page(session, query, Admission, paging)


async def admission(session: AsyncSession, scheme: Scheme, admission_id: UUID) -> Admission | None:
    """Find an entrepreneur of a scheme, with all that is known of it."""
    found: Admission | None = await session.scalar(
        sa.select(Admission)
        .where(Admission.id == admission_id, Admission.scheme_id == scheme.id)
        .options(*_ADMISSION)
        .execution_options(populate_existing=True)
    )
    return found


async def admission_of(
    session: AsyncSession, scheme_id: UUID, organisation_id: UUID | None
) -> Admission | None:
    """Find an organisation as an entrepreneur of a scheme, with all that is known of it."""
    found: Admission | None = await session.scalar(
        sa.select(Admission)
        .where(Admission.scheme_id == scheme_id, Admission.organisation_id == organisation_id)
        .options(*_ADMISSION)
        .execution_options(populate_existing=True)
    )
    return found


async def locked_admission(session: AsyncSession, admission_id: UUID) -> Admission:
    """Keep an entrepreneur as it is until this is done, and read all that is known of it."""
    await session.execute(
        sa.select(Admission.id).where(Admission.id == admission_id).with_for_update()
    )
    return await _admission(session, admission_id)


async def _admission(session: AsyncSession, admission_id: UUID) -> Admission:
    return (
        await session.scalars(
            sa.select(Admission)
            .where(Admission.id == admission_id)
            .options(*_ADMISSION)
            .execution_options(populate_existing=True)
        )
    ).one()


async def is_admitted(session: AsyncSession, scheme_id: UUID, organisation_id: UUID) -> bool:
    """Tell whether an organisation may offer in a scheme now: admitted, and itself active."""
    found = (
        sa.exists()
        .where(Admission.scheme_id == scheme_id, Admission.organisation_id == organisation_id)
        .where(Admission.state == AdmissionState.ADMITTED)
        .where(Organisation.id == Admission.organisation_id)
        .where(Organisation.status == OrganisationStatus.ACTIVE)
    )
    return bool(await session.scalar(sa.select(found)))


async def enrolments(
    session: AsyncSession, of: Scheme | Organisation, paging: PageRequest
) -> Page[Enrolment]:
    """List the companies of a scheme, or where an organisation is one."""
    column = Enrolment.scheme_id if isinstance(of, Scheme) else Enrolment.organisation_id
    query = sa.select(Enrolment).where(column == of.id).options(*_ENROLMENT)
    return await page(session, query, Enrolment, paging)


async def enrolment(session: AsyncSession, scheme: Scheme, enrolment_id: UUID) -> Enrolment | None:
    """Find a company of a scheme, with all that is known of it."""
    found: Enrolment | None = await session.scalar(
        sa.select(Enrolment)
        .where(Enrolment.id == enrolment_id, Enrolment.scheme_id == scheme.id)
        .options(*_ENROLMENT)
        .execution_options(populate_existing=True)
    )
    return found


async def was_refused(session: AsyncSession, enrolment: Enrolment) -> bool:
    """Tell whether the operator ever refused a company."""
    found = sa.exists().where(
        SchemeDecision.enrolment_id == enrolment.id,
        SchemeDecision.kind == SchemeDecisionKind.REFUSED,
    )
    return bool(await session.scalar(sa.select(found)))
