"""Questions about write-offs."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, PageRequest, page
from app.payouts.models import WriteOff, WriteOffState
from app.schemes.models import Scheme


async def of_scheme(session: AsyncSession, scheme: Scheme, paging: PageRequest) -> Page[WriteOff]:
    """List what was proposed in a scheme, newest first."""
    query = sa.select(WriteOff).where(WriteOff.scheme_id == scheme.id)
    return await page(session, query, WriteOff, paging, newest_first=True)


async def one(session: AsyncSession, scheme: Scheme, write_off_id: UUID) -> WriteOff | None:
    """Find a write-off of a scheme."""
    query = sa.select(WriteOff).where(WriteOff.id == write_off_id, WriteOff.scheme_id == scheme.id)
    found: WriteOff | None = await session.scalar(query)
    return found


async def waiting(session: AsyncSession, scheme: Scheme, entrepreneur_id: UUID) -> bool:
    """Tell whether one of an entrepreneur's waits for its decision."""
    query = sa.select(WriteOff.id).where(
        WriteOff.scheme_id == scheme.id,
        WriteOff.entrepreneur_id == entrepreneur_id,
        WriteOff.state == WriteOffState.PROPOSED,
    )
    return await session.scalar(query) is not None
