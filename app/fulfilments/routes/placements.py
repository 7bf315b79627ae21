"""Placements of building-block claims, and how candidates' keys are made."""

import asyncio
from datetime import date
from functools import lru_cache

from fastapi import Response

from app.core.database import Session, settings_of
from app.core.http import etags
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.fulfilments import candidates, queries
from app.fulfilments.access import ReadableFulfilment
from app.fulfilments.models import PlacementLine
from app.fulfilments.schemas.fulfilments import CandidateSaltView, PlacementView

router = router_of("", "Fulfilments")

EXAMPLE = ("van den Berg-Özdemir", "Élise Anna Maria", date(1990, 1, 31))


@router.get("/candidate-salt", response_model=CandidateSaltView)
async def read_candidate_salt(session: Session, response: Response) -> CandidateSaltView:
    """Read how candidates' keys are made, where the candidates work, and with which salt."""
    salt = candidates.salt(settings_of(session))
    example = await asyncio.to_thread(_example, salt)
    etags.mark_public(response)
    return CandidateSaltView(
        version=candidates.VERSION,
        salt=salt.hex(),
        cost=candidates.COST,
        block_size=candidates.BLOCK_SIZE,
        parallel=candidates.PARALLEL,
        key_bytes=candidates.KEY_BYTES,
        example_key=example.hex(),
    )


@lru_cache(maxsize=1)
def _example(salt: bytes) -> bytes:
    return candidates.key(salt, *EXAMPLE)


@router.get("/fulfilments/{fulfilment_id}/placements", response_model=PageOf[PlacementView])
async def list_placements(
    fulfilment: ReadableFulfilment, session: Session, paging: Paging
) -> Page[PlacementLine]:
    """List the placements of a building-block claim, with the arithmetic of each."""
    return await queries.placements.of_fulfilment(session, fulfilment, paging)
