"""Questions about organisations and who acts for them."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, PageRequest, page
from app.organisations.models import (
    ApiKey,
    Decision,
    Deputy,
    Invitation,
    Membership,
    Organisation,
    TrailEntry,
)


async def listed(
    session: AsyncSession, paging: PageRequest, among: list[UUID] | None
) -> Page[Organisation]:
    """List organisations: the given ones, or all of them."""
    query = sa.select(Organisation)
    if among is not None:
        query = query.where(Organisation.id.in_(among))
    return await page(session, query, Organisation, paging)


async def decisions(
    session: AsyncSession, organisation: Organisation, paging: PageRequest
) -> Page[Decision]:
    """List the decisions about an organisation."""
    query = sa.select(Decision).where(Decision.organisation_id == organisation.id)
    return await page(session, query, Decision, paging)


async def memberships(
    session: AsyncSession, organisation: Organisation, paging: PageRequest
) -> Page[Membership]:
    """List who acts for an organisation, with their names."""
    query = (
        sa.select(Membership)
        .where(Membership.organisation_id == organisation.id)
        .options(sa.orm.joinedload(Membership.user))
    )
    return await page(session, query, Membership, paging)


async def membership(
    session: AsyncSession, organisation: Organisation, membership_id: UUID
) -> Membership | None:
    """Find a membership of an organisation."""
    found: Membership | None = await session.scalar(
        sa.select(Membership)
        .where(Membership.id == membership_id, Membership.organisation_id == organisation.id)
        .options(sa.orm.joinedload(Membership.user))
    )
    return found


async def deputies(
    session: AsyncSession, membership: Membership, paging: PageRequest
) -> Page[Deputy]:
    """List who stands in for a member, now, later or before."""
    query = sa.select(Deputy).where(Deputy.membership_id == membership.id)
    return await page(session, query, Deputy, paging)


async def deputy(session: AsyncSession, membership: Membership, deputy_id: UUID) -> Deputy | None:
    """Find a deputy of a member."""
    found: Deputy | None = await session.scalar(
        sa.select(Deputy).where(Deputy.id == deputy_id, Deputy.membership_id == membership.id)
    )
    return found


async def invitations(
    session: AsyncSession, organisation: Organisation, paging: PageRequest
) -> Page[Invitation]:
    """List an organisation's invitations, open and closed."""
    query = sa.select(Invitation).where(Invitation.organisation_id == organisation.id)
    return await page(session, query, Invitation, paging)


async def invitation(
    session: AsyncSession, organisation: Organisation, invitation_id: UUID
) -> Invitation | None:
    """Find an invitation of an organisation."""
    found: Invitation | None = await session.scalar(
        sa.select(Invitation).where(
            Invitation.id == invitation_id, Invitation.organisation_id == organisation.id
        )
    )
    return found


async def api_keys(
    session: AsyncSession, organisation: Organisation, paging: PageRequest
) -> Page[ApiKey]:
    """List an organisation's keys, living and ended."""
    query = sa.select(ApiKey).where(ApiKey.organisation_id == organisation.id)
    return await page(session, query, ApiKey, paging)


async def api_key(session: AsyncSession, organisation: Organisation, key_id: UUID) -> ApiKey | None:
    """Find a key of an organisation."""
    found: ApiKey | None = await session.scalar(
        sa.select(ApiKey).where(ApiKey.id == key_id, ApiKey.organisation_id == organisation.id)
    )
    return found


async def trail(
    session: AsyncSession, organisation: Organisation, paging: PageRequest
) -> Page[TrailEntry]:
    """List what was done or tried about an organisation and its members' sign-ins, newest first."""
    members = sa.select(Membership.user_id).where(Membership.organisation_id == organisation.id)
    sign_in = sa.and_(TrailEntry.user_id.in_(members), TrailEntry.kind.startswith("session."))
    query = sa.select(TrailEntry).where(
        sa.or_(TrailEntry.organisation_id == organisation.id, sign_in)
    )
    return await page(session, query, TrailEntry, paging, newest_first=True)
