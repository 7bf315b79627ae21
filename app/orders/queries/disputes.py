"""Questions about disputes of what was paid for orders."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.ledger.models import LedgerReference
from app.orders.models import OrderPart
from app.payments.models import Dispute, DisputeStatus, Payment


async def others_open(session: AsyncSession, dispute: Dispute, payment: Payment) -> bool:
    """Tell whether another dispute about the same purpose is not decided yet."""
    query = sa.exists().where(
        Payment.purpose == payment.purpose,
        Dispute.payment_id == Payment.id,
        Dispute.id != dispute.id,
        Dispute.status == DisputeStatus.OPEN,
    )
    return bool(await session.scalar(sa.select(query)))


async def is_entered(session: AsyncSession, dispute: Dispute, payment: Payment) -> bool:
    """Tell whether the books know already that a dispute was lost."""
    undone = sa.exists().where(OrderPart.dispute_id == dispute.id)
    borne = sa.exists().where(LedgerReference.reference == f"{payment.purpose}/lost/{dispute.id}")
    return bool(await session.scalar(sa.select(sa.or_(undone, borne))))
