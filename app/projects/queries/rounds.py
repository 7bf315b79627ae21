"""Questions about rounds."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, PageRequest, page
from app.projects.models import Round, RoundDecision
from app.schemes.models import Scheme, SchemeState

_WHOLE = (sa.orm.joinedload(Round.scheme), sa.orm.joinedload(Round.policy))


async def one(session: AsyncSession, round_id: UUID) -> Round | None:
    """Find a round with its scheme and the policy that it froze."""
    return await session.get(Round, round_id, options=_WHOLE)


async def locked(session: AsyncSession, round_id: UUID) -> Round:
    """Keep a round as it is until this is done; with its scheme and policy."""
    return (
        await session.scalars(
            sa.select(Round)
            .where(Round.id == round_id)
            .options(*_WHOLE)
            .with_for_update(of=Round)
            .execution_options(populate_existing=True)
        )
    ).one()


async def shared(session: AsyncSession, round_id: UUID) -> Round:
    """Keep a round in its state until this is done, beside others who do; with its scheme."""
    return (
        await session.scalars(
            sa.select(Round)
            .where(Round.id == round_id)
            .options(*_WHOLE)
            .with_for_update(of=Round, read=True)
            .execution_options(populate_existing=True)
        )
    ).one()


async def public(session: AsyncSession, scheme: Scheme, paging: PageRequest) -> Page[Round]:
    """List the rounds of a scheme that everybody may read: those that opened."""
    query = sa.select(Round).where(Round.scheme_id == scheme.id, Round.policy_id.is_not(None))
    return await page(session, query, Round, paging)


async def public_one(session: AsyncSession, round_id: UUID) -> Round | None:
    """Find a round that everybody may read."""
    found: Round | None = await session.scalar(
        sa.select(Round)
        .join(Scheme, Scheme.id == Round.scheme_id)
        .where(
            Round.id == round_id,
            Round.policy_id.is_not(None),
            Scheme.state != SchemeState.DRAFT,
        )
    )
    return found


async def every_one(session: AsyncSession, scheme: Scheme, paging: PageRequest) -> Page[Round]:
    """List all rounds of a scheme, drafts included."""
    query = sa.select(Round).where(Round.scheme_id == scheme.id)
    return await page(session, query, Round, paging)


async def decisions(
    session: AsyncSession, of_round: Round, paging: PageRequest
) -> Page[RoundDecision]:
    """List what was decided about a round, newest first."""
    query = sa.select(RoundDecision).where(RoundDecision.round_id == of_round.id)
    return await page(session, query, RoundDecision, paging, newest_first=True)
