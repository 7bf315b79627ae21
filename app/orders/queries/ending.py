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


async def sales_to_end(session: AsyncSession, state: RoundState) -> Sequence[UUID]:
    """Find projects of rounds in a state that are still listed, or still have units for sale.

    Those whose units stay on sale for a while are among them: who ends a sale looks at its terms.
    Each step has an index, from the rounds down, so that its cost follows the rounds in the state.
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
        .where(Round.state == state, sa.or_(Project.state == ProjectState.LISTED, unsold))
        .order_by(Listing.project_id)
    )
    return found.all()


async def missed(session: AsyncSession, state: RoundState) -> Sequence[UUID]:
    """Find projects of rounds in a state that missed their threshold and still have paid orders."""
    paid = sa.exists().where(Order.project_id == Project.id, Order.state.in_(REFUNDABLE))
    found = await session.scalars(
        sa.select(Project.id)
        .join(Round, Round.id == Project.round_id)
        .where(Round.state == state, Project.state == ProjectState.NOT_FUNDED, paid)
        .order_by(Project.id)
    )
    return found.all()
