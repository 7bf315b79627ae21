"""Who notices that something was tampered with: an invariant, or a stranger with a checkpoint."""

from contextlib import aclosing

from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.invariants import INVARIANTS
from app.core.invariants import faults_of
from app.transparency import queries, tiles, verifier
from app.transparency.verifier import LogRefused
from tests.audits.town import Kept

PROTECTION = {"rows-protected", "books-protected", "books-newest", "log-protected"}
"""What looks at triggers and foreign keys: they are gone already, and he leaves no trace of it."""

REFUSED = "the database"
STRANGER = "a stranger"


class Published(dict[str, bytes]):
    """A log as an outsider reads it."""

    def read(self, path: str) -> bytes | None:
        """Read a file of it."""
        return self.get(path)


async def published(session: AsyncSession) -> Published:
    """Read a log as it is served."""
    found = Published()
    if (newest := await queries.checkpoint(session)) is None:
        return found
    found["checkpoint"] = newest.note.encode()
    for tile in (*tiles.all_of(newest.size), *tiles.bundles_of(newest.size)):
        if (content := await queries.tile(session, tile)) is not None:
            found[tile.path] = content
    return found


async def finder(session: AsyncSession, kept: Kept, first: str | None = None) -> str | None:
    """Say who finds first that something is wrong: an invariant, or a stranger."""
    # What asks every table comes last.
    in_turn = sorted(INVARIANTS, key=lambda one: (one.name != first, one.name == "rows-refer"))
    for each in in_turn:
        if each.name not in PROTECTION:
            async with aclosing(faults_of(session, each)) as faults:
                async for _ in faults:
                    return each.name
    try:
        verifier.replay(await published(session), kept.keys, kept.checkpoint)
    except (LogRefused, LookupError):
        return STRANGER
    return None


def who(by: str | None) -> str:
    """Say to whom something shows."""
    if by is None:
        return "nobody"
    return by if by in {REFUSED, STRANGER} else "check all"
