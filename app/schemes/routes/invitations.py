"""Invitations of entrepreneurs and experts to a scheme."""

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import refusals
from app.organisations.access import Person
from app.organisations.problems import (
    AlreadyInvited,
    InvitationClosed,
    OrganisationInactive,
    RoleTooSmall,
    TokenRefused,
)
from app.organisations.schemas import TokenRequest
from app.schemes import actions, queries
from app.schemes.access import InspectedScheme, OperatedInvitation, OperatedScheme
from app.schemes.models import SchemeInvitation
from app.schemes.problems import AlreadyExpert, SchemeStateForbids, TenureOver
from app.schemes.schemas import SchemeInvitationRequest, SchemeInvitationView

router = router_of("", "Scheme invitations")

OF_SCHEME = "/schemes/{scheme_id}/invitations"


@router.get(OF_SCHEME, response_model=PageOf[SchemeInvitationView])
async def list_scheme_invitations(
    scheme: InspectedScheme, session: Session, paging: Paging
) -> Page[SchemeInvitation]:
    """List whom the operator invited, and how that ended."""
    return await queries.panel.invitations(session, scheme, paging)


@router.post(
    OF_SCHEME,
    status_code=201,
    response_model=SchemeInvitationView,
    responses=refusals(
        *(RoleTooSmall, OrganisationInactive, SchemeStateForbids, TenureOver),
        *(AlreadyExpert, AlreadyInvited),
    ),
)
async def invite_to_scheme(
    request: SchemeInvitationRequest, caller: Person, scheme: OperatedScheme, session: Session
) -> SchemeInvitation:
    """Invite an entrepreneur or an expert by e-mail (the operator's members)."""
    return await actions.invitations.invite(session, caller, scheme, request)


@router.delete(
    OF_SCHEME + "/{scheme_invitation_id}",
    status_code=204,
    responses=refusals(RoleTooSmall, OrganisationInactive, InvitationClosed),
)
async def revoke_scheme_invitation(
    caller: Person, scheme: OperatedScheme, invitation: OperatedInvitation, session: Session
) -> None:
    """Take an invitation back."""
    await actions.invitations.revoke(session, caller, scheme, invitation)


@router.post("/declined-invitations", status_code=204, responses=refusals(TokenRefused))
async def decline_scheme_invitation(request: TokenRequest, session: Session) -> None:
    """Decline with the mailed token; no sign-in needed, the token proves you."""
    await actions.invitations.decline(session, request.token)
