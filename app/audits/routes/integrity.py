"""Integrity: whether everything that must be true is, for everybody to see."""

from fastapi import Response

from app.audits.invariants import INVARIANTS
from app.audits.queries import integrity
from app.audits.schemas.integrity import IntegrityView
from app.core import clock, migrations
from app.core.database import Session
from app.core.http import etags
from app.core.http.routing import router as router_of

router = router_of("", "Integrity")

MAX_AGE_SECONDS = 5


@router.get("/integrity", response_model=IntegrityView, responses={304: {}})
async def read_integrity(session: Session, response: Response) -> IntegrityView:
    """Read what must always be true here, and whether it was when it was last looked at.

    Everything is looked at again and again: every 30 seconds, or as often as takes a twentieth of
    the time, unless migrations are missing. What breaks an invariant, `baat check all` names to the
    operator.
    """
    etags.mark_public(response, MAX_AGE_SECONDS)
    lacks_some = migrations.lacks_some(await migrations.present(session))
    found = await integrity.checks(session)
    return IntegrityView.of(INVARIANTS, found, clock.now(), is_unmigrated=lacks_some)
