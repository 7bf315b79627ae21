"""Questions about schemes."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, PageRequest, page
from app.organisations.callers import Caller
from app.schemes.models import (
    Authority,
    PanelMember,
    Scheme,
    SchemeDecision,
    SchemeRecognition,
    SchemeState,
)
from app.schemes.queries import keepers

_AS_EVERYBODY_SEES_IT = (
    sa.orm.joinedload(Scheme.operator),
    sa.orm.selectinload(Scheme.recognitions)
    .joinedload(SchemeRecognition.authority)
    .joinedload(Authority.organisation),
)


async def public(
    session: AsyncSession, paging: PageRequest, code: str | None, state: str | None
) -> Page[Scheme]:
    """List the schemes that everybody may read."""
    query = (
        sa.select(Scheme).where(Scheme.state != SchemeState.DRAFT).options(*_AS_EVERYBODY_SEES_IT)
    )
    if code is not None:
        query = query.where(Scheme.code == code)
    if state is not None:
        query = query.where(Scheme.state == SchemeState(state))
    return await page(session, query, Scheme, paging)


async def public_one(session: AsyncSession, scheme_id: UUID) -> Scheme | None:
    """Find a scheme that everybody may read."""
    found: Scheme | None = await session.scalar(
        sa.select(Scheme)
        .where(Scheme.id == scheme_id, Scheme.state != SchemeState.DRAFT)
        .options(*_AS_EVERYBODY_SEES_IT)
    )
    return found


async def of_caller(session: AsyncSession, caller: Caller, paging: PageRequest) -> Page[Scheme]:
    """List the schemes that a caller runs, audits or is an expert of; note whose are audited."""
    audited = await keepers.appointments_of(session, caller)
    on_panel = sa.select(PanelMember.scheme_id).where(
        PanelMember.user_id == caller.user_id, *PanelMember.sitting()
    )
    query = sa.select(Scheme).where(
        sa.or_(
            Scheme.operator_id.in_({*caller.identity.rights, *audited}),
            Scheme.id.in_(on_panel),
        )
    )
    found = await page(session, query, Scheme, paging)
    for scheme in found.items:
        caller.visitor.appointments.update(audited.get(scheme.operator_id, ()))
    return found


async def every_one(session: AsyncSession, paging: PageRequest) -> Page[Scheme]:
    """List all schemes, drafts included."""
    return await page(session, sa.select(Scheme), Scheme, paging)


async def decisions(
    session: AsyncSession, scheme: Scheme, paging: PageRequest
) -> Page[SchemeDecision]:
    """List what was decided about a scheme and who takes part in it, newest first."""
    query = sa.select(SchemeDecision).where(SchemeDecision.scheme_id == scheme.id)
    return await page(session, query, SchemeDecision, paging, newest_first=True)


async def recognises(session: AsyncSession, organisation_id: UUID, scheme_id: UUID) -> bool:
    """Tell whether an organisation is an authority that recognises a scheme now."""
    found = (
        sa.exists()
        .where(SchemeRecognition.scheme_id == scheme_id, SchemeRecognition.ended_at.is_(None))
        .where(SchemeRecognition.authority_id == Authority.id, Authority.ended_at.is_(None))
        .where(Authority.organisation_id == organisation_id)
    )
    return bool(await session.scalar(sa.select(found)))


async def recognised_by_anybody(session: AsyncSession, scheme: Scheme) -> bool:
    """Tell whether an authority recognises a scheme now."""
    found = sa.exists().where(
        SchemeRecognition.scheme_id == scheme.id, SchemeRecognition.ended_at.is_(None)
    )
    return bool(await session.scalar(sa.select(found)))
