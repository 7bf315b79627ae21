"""Questions about payments."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import database
from app.core.paging import Page, PageRequest, page
from app.organisations.models import Organisation
from app.payments.models import Payment
from app.schemes.models import Scheme


async def locked(session: AsyncSession, payment_id: UUID) -> Payment:
    """Keep a payment as it is until this is done, and read it anew."""
    return await database.locked(session, Payment, payment_id, others_refer=True)


async def listed(
    session: AsyncSession, of: Scheme | Organisation, paging: PageRequest
) -> Page[Payment]:
    """List the payments of a scheme, or those that an organisation is to make; newest first."""
    column = Payment.scheme_id if isinstance(of, Scheme) else Payment.payer_id
    query = sa.select(Payment).where(column == of.id)
    return await page(session, query, Payment, paging, newest_first=True)


async def one(session: AsyncSession, of: Scheme | Organisation, payment_id: UUID) -> Payment | None:
    """Find a payment of a scheme, or of a payer."""
    column = Payment.scheme_id if isinstance(of, Scheme) else Payment.payer_id
    found: Payment | None = await session.scalar(
        sa.select(Payment).where(Payment.id == payment_id, column == of.id)
    )
    return found
