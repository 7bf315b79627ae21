"""The trail of sign-ins, refusals and changes of rights."""

from fastapi import APIRouter

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import refusals
from app.organisations import queries
from app.organisations.access import InspectedOrganisation, Staff
from app.organisations.models import TrailEntry
from app.organisations.problems import RoleTooSmall, StaffOnly
from app.organisations.schemas import TrailView

router: APIRouter = router_of("", "Trail")


@router.get(
    "/organisations/{organisation_id}/trail",
    response_model=PageOf[TrailView],
    responses=refusals(RoleTooSmall),
)
async def read_trail_of_organisation(
    organisation: InspectedOrganisation, session: Session, paging: Paging
) -> Page[TrailEntry]:
    """See what was done or tried about an organisation, and when its members signed in."""
    return await queries.organisations.trail(session, organisation, paging)


@router.get("/trail", response_model=PageOf[TrailView], responses=refusals(StaffOnly))
async def read_trail(_caller: Staff, session: Session, paging: Paging) -> Page[TrailEntry]:
    """See the whole trail (staff)."""
    return await queries.users.trail(session, paging)
