"""Questions about listings."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, PageRequest, page
from app.projects.models import Listing, Objection, ObjectionState, PlanVersion, Round, Valuation


async def of_round(session: AsyncSession, in_round: Round, paging: PageRequest) -> Page[Listing]:
    """List what came to the market in a round, the oldest first."""
    query = sa.select(Listing).where(Listing.round_id == in_round.id)
    return await page(session, query, Listing, paging)


async def of_project(session: AsyncSession, project_id: UUID) -> Listing:
    """Read what was frozen of a project that came to the market."""
    query = sa.select(Listing).where(Listing.project_id == project_id)
    return (await session.scalars(query)).one()


async def valued(session: AsyncSession, project_id: UUID) -> tuple[Valuation, PlanVersion]:
    """Read the valuation of a valued project that counts, and the plan that was valued."""
    found = await session.execute(
        sa.select(Valuation, PlanVersion)
        .join(PlanVersion, PlanVersion.id == Valuation.plan_version_id)
        .where(Valuation.project_id == project_id)
        .order_by(Valuation.number.desc())
        .limit(1)
    )
    valuation, version = found.one()
    return valuation, version


async def is_contested(session: AsyncSession, project_id: UUID) -> bool:
    """Tell whether an objection about a project waits for a decision."""
    waiting = sa.exists().where(
        Objection.project_id == project_id, Objection.state == ObjectionState.LODGED
    )
    return bool(await session.scalar(sa.select(waiting)))
