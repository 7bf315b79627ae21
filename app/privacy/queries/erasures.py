"""Questions about erasures."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.paging import Page, PageRequest, page
from app.privacy.models import Erasure


async def listed(session: AsyncSession, paging: PageRequest) -> Page[Erasure]:
    """List who was erased, by id, newest first."""
    return await page(session, sa.select(Erasure), Erasure, paging, newest_first=True)
