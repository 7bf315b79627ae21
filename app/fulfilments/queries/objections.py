"""Questions about objections to rejections and revocations."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, PageRequest, page
from app.fulfilments.models import (
    Fulfilment,
    FulfilmentDecision,
    FulfilmentDecisionKind,
    FulfilmentObjection,
)

ENDING = (
    FulfilmentDecisionKind.APPROVED,
    FulfilmentDecisionKind.REJECTED,
    FulfilmentDecisionKind.RETURNED,
    FulfilmentDecisionKind.REVOKED,
)


async def of_fulfilment(
    session: AsyncSession, fulfilment: Fulfilment, paging: PageRequest
) -> Page[FulfilmentObjection]:
    """List what was objected to about a fulfilment."""
    query = sa.select(FulfilmentObjection).where(FulfilmentObjection.fulfilment_id == fulfilment.id)
    return await page(session, query, FulfilmentObjection, paging)


async def one(
    session: AsyncSession, fulfilment: Fulfilment, objection_id: UUID
) -> FulfilmentObjection | None:
    """Find an objection about a fulfilment."""
    found: FulfilmentObjection | None = await session.scalar(
        sa.select(FulfilmentObjection).where(
            FulfilmentObjection.id == objection_id,
            FulfilmentObjection.fulfilment_id == fulfilment.id,
        )
    )
    return found


async def to_decision(session: AsyncSession, decision_id: UUID) -> FulfilmentObjection | None:
    """Find the objection to a decision."""
    found: FulfilmentObjection | None = await session.scalar(
        sa.select(FulfilmentObjection).where(FulfilmentObjection.decision_id == decision_id)
    )
    return found


async def last_decision(session: AsyncSession, fulfilment: Fulfilment) -> FulfilmentDecision | None:
    """Find the decision in which a fulfilment stands."""
    found: FulfilmentDecision | None = await session.scalar(
        sa.select(FulfilmentDecision)
        .where(
            FulfilmentDecision.fulfilment_id == fulfilment.id, FulfilmentDecision.kind.in_(ENDING)
        )
        .order_by(FulfilmentDecision.id.desc())
        .limit(1)
    )
    return found
