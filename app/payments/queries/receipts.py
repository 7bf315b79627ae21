"""Questions about receipts."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import database
from app.core.paging import Page, PageRequest, page
from app.payments.models import (
    Outgoing,
    OutgoingKind,
    OutgoingStatus,
    Purpose,
    Receipt,
    ReceiptPlace,
)
from app.schemes.models import Scheme


async def listed(
    session: AsyncSession, scheme: Scheme, place: ReceiptPlace | None, paging: PageRequest
) -> Page[Receipt]:
    """List what a scheme received, or what of it lies in one place; newest first."""
    query = sa.select(Receipt).where(Receipt.scheme_id == scheme.id)
    if place is not None:
        query = query.where(Receipt.place == place)
    return await page(session, query, Receipt, paging, newest_first=True)


async def one(session: AsyncSession, scheme: Scheme, receipt_id: UUID) -> Receipt | None:
    """Find a receipt of a scheme."""
    found: Receipt | None = await session.scalar(
        sa.select(Receipt).where(Receipt.id == receipt_id, Receipt.scheme_id == scheme.id)
    )
    return found


async def locked(session: AsyncSession, receipt_id: UUID) -> Receipt:
    """Keep a receipt as it is until this is done, and read it anew."""
    return await database.locked(session, Receipt, receipt_id)


async def being_sent_back(session: AsyncSession, receipt_id: UUID) -> Outgoing | None:
    """Find what sends money in suspense back to whoever sent it, unless that came to nothing."""
    found: Outgoing | None = await session.scalar(
        sa.select(Outgoing).where(
            Outgoing.kind == OutgoingKind.SEND_BACK,
            Outgoing.purpose == str(Purpose("receipt", receipt_id)),
            Outgoing.status.not_in(
                [OutgoingStatus.FAILED, OutgoingStatus.WITHHELD, OutgoingStatus.CLAWED_BACK]
            ),
        )
    )
    return found
