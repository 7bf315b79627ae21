"""What the public log says of a fulfilment, up to a checkpoint."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.fulfilments.models import FulfilmentDecision
from app.transparency.models import LogLeaf
from app.transparency.verifier import Counted, Counting


async def counted(session: AsyncSession, fulfilment_id: UUID, size: int) -> Counted | None:
    """Add up what the first leaves say of a fulfilment; None where it does not count (any more)."""
    query = (
        sa.select(LogLeaf.index, LogLeaf.entry)
        .join(FulfilmentDecision, FulfilmentDecision.id == LogLeaf.subject_id)
        .where(
            LogLeaf.source == "fulfilments",
            FulfilmentDecision.fulfilment_id == fulfilment_id,
            LogLeaf.index < size,
        )
    )
    counting = Counting()
    for index, entry in await session.execute(query.order_by(LogLeaf.index)):
        counting.count(index, entry)
    return counting.fulfilments.get(fulfilment_id)
