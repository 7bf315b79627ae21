"""Questions about the splits of orders over obligations."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.fulfilments.models import Allocation, Fulfilment, FulfilmentState
from app.fulfilments.queries.fulfilments import is_contested
from app.obligations.models import Obligation, ObligationState
from app.orders.models import Order, OrderState
from app.projects.models import Project, ProjectState

FIRM = (
    ProjectState.FUNDED,
    ProjectState.RUNNING,
    ProjectState.REPORTING,
    ProjectState.COMPLETED,
)
"""Paid units of a project in these states fulfil obligations."""

PAID = (OrderState.PAID, OrderState.PARTLY_REFUNDED)

OPEN = tuple(state for state in ObligationState if state.is_open)


async def of_order(session: AsyncSession, order_id: UUID) -> Sequence[Allocation]:
    """List for which obligations units of an order are meant, oldest first."""
    query = sa.select(Allocation).where(Allocation.order_id == order_id).order_by(Allocation.id)
    return (await session.scalars(query.execution_options(populate_existing=True))).all()


async def share_of(session: AsyncSession, order_id: UUID, obligation_id: UUID, units: int) -> int:
    """Say what some units of an order count for provisionally of an obligation."""
    from_split = await of_order(session, order_id)
    return sum(each.share_of(units) for each in from_split if each.obligation_id == obligation_id)


async def provisional_cents(session: AsyncSession, obligation_id: UUID) -> int:
    """Say what units count for provisionally of an obligation."""
    total = sa.func.coalesce(sa.func.sum(Allocation.provisional_cents), 0)
    query = sa.select(total).where(Allocation.obligation_id == obligation_id)
    return int(await session.scalar(query) or 0)


async def unrecognised(session: AsyncSession, at_once: int) -> list[UUID]:
    """Name the orders that are firm, and have units for open obligations not counted yet."""
    query = (
        sa.select(Allocation.order_id)
        .join(Order, Order.id == Allocation.order_id)
        .join(Project, Project.id == Order.project_id)
        .join(Obligation, Obligation.id == Allocation.obligation_id)
        .where(
            Allocation.quantity_units > 0,
            Allocation.is_due,
            Order.state.in_(PAID),
            Project.state.in_(FIRM),
            Obligation.state.in_(OPEN),
        )
        .distinct()
        .order_by(Allocation.order_id)
        .limit(at_once)
    )
    return list(await session.scalars(query))


async def unclaimed(session: AsyncSession, at_once: int) -> list[UUID]:
    """Name the orders of which something counts provisionally though the time to claim is over.

    Not where claims wait that came in by the last day, or objections about them.
    """
    ends_at = sa.func.timezone(
        clock.TIME_ZONE, sa.cast(Obligation.recovery_ends_on, sa.DateTime()) + timedelta(days=1)
    )
    waits = sa.exists().where(
        Fulfilment.obligation_id == Obligation.id,
        Fulfilment.submitted_at < ends_at,
        sa.or_(Fulfilment.state == FulfilmentState.SUBMITTED, is_contested()),
    )
    query = (
        sa.select(Allocation.order_id)
        .join(Obligation, Obligation.id == Allocation.obligation_id)
        .where(
            Allocation.provisional_units > 0,
            Obligation.state == ObligationState.IN_RECOVERY,
            Obligation.recovery_ends_on < clock.today(),
            ~waits,
        )
        .distinct()
        .order_by(Allocation.order_id)
        .limit(at_once)
    )
    return list(await session.scalars(query))
