"""Questions about the files that prove what a claim says."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.fulfilments.models import Fulfilment, FulfilmentEvidence


async def of_fulfilment(session: AsyncSession, fulfilment_id: UUID) -> Sequence[FulfilmentEvidence]:
    """List what proves a claim now, with its files, oldest first."""
    query = _with_files(fulfilment_id).where(FulfilmentEvidence.removed_at.is_(None))
    return (await session.scalars(query)).all()


async def ever_submitted(
    session: AsyncSession, fulfilment_id: UUID
) -> Sequence[FulfilmentEvidence]:
    """List what a claim was ever submitted with, what was taken off later too."""
    query = _with_files(fulfilment_id).where(FulfilmentEvidence.submitted_at.is_not(None))
    return (await session.scalars(query)).all()


def _with_files(fulfilment_id: UUID) -> sa.Select[FulfilmentEvidence]:
    return (
        sa.select(FulfilmentEvidence)
        .where(FulfilmentEvidence.fulfilment_id == fulfilment_id)
        .options(sa.orm.joinedload(FulfilmentEvidence.file))
        .order_by(FulfilmentEvidence.id)
    )


async def one(
    session: AsyncSession, fulfilment: Fulfilment, evidence_id: UUID
) -> FulfilmentEvidence | None:
    """Find a file of a claim, taken off or not."""
    query = _with_files(fulfilment.id).where(FulfilmentEvidence.id == evidence_id)
    found: FulfilmentEvidence | None = await session.scalar(query)
    return found
