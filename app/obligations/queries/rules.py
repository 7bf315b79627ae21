"""Questions about rules: what applies, what applied, what is being written."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import drafting
from app.core.paging import Page, PageRequest, page
from app.obligations.models import Contract, RuleDraft, RuleVersion
from app.obligations.queries.contracts import only_reported
from app.obligations.rules import RuleChange, compare
from app.schemes.models import Authority


async def published(
    session: AsyncSession, authority_id: UUID, paging: PageRequest, on: date | None
) -> Page[RuleVersion]:
    """List the versions of an authority's rules, or the one that applies on a day."""
    whose = RuleVersion.authority_id == authority_id
    return await drafting.published(session, RuleVersion, whose, paging, on)


async def applying(session: AsyncSession, authority_id: UUID, on: date) -> RuleVersion | None:
    """Find the version that applies on a day: the last one that has begun by then."""
    return await drafting.applying(
        session, RuleVersion, RuleVersion.authority_id == authority_id, on
    )


async def last(session: AsyncSession, authority_id: UUID) -> RuleVersion | None:
    """Find the version that was published last, whether it has begun or not."""
    whose = RuleVersion.authority_id == authority_id
    return await drafting.last(session, RuleVersion, whose)


async def used_until(session: AsyncSession, authority_id: UUID) -> date | None:
    """Say up to which reference date contracts of an authority follow its rules.

    What only contractors told of holds nothing back: it follows whatever is published.
    """
    found: date | None = await session.scalar(
        sa.select(sa.func.max(Contract.awarded_on)).where(
            Contract.authority_id == authority_id,
            Contract.rules_id.is_not(None),
            ~only_reported(),
        )
    )
    return found


async def following_others(session: AsyncSession, authority_id: UUID, at_once: int) -> list[UUID]:
    """Name the contracts that should follow other rules than they do, or follow none yet."""
    right = (
        sa.select(RuleVersion.id)
        .where(
            RuleVersion.authority_id == Contract.authority_id,
            RuleVersion.valid_from <= Contract.awarded_on,
        )
        .order_by(RuleVersion.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        sa.select(Contract.id)
        .where(
            Contract.authority_id == authority_id,
            sa.or_(Contract.rules_id.is_(None), only_reported()),
            sa.func.coalesce(Contract.rules_id != right, right.is_not(None)),
        )
        .order_by(Contract.id)
        .limit(at_once)
    )
    return list(await session.scalars(query))


async def one(session: AsyncSession, authority_id: UUID, rules_id: UUID) -> RuleVersion | None:
    """Find a published version of an authority."""
    found: RuleVersion | None = await session.scalar(
        sa.select(RuleVersion).where(
            RuleVersion.id == rules_id, RuleVersion.authority_id == authority_id
        )
    )
    return found


async def changes(session: AsyncSession, version: RuleVersion) -> list[RuleChange]:
    """Compare a version with the one before."""
    before = await session.scalar(
        sa.select(RuleVersion).where(
            RuleVersion.authority_id == version.authority_id,
            RuleVersion.number == version.number - 1,
        )
    )
    return compare(before.rules if before else None, version.rules)


async def changes_of_draft(session: AsyncSession, draft: RuleDraft) -> list[RuleChange]:
    """Compare a draft with what was published last."""
    before = await last(session, draft.authority_id)
    return compare(before.rules if before else None, draft.rules)


async def drafts(
    session: AsyncSession, authority: Authority, paging: PageRequest
) -> Page[RuleDraft]:
    """List what the people of an authority are writing."""
    query = sa.select(RuleDraft).where(RuleDraft.authority_id == authority.id)
    return await page(session, query, RuleDraft, paging)


async def draft(session: AsyncSession, authority: Authority, draft_id: UUID) -> RuleDraft | None:
    """Find a draft of an authority."""
    found: RuleDraft | None = await session.scalar(
        sa.select(RuleDraft).where(RuleDraft.id == draft_id, RuleDraft.authority_id == authority.id)
    )
    return found
