"""What came and went for an order."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, PageRequest, page
from app.ledger.chart import Account
from app.ledger.models import LedgerAccount, LedgerLine
from app.orders.models import Order, OrderPart
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


async def about_project(session: AsyncSession, account: Account, project_id: UUID) -> int:
    """Say how much of an account is there because of one project: of its orders, or itself.

    Who pays out of it what belongs to a project says, in the entry's line, that it is about it.
    """
    is_normal = LedgerLine.side == LedgerAccount.side
    signed = sa.case((is_normal, LedgerLine.amount), else_=-LedgerLine.amount)
    of_its_orders = sa.select(Order.id).where(Order.project_id == project_id)
    query = (
        sa.select(sa.func.sum(signed))
        .join(LedgerAccount, LedgerAccount.id == LedgerLine.account_id)
        .where(
            LedgerAccount.ledger_id == account.ledger_id,
            LedgerAccount.kind == account.kind.code,
            LedgerAccount.owner_id == account.owner_id,
            sa.or_(LedgerLine.about_id == project_id, LedgerLine.about_id.in_(of_its_orders)),
        )
    )
    return max(int(await session.scalar(query) or 0), 0)


async def parts(session: AsyncSession, order: Order, paging: PageRequest) -> Page[OrderPart]:
    """List what an order lost, oldest first."""
    query = sa.select(OrderPart).where(OrderPart.order_id == order.id)
    return await page(session, query, OrderPart, paging)
