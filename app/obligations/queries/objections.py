"""Questions about objections to sanctions and refused waivers."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, PageRequest, page
from app.obligations.models import ContestState, Obligation, ObligationObjection


async def of_obligation(
    session: AsyncSession, obligation: Obligation, paging: PageRequest
) -> Page[ObligationObjection]:
    """List what was objected to about an obligation."""
    query = sa.select(ObligationObjection).where(ObligationObjection.obligation_id == obligation.id)
    return await page(session, query, ObligationObjection, paging)


async def one(
    session: AsyncSession, obligation_id: UUID, objection_id: UUID
) -> ObligationObjection | None:
    """Find an objection about an obligation."""
    found: ObligationObjection | None = await session.scalar(
        sa.select(ObligationObjection).where(
            ObligationObjection.id == objection_id,
            ObligationObjection.obligation_id == obligation_id,
        )
    )
    return found


async def to_proposal(session: AsyncSession, proposal_id: UUID) -> ObligationObjection | None:
    """Find the objection to what became of a proposal."""
    found: ObligationObjection | None = await session.scalar(
        sa.select(ObligationObjection).where(ObligationObjection.proposal_id == proposal_id)
    )
    return found


async def waits(session: AsyncSession, obligation_id: UUID) -> bool:
    """Tell whether an objection about an obligation waits for its decision."""
    lodged = sa.exists().where(
        ObligationObjection.obligation_id == obligation_id,
        ObligationObjection.state == ContestState.LODGED,
    )
    return bool(await session.scalar(sa.select(lodged)))
