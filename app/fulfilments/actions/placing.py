"""Write the placements of a claim, as long as it is a draft."""

from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import settings_of
from app.fulfilments import candidates
from app.fulfilments.models import Fulfilment, PlacementLine
from app.fulfilments.schemas.claims import BuildingBlockClaim, PlacementPart


async def write_lines(
    session: AsyncSession, fulfilment: Fulfilment, claim: BuildingBlockClaim
) -> None:
    """Write the placements of a claim in place of those that were there."""
    of_claim = PlacementLine.fulfilment_id == fulfilment.id
    await session.execute(sa.delete(PlacementLine).where(of_claim))
    settings = settings_of(session)
    for number, each in enumerate(claim.placements, 1):
        mark = candidates.mark(settings, bytes.fromhex(each.candidate_key))
        session.add(_line(fulfilment, number, Decimal(mark), each))
    await session.flush()


def _line(
    fulfilment: Fulfilment, number: int, mark: Decimal, placed: PlacementPart
) -> PlacementLine:
    return PlacementLine(
        fulfilment_id=fulfilment.id,
        number=number,
        candidate_mark=mark,
        **placed.model_dump(exclude={"candidate_key"}),
    )
