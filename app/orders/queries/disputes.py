"""Questions about disputes of what was paid for orders."""

from collections.abc import Set as AbstractSet
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.ledger.chart import OPERATOR_LOSS
from app.ledger.models import LedgerAccount, LedgerEntry, LedgerLine, LedgerReference
from app.orders.models import Order, OrderPart
from app.orders.postings import lost_by, made_good_by
from app.payments.models import Dispute, DisputeStatus, Outgoing, Payment, Receipt


async def came_in_vain(session: AsyncSession, order: Order) -> AbstractSet[UUID]:
    """Find the receipts that did not pay an order: their money went back, or is to.

    The books tell in turn what became of each. What came in parts waits until all of it is there,
    and pays the order together; or the order ends first, or can't be paid, and all of it goes back.
    """
    prefix = f"order/{order.id}/"
    query = (
        sa.select(LedgerEntry.kind, LedgerEntry.reference)
        .join(LedgerReference, LedgerReference.id == LedgerEntry.id)
        .where(LedgerReference.reference >= prefix, LedgerReference.reference < f"{prefix}~")
        .order_by(LedgerEntry.id)
    )
    in_vain: set[UUID] = set()
    waiting: set[UUID] = set()
    for kind, reference in await session.execute(query):
        if kind in {"order.received", "order.received-in-vain"}:
            waiting.add(UUID(reference.rpartition("/")[2]))
        if kind in {"order.given-back", "order.received-in-vain"}:
            in_vain |= waiting
        if kind in {"order.given-back", "order.received-in-vain", "order.paid"}:
            waiting.clear()
    return in_vain


async def paid(session: AsyncSession, payment: Payment, in_vain: AbstractSet[UUID]) -> bool:
    """Tell whether a payment brought anything that did not come in vain."""
    query = sa.exists().where(Receipt.payment_id == payment.id, Receipt.id.not_in(in_vain))
    return bool(await session.scalar(sa.select(query)))


async def others_open(
    session: AsyncSession, dispute: Dispute, payment: Payment, in_vain: AbstractSet[UUID]
) -> bool:
    """Tell whether another dispute about what was bought with a payment is not decided yet."""
    query = sa.exists().where(
        Payment.purpose == payment.purpose,
        Dispute.payment_id == Payment.id,
        Dispute.id != dispute.id,
        Dispute.status == DisputeStatus.OPEN,
        Receipt.payment_id == Payment.id,
        Receipt.id.not_in(in_vain),
    )
    return bool(await session.scalar(sa.select(query)))


async def is_entered(session: AsyncSession, dispute: Dispute, payment: Payment) -> bool:
    """Tell whether the books know already that a dispute was lost."""
    undone = sa.exists().where(OrderPart.dispute_id == dispute.id)
    borne = sa.exists().where(LedgerReference.reference == f"{payment.purpose}/lost/{dispute.id}")
    return bool(await session.scalar(sa.select(sa.or_(undone, borne))))


async def is_made_good(session: AsyncSession, order: Order, refund: Outgoing) -> bool:
    """Tell whether the books know already that a refund which failed is not owed."""
    found = sa.exists().where(LedgerReference.reference == made_good_by(order, refund.id))
    return bool(await session.scalar(sa.select(found)))


async def borne(session: AsyncSession, order: Order, refund: Outgoing) -> int:
    """Say what the operator still bears of what disputes of a refund's payment took too much."""
    disputes = sa.select(Dispute.id).where(Dispute.payment_id == refund.payment_id)
    refunds = sa.select(Outgoing.id).where(Outgoing.payment_id == refund.payment_id)
    names = [lost_by(order, each) for each in await session.scalars(disputes)]
    names += [made_good_by(order, each) for each in await session.scalars(refunds)]
    is_normal = LedgerLine.side == LedgerAccount.side
    signed = sa.case((is_normal, LedgerLine.amount), else_=-LedgerLine.amount)
    query = (
        sa.select(sa.func.sum(signed))
        .join_from(LedgerReference, LedgerLine, LedgerLine.entry_id == LedgerReference.id)
        .join(LedgerAccount, LedgerAccount.id == LedgerLine.account_id)
        .where(
            LedgerReference.reference.in_(names),
            LedgerAccount.kind == OPERATOR_LOSS.code,
        )
    )
    return int(await session.scalar(query) or 0)
