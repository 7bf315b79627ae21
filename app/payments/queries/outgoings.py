"""Questions about outgoings."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import database
from app.core.paging import Page, PageRequest, page
from app.payments.models import Outgoing, OutgoingStatus
from app.schemes.models import Scheme


async def locked(session: AsyncSession, outgoing_id: UUID) -> Outgoing:
    """Keep an outgoing as it is until this is done, and read it anew."""
    return await database.locked(session, Outgoing, outgoing_id)


async def listed(
    session: AsyncSession, scheme: Scheme, status: OutgoingStatus | None, paging: PageRequest
) -> Page[Outgoing]:
    """List what leaves a scheme, or what of it stands so; newest first."""
    query = sa.select(Outgoing).where(Outgoing.scheme_id == scheme.id)
    if status is not None:
        query = query.where(Outgoing.status == status)
    return await page(session, query, Outgoing, paging, newest_first=True)


async def one(session: AsyncSession, scheme: Scheme, outgoing_id: UUID) -> Outgoing | None:
    """Find an outgoing of a scheme."""
    found: Outgoing | None = await session.scalar(
        sa.select(Outgoing).where(Outgoing.id == outgoing_id, Outgoing.scheme_id == scheme.id)
    )
    return found
