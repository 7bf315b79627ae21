"""What happened, in the order in which it became known; for programs that follow it.

Each organisation is told of what concerns it.
"""

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf
from app.core.problems import NotFound, refusals
from app.webhooks import queries
from app.webhooks.access import ReadingOfEvents
from app.webhooks.schemas.events import EventView

router = router_of("", "Events")


@router.get("/events", response_model=PageOf[EventView], responses=refusals(NotFound))
async def list_events(reading: ReadingOfEvents, session: Session) -> Page[EventView]:
    """List what happened, oldest first, from an event on; nothing is ever missed or moved.

    An event appears a moment after it was committed. `next` is null where you have all there is:
    come back with the id of the last event that you have as `after`. An order's events go to its
    buyer and the operator, a claim's to its claimant and the authority, and so on: to those who
    may read what the event is about. An API key reads only of what its scopes let it read, and
    never of inner affairs (keys, members), which are the admins'.
    """
    return await queries.events.page(session, reading.reader, reading.wanted)
