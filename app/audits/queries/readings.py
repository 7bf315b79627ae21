"""What auditors read."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.models import AuditReading
from app.core.paging import Page, PageRequest, page


async def listed(
    session: AsyncSession, whose: sa.ColumnElement[bool], paging: PageRequest
) -> Page[AuditReading]:
    """List readings, newest first."""
    query = sa.select(AuditReading).where(whose)
    return await page(session, query, AuditReading, paging, newest_first=True)
