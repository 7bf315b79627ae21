"""What is known of the invariants."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.models import IntegrityCheck


async def checks(session: AsyncSession) -> dict[str, IntegrityCheck]:
    """Read what was found last, by the name of the invariant."""
    return {row.name: row for row in await session.scalars(sa.select(IntegrityCheck))}
