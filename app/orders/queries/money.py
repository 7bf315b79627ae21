"""What came and went for an order."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.core.paging import Page, PageRequest, page
from app.ledger.chart import DEPOSIT, RESULT_PART, START_PART, Account
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
    """Say how much of an account is there because of one project.

    An entry's lines say what they are about. A project's are those about itself, its orders, and
    whatever else moved the money that is earmarked for it: a payout, say.
    """
    is_normal = LedgerLine.side == LedgerAccount.side
    signed = sa.case((is_normal, LedgerLine.amount), else_=-LedgerLine.amount)
    its_account, its_line = aliased(LedgerAccount), aliased(LedgerLine)
    moved_its_money = (
        sa.select(its_line.about_id)
        .join(its_account, its_account.id == its_line.account_id)
        .where(
            its_account.owner_id == project_id,
            its_account.kind.in_([kind.code for kind in EARMARKED]),
        )
    )
    of_its_orders = sa.select(Order.id).where(Order.project_id == project_id)
    query = (
        sa.select(sa.func.sum(signed))
        .join(LedgerAccount, LedgerAccount.id == LedgerLine.account_id)
        .where(
            LedgerAccount.ledger_id == account.ledger_id,
            LedgerAccount.kind == account.kind.code,
            LedgerAccount.owner_id == account.owner_id,
            sa.or_(
                LedgerLine.about_id == project_id,
                LedgerLine.about_id.in_(moved_its_money),
                LedgerLine.about_id.in_(of_its_orders),
            ),
        )
    )
    return max(int(await session.scalar(query) or 0), 0)


EARMARKED = (DEPOSIT, START_PART, RESULT_PART)
"""Where the money of one project is."""


async def parts(session: AsyncSession, order: Order, paging: PageRequest) -> Page[OrderPart]:
    """List what an order lost, oldest first."""
    query = sa.select(OrderPart).where(OrderPart.order_id == order.id)
    return await page(session, query, OrderPart, paging)
