"""Listings: valued projects come to the market, and their units into the impact book."""

from fastapi import Response

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.paging import Page, PageOf, Paging
from app.core.problems import refusals
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.projects import actions, queries
from app.projects.access import ApprovedProject, InspectedRound
from app.projects.models import Listing
from app.projects.problems import (
    NotAdmitted,
    ObjectionPending,
    ProjectStateForbids,
    RoundStateForbids,
    ValuationOutdated,
)
from app.projects.schemas import ListingRequest, ListingView

router = router_of("", "Listings")


@router.post(
    "/projects/{project_id}/listings",
    status_code=201,
    response_model=ListingView,
    responses=refusals(
        RoleTooSmall,
        OrganisationInactive,
        RoundStateForbids,
        ProjectStateForbids,
        ObjectionPending,
        ValuationOutdated,
        NotAdmitted,
    ),
)
async def list_project_on_market(
    request: ListingRequest,
    caller: Person,
    project: ApprovedProject,
    session: Session,
    _once: Idempotent,
    response: Response,
) -> Listing:
    """Bring a valued project to the market, for good (the operator's approvers).

    Its threshold, impact value, price and the public part of its plan are frozen, and its units
    are for sale in the impact book. When the sale begins, this happens by itself.
    """
    listing = await actions.listings.publish(session, caller.actor, project, request.reason)
    response.headers["Location"] = f"/v1/market/projects/{project.id}"
    return listing


@router.get(
    "/rounds/{round_id}/listings",
    response_model=PageOf[ListingView],
    responses=refusals(RoleTooSmall),
)
async def list_listings_of_round(
    in_round: InspectedRound, session: Session, paging: Paging
) -> Page[Listing]:
    """See what came to the market in a round, and what was frozen then."""
    return await queries.listings.of_round(session, in_round, paging)
