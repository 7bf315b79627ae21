"""The log as C2SP's tlog-tiles serves it: a few resources that caches keep for ever."""

from fastapi import APIRouter, Response

from app.core.database import Session
from app.core.problems import NotFound
from app.transparency import queries, tiles
from app.transparency.proofs import MEDIA_TYPE
from app.transparency.tiles import Tile

router = APIRouter(include_in_schema=False)

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
MOMENTS = {"Cache-Control": "public, max-age=2"}


@router.get("/log/checkpoint")
async def read_newest_checkpoint(session: Session) -> Response:
    """Read what the log signed last, with what witnesses said of it."""
    found = await queries.checkpoint(session)
    if found is None:
        message = "The log has signed nothing yet."
        raise NotFound(message)
    note = await queries.note(session, found)
    return Response(note, media_type=MEDIA_TYPE, headers=MOMENTS)


@router.get("/log/tile/{path:path}")
async def read_tile(path: str, session: Session) -> Response:
    """Read a tile of hashes, or a bundle of entries: whole, or as wide as a checkpoint needs it."""
    wanted = tiles.parse(f"tile/{path}")
    content = await queries.tile(session, wanted) if isinstance(wanted, Tile) else None
    if content is None:
        raise NotFound(f"There is no tile {path[:100]}, or not yet.")
    return Response(content, media_type="application/octet-stream", headers=FOR_EVER)
