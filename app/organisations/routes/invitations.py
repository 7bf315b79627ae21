"""Invite people to act for an organisation."""

from fastapi import APIRouter

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import refusals
from app.organisations import actions, queries
from app.organisations.access import (
    AdministeredOrganisation,
    AnyVisitor,
    InspectedOrganisation,
    InvitationOfOrganisation,
    Person,
)
from app.organisations.models import Invitation, Membership
from app.organisations.problems import (
    AccountNeeded,
    AlreadyInvited,
    AlreadyMember,
    InvitationClosed,
    OrganisationInactive,
    PasswordTooWeak,
    RoleTooSmall,
    TokenRefused,
)
from app.organisations.schemas import (
    AcceptanceRequest,
    InvitationRequest,
    InvitationView,
    MembershipView,
)

router: APIRouter = router_of("", "Members")

OF_ORGANISATION = "/organisations/{organisation_id}/invitations"


@router.get(OF_ORGANISATION, response_model=PageOf[InvitationView])
async def list_invitations(
    organisation: InspectedOrganisation, session: Session, paging: Paging
) -> Page[Invitation]:
    """List an organisation's invitations, open and closed."""
    return await queries.organisations.invitations(session, organisation, paging)


@router.post(
    OF_ORGANISATION,
    status_code=201,
    response_model=InvitationView,
    responses=refusals(AlreadyMember, AlreadyInvited, RoleTooSmall, OrganisationInactive),
)
async def invite(
    request: InvitationRequest,
    caller: Person,
    organisation: AdministeredOrganisation,
    session: Session,
) -> Invitation:
    """Invite somebody by e-mail to act for an organisation."""
    return await actions.invitations.invite(session, caller, organisation, request)


@router.delete(
    OF_ORGANISATION + "/{invitation_id}", status_code=204, responses=refusals(InvitationClosed)
)
async def revoke_invitation(
    caller: Person, invitation: InvitationOfOrganisation, session: Session
) -> None:
    """Take an invitation back."""
    await actions.invitations.revoke(session, caller, invitation)


@router.post(
    "/memberships",
    status_code=201,
    response_model=MembershipView,
    responses=refusals(
        TokenRefused, AccountNeeded, AlreadyMember, PasswordTooWeak, OrganisationInactive
    ),
)
async def accept_invitation(
    request: AcceptanceRequest, visitor: AnyVisitor, session: Session
) -> Membership:
    """Accept an invitation with the mailed token; no sign-in needed, the token proves you."""
    return await actions.invitations.accept(session, visitor, request)
