"""What came and went for an order."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, PageRequest, page
from app.orders.models import Order
from app.payments.models import Outgoing, Payment, PaymentStatus, Receipt


async def payments(session: AsyncSession, order: Order, paging: PageRequest) -> Page[Payment]:
    """List how an order was or is to be paid, newest first."""
    query = sa.select(Payment).where(Payment.purpose == order.purpose)
    return await page(session, query, Payment, paging, newest_first=True)


async def open_payment(session: AsyncSession, order: Order) -> Payment | None:
    """Find the payment of an order that can still be paid."""
    still = [status for status in PaymentStatus if status.is_open]
    found: Payment | None = await session.scalar(
        sa.select(Payment)
        .where(Payment.purpose == order.purpose, Payment.status.in_(still))
        .limit(1)
    )
    return found


async def receipts(session: AsyncSession, order: Order) -> Sequence[Receipt]:
    """List what came for an order, oldest first."""
    query = (
        sa.select(Receipt)
        .join(Payment, Payment.id == Receipt.payment_id)
        .where(Payment.purpose == order.purpose)
        .order_by(Receipt.id)
    )
    return (await session.scalars(query)).all()


async def outgoings(session: AsyncSession, order: Order) -> Sequence[Outgoing]:
    """List what went back for an order, or is to, oldest first."""
    query = sa.select(Outgoing).where(Outgoing.purpose == order.purpose).order_by(Outgoing.id)
    return (await session.scalars(query)).all()
