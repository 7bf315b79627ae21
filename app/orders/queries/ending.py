"""Which sales are over and not ended yet, and which orders are to be refunded."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.ledger.chart import FOR_SALE
from app.ledger.models import LedgerAccount
from app.orders.models import Order, OrderState
from app.projects.models import Listing, Project, ProjectState, Round, RoundState

REFUNDABLE = (OrderState.PAID, OrderState.PARTLY_REFUNDED)

OVER = (RoundState.ENDED, RoundState.SETTLED)


async def sales_to_end(session: AsyncSession) -> Sequence[UUID]:
    """Find projects of ended rounds that are still listed, or still have units for sale.

    Those whose units stay on sale for a while are among them: who ends a sale looks at its terms.
    """
    unsold = sa.exists().where(
        LedgerAccount.owner_id == Listing.project_id,
        LedgerAccount.kind == FOR_SALE.code,
        LedgerAccount.posted > 0,
    )
    found = await session.scalars(
        sa.select(Listing.project_id)
        .join(Project, Project.id == Listing.project_id)
        .join(Round, Round.id == Listing.round_id)
        .where(Round.state.in_(OVER), sa.or_(Project.state == ProjectState.LISTED, unsold))
        .order_by(Listing.project_id)
    )
    return found.all()


async def orders_to_refund(session: AsyncSession) -> Sequence[UUID]:
    """Find paid orders of projects that missed their threshold, oldest first."""
    found = await session.scalars(
        sa.select(Order.id)
        .join(Project, Project.id == Order.project_id)
        .where(Order.state.in_(REFUNDABLE), Project.state == ProjectState.NOT_FUNDED)
        .order_by(Order.id)
    )
    return found.all()
