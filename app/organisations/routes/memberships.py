"""Who acts for an organisation, and who stands in for whom."""

from fastapi import Response

from app.core.database import Session
from app.core.http import etags
from app.core.http.etags import IfMatch
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import refusals
from app.organisations import actions, queries
from app.organisations.access import (
    AdministeredMembership,
    DeputyOfMembership,
    LendableMembership,
    OwnOrAdministeredMembership,
    OwnOrganisation,
    OwnOrInspectedMembership,
    Person,
)
from app.organisations.models import Deputy, Membership
from app.organisations.problems import (
    DeputyNotPossible,
    LastAdmin,
    OrganisationInactive,
    RoleTooSmall,
)
from app.organisations.schemas import DeputyRequest, DeputyView, MembershipChange, MembershipView

router = router_of("/organisations/{organisation_id}/memberships", "Members")


@router.get("", response_model=PageOf[MembershipView])
async def list_memberships(
    organisation: OwnOrganisation, session: Session, paging: Paging
) -> Page[Membership]:
    """List who acts for an organisation."""
    return await queries.organisations.memberships(session, organisation, paging)


@router.get("/{membership_id}", response_model=MembershipView)
async def read_membership(membership: OwnOrInspectedMembership, response: Response) -> Membership:
    """Read one membership: your own, or any as an admin."""
    etags.mark(response, membership)
    return membership


@router.patch(
    "/{membership_id}",
    response_model=MembershipView,
    responses=refusals(LastAdmin, RoleTooSmall, OrganisationInactive),
)
async def change_membership(  # noqa: PLR0913  Each is one thing that the edge hands in.
    request: MembershipChange,
    caller: Person,
    membership: AdministeredMembership,
    session: Session,
    expected: IfMatch,
    response: Response,
) -> Membership:
    """Give a member another role, or another spending limit."""
    etags.check(membership, expected)
    await actions.memberships.change(session, caller, membership, request)
    etags.mark(response, membership)
    return membership


@router.delete(
    "/{membership_id}",
    status_code=204,
    responses=refusals(LastAdmin, RoleTooSmall, OrganisationInactive),
)
async def end_membership(
    caller: Person, membership: OwnOrAdministeredMembership, session: Session
) -> None:
    """End a membership: your own, or any as an admin."""
    await actions.memberships.end(session, caller, membership)


@router.get("/{membership_id}/deputies", response_model=PageOf[DeputyView])
async def list_deputies(
    membership: OwnOrInspectedMembership, session: Session, paging: Paging
) -> Page[Deputy]:
    """List who stands in for a member, and when."""
    return await queries.organisations.deputies(session, membership, paging)


@router.post(
    "/{membership_id}/deputies",
    status_code=201,
    response_model=DeputyView,
    responses=refusals(DeputyNotPossible, RoleTooSmall, OrganisationInactive),
)
async def appoint_deputy(
    request: DeputyRequest,
    caller: Person,
    membership: LendableMembership,
    session: Session,
) -> Deputy:
    """Let another member stand in for you (or, as an admin, for anybody) for a period."""
    return await actions.memberships.appoint_deputy(session, caller, membership, request)


@router.delete(
    "/{membership_id}/deputies/{deputy_id}", status_code=204, responses=refusals(RoleTooSmall)
)
async def end_deputy(caller: Person, deputy: DeputyOfMembership, session: Session) -> None:
    """End a deputy's period now."""
    await actions.memberships.end_deputy(session, caller, deputy)
