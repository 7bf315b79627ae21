"""Questions about orders."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import database
from app.core.paging import Page, PageRequest, page
from app.orders.models import Order, OrderDecision, OrderPart, OrderState
from app.orders.postings import Amounts
from app.organisations.models import Organisation
from app.projects.models import Project
from app.schemes.models import Scheme


async def one(session: AsyncSession, order_id: UUID) -> Order | None:
    """Find an order."""
    return await session.get(Order, order_id)


async def paid_with(session: AsyncSession, order_id: UUID) -> Sequence[Order]:
    """List an order, and those that its money was moved to in however many steps: it first."""
    query = sa.select(Order).where(sa.or_(Order.id == order_id, Order.origin_id == order_id))
    first = Order.origin_id.is_not(None)
    return (await session.scalars(query.order_by(first, Order.id))).all()


async def locked(session: AsyncSession, order_id: UUID) -> Order:
    """Keep an order as it is until this is done; its project must be locked before, if at all."""
    return await database.locked(session, Order, order_id)


async def locked_paid(session: AsyncSession, project_id: UUID) -> Sequence[Order]:
    """Keep the paid orders of a project, which is locked, as they are; oldest first."""
    query = (
        sa.select(Order)
        .where(Order.project_id == project_id, Order.state.in_(SOLD))
        .order_by(Order.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).all()


async def locked_project(session: AsyncSession, project_id: UUID) -> Project:
    """Keep a project's sale as it is until this is done: before its orders, and before the books.

    Others may reserve meanwhile: an order that refers to the project does not wait for this lock.
    """
    return (
        await session.scalars(
            sa.select(Project)
            .where(Project.id == project_id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    ).one()


async def of_buyer(session: AsyncSession, buyer: Organisation, paging: PageRequest) -> Page[Order]:
    """List what an organisation ordered, newest first."""
    query = sa.select(Order).where(Order.buyer_id == buyer.id)
    return await page(session, query, Order, paging, newest_first=True)


async def of_scheme(session: AsyncSession, scheme: Scheme, paging: PageRequest) -> Page[Order]:
    """List what was ordered in a scheme, newest first."""
    query = sa.select(Order).where(Order.scheme_id == scheme.id)
    return await page(session, query, Order, paging, newest_first=True)


async def decisions(
    session: AsyncSession, order: Order, paging: PageRequest
) -> Page[OrderDecision]:
    """List what happened to an order, oldest first."""
    query = sa.select(OrderDecision).where(OrderDecision.order_id == order.id)
    return await page(session, query, OrderDecision, paging)


async def overdue(session: AsyncSession, now: datetime, most: int) -> Sequence[UUID]:
    """Find reservations whose time is up, the longest first."""
    found = await session.scalars(
        sa.select(Order.id)
        .where(Order.state == OrderState.RESERVED, Order.reserved_until <= now)
        .order_by(Order.reserved_until)
        .limit(most)
    )
    return found.all()


SOLD = (OrderState.PAID, OrderState.PARTLY_REFUNDED, OrderState.DISPUTED)
"""What counts for the threshold: a dispute is not lost yet."""


async def sold(session: AsyncSession, project_id: UUID) -> tuple[int, Amounts]:
    """Say how many units of a project are paid and not undone, and what they add up to."""
    sold = (Order.project_id == project_id, Order.state.in_(SOLD))
    orders = sa.select(*_sums(Order)).where(*sold)
    undone = sa.select(*_sums(OrderPart)).join(Order, Order.id == OrderPart.order_id).where(*sold)
    units, *amounts = (await session.execute(orders)).one()
    undone_units, *undone_amounts = (await session.execute(undone)).one()
    return units - undone_units, Amounts(*amounts) - Amounts(*undone_amounts)


def _sums(kind: type[Order | OrderPart]) -> Iterator[sa.ColumnElement[int]]:
    for column in (
        kind.quantity_units,
        kind.total_cents,
        kind.vat_sale_cents,
        kind.fee_cents,
        kind.vat_fee_cents,
    ):
        yield sa.cast(sa.func.coalesce(sa.func.sum(column), 0), sa.BigInteger)


async def of_project(
    session: AsyncSession, project_id: UUID, *states: OrderState
) -> Sequence[UUID]:
    """Find the orders of a project that are in some states, oldest first."""
    query = (
        sa.select(Order.id)
        .where(Order.project_id == project_id, Order.state.in_(states))
        .order_by(Order.id)
    )
    return (await session.scalars(query)).all()
