"""What is owed back for orders, and has no way to leave yet."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, PageRequest
from app.ledger.chart import REFUND_DUE, Book, ledger_id
from app.ledger.models import LedgerAccount, LedgerLine
from app.orders.models import Order
from app.payments.models import Outgoing, OutgoingStatus
from app.schemes.models import Scheme

WAITING = (OutgoingStatus.PLANNED, OutgoingStatus.APPROVED)
"""What is planned and has not left `refund_due` yet."""


@dataclass(frozen=True, slots=True)
class Stranded:
    """Money that is owed back for what an order paid, and that nobody is sending."""

    id: UUID
    """Of the order that was paid with it; lists go on from it."""
    buyer_id: UUID
    cents: int

    @property
    def order_id(self) -> UUID:
        """The order's id, as the wire has it."""
        return self.id


async def stranded(session: AsyncSession, scheme: Scheme, paging: PageRequest) -> Page[Stranded]:
    """List what is owed back in a scheme and is not planned to leave, by its orders' age.

    Its bank transfer did not say from which account it came, or it was refused on its way back.
    """
    query = _stranded(scheme.id, paging.after, None)
    rows = (await session.execute(query.limit(paging.limit + 1))).all()
    found = [Stranded(row.order_id, row.buyer_id, row.cents) for row in rows]
    return Page(found, paging.limit)


async def stranded_cents(session: AsyncSession, order: Order) -> int:
    """Say how much is owed back for what an order paid, and is not planned to leave."""
    query = _stranded(order.scheme_id, None, order.paid_order_id)
    row = (await session.execute(query)).one_or_none()
    return row.cents if row else 0


def _stranded(scheme_id: UUID, after: UUID | None, order_id: UUID | None) -> sa.Select[Any]:
    owed = _owed(scheme_id).subquery()
    planned = (
        sa.select(sa.func.coalesce(sa.func.sum(Outgoing.amount_cents), 0))
        .where(
            Outgoing.purpose == sa.literal("order/") + sa.cast(owed.c.order_id, sa.Text),
            Outgoing.status.in_(WAITING),
        )
        .scalar_subquery()
    )
    cents = sa.cast(owed.c.cents - planned, sa.BigInteger).label("cents")
    query = sa.select(owed.c.order_id, owed.c.buyer_id, cents).where(cents > 0)
    if after is not None:
        query = query.where(owed.c.order_id > after)
    if order_id is not None:
        query = query.where(owed.c.order_id == order_id)
    return query.order_by(owed.c.order_id)


def _owed(scheme_id: UUID) -> sa.Select[UUID, UUID, Any]:
    """Add up what is owed by the orders that were paid.

    Few buyers are owed something at a time, and their accounts' balances say which.
    """
    is_normal = LedgerLine.side == LedgerAccount.side
    signed = sa.case((is_normal, LedgerLine.amount), else_=-LedgerLine.amount)
    paid = sa.func.coalesce(Order.origin_id, Order.id)
    return (
        sa.select(paid.label("order_id"), Order.buyer_id, sa.func.sum(signed).label("cents"))
        .join_from(LedgerAccount, LedgerLine, LedgerLine.account_id == LedgerAccount.id)
        .join(Order, Order.id == LedgerLine.about_id)
        .where(
            LedgerAccount.ledger_id == ledger_id(scheme_id, Book.MONEY),
            LedgerAccount.kind == REFUND_DUE.code,
            LedgerAccount.posted > 0,
        )
        .group_by(paid, Order.buyer_id)
    )
