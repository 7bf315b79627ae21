"""Questions about policies: what applies, what applied, what is being written."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import drafting
from app.core.paging import Page, PageRequest, page
from app.schemes.models import Policy, PolicyDraft, Scheme


async def published(
    session: AsyncSession, scheme_id: UUID, paging: PageRequest, on: date | None
) -> Page[Policy]:
    """List the published policies of a scheme by number, or the one that applies on a day."""
    whose = Policy.scheme_id == scheme_id
    return await drafting.published(session, Policy, whose, paging, on)


async def applying(session: AsyncSession, scheme_id: UUID, on: date) -> Policy | None:
    """Find the policy that applies on a day: the last one that has begun by then."""
    return await drafting.applying(session, Policy, Policy.scheme_id == scheme_id, on)


async def last(session: AsyncSession, scheme_id: UUID) -> Policy | None:
    """Find the policy that was published last, whether it has begun or not."""
    return await drafting.last(session, Policy, Policy.scheme_id == scheme_id)


async def one(session: AsyncSession, scheme_id: UUID, policy_id: UUID) -> Policy | None:
    """Find a published policy of a scheme."""
    found: Policy | None = await session.scalar(
        sa.select(Policy).where(Policy.id == policy_id, Policy.scheme_id == scheme_id)
    )
    return found


async def drafts(session: AsyncSession, scheme: Scheme, paging: PageRequest) -> Page[PolicyDraft]:
    """List what the operator of a scheme is writing."""
    query = sa.select(PolicyDraft).where(PolicyDraft.scheme_id == scheme.id)
    return await page(session, query, PolicyDraft, paging)


async def draft(session: AsyncSession, scheme: Scheme, draft_id: UUID) -> PolicyDraft | None:
    """Find a draft of a scheme."""
    found: PolicyDraft | None = await session.scalar(
        sa.select(PolicyDraft).where(PolicyDraft.id == draft_id, PolicyDraft.scheme_id == scheme.id)
    )
    return found
