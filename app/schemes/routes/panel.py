"""The expert panel of a scheme: who values its projects."""

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import refusals
from app.organisations.access import Person
from app.organisations.problems import (
    OrganisationInactive,
    PeopleOnly,
    RoleTooSmall,
    TokenRefused,
)
from app.organisations.schemas import TokenRequest
from app.schemes import actions, queries
from app.schemes.access import InspectedScheme, LeavingExpert
from app.schemes.models import PanelMember
from app.schemes.problems import (
    AlreadyExpert,
    ExpertLeft,
    InvitedSomebodyElse,
    SchemeStateForbids,
    TenureOver,
)
from app.schemes.schemas import PanelMemberView, ReasonRequest

router = router_of("", "Panel")

OF_SCHEME = "/schemes/{scheme_id}/panel-members"


@router.get(OF_SCHEME, response_model=PageOf[PanelMemberView])
async def list_panel_members(
    scheme: InspectedScheme, session: Session, paging: Paging
) -> Page[PanelMember]:
    """List the experts of a scheme, those who left included."""
    return await queries.panel.members(session, scheme, paging)


@router.post(
    "/panel-members",
    status_code=201,
    response_model=PanelMemberView,
    responses=refusals(
        *(PeopleOnly, TokenRefused, InvitedSomebodyElse, SchemeStateForbids),
        *(TenureOver, AlreadyExpert),
    ),
)
async def join_panel(request: TokenRequest, caller: Person, session: Session) -> PanelMember:
    """Accept an invitation to a panel with the mailed token, signed in with that address."""
    member = await actions.panel.accept(session, caller, request.token)
    return await queries.panel.named(session, member)


@router.post(
    OF_SCHEME + "/{panel_member_id}/endings",
    status_code=201,
    response_model=PanelMemberView,
    responses=refusals(RoleTooSmall, OrganisationInactive, ExpertLeft),
)
async def leave_panel(
    request: ReasonRequest, caller: Person, member: LeavingExpert, session: Session
) -> PanelMember:
    """Leave a panel, or take an expert off it (the operator's approvers)."""
    return await actions.panel.end(session, caller, member, request.reason)
