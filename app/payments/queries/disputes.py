"""Questions about disputes."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, PageRequest, page
from app.payments.models import Dispute, Payment
from app.schemes.models import Scheme


async def of_provider(session: AsyncSession, external_id: str) -> Dispute | None:
    """Find a dispute by the provider's name for it."""
    found: Dispute | None = await session.scalar(
        sa.select(Dispute).where(Dispute.external_id == external_id)
    )
    return found


async def listed(session: AsyncSession, scheme: Scheme, paging: PageRequest) -> Page[Dispute]:
    """List the disputes about payments of a scheme; newest first."""
    query = sa.select(Dispute).join(Payment, Payment.id == Dispute.payment_id)
    query = query.where(Payment.scheme_id == scheme.id)
    return await page(session, query, Dispute, paging, newest_first=True)
