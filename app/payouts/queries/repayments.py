"""Questions about what entrepreneurs pay back."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.payments.models import Payment, PaymentStatus, Receipt
from app.schemes.models import Scheme


async def expected_cents(session: AsyncSession, scheme: Scheme, purpose: str) -> int:
    """Say how much of a claim is expected to be paid back and has not come."""
    still = [status for status in PaymentStatus if status.is_open]
    came = (
        sa.select(sa.func.coalesce(sa.func.sum(Receipt.amount_cents), 0))
        .where(Receipt.payment_id == Payment.id)
        .correlate(Payment)
        .scalar_subquery()
    )
    query = sa.select(sa.func.sum(sa.func.greatest(0, Payment.amount_cents - came))).where(
        Payment.purpose == purpose, Payment.scheme_id == scheme.id, Payment.status.in_(still)
    )
    return int(await session.scalar(query) or 0)
