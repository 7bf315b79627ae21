"""Questions about receipts."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, PageRequest, page
from app.payments.models import Receipt, ReceiptPlace
from app.schemes.models import Scheme


async def listed(
    session: AsyncSession, scheme: Scheme, place: ReceiptPlace | None, paging: PageRequest
) -> Page[Receipt]:
    """List what a scheme received, or what of it lies in one place; newest first."""
    query = sa.select(Receipt).where(Receipt.scheme_id == scheme.id)
    if place is not None:
        query = query.where(Receipt.place == place)
    return await page(session, query, Receipt, paging, newest_first=True)


async def of_payment(session: AsyncSession, payment_id: UUID) -> list[Receipt]:
    """List what came for a payment, the first first."""
    query = sa.select(Receipt).where(Receipt.payment_id == payment_id).order_by(Receipt.id)
    return list(await session.scalars(query))
