"""Contracting authorities: who imposes obligations and recognises their fulfilment."""

from uuid import UUID

from fastapi import Response

from app.core.database import Session
from app.core.http import etags
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import NotFound, refusals
from app.organisations.access import Staff
from app.organisations.problems import StaffOnly, StatusForbids
from app.schemes import actions, queries
from app.schemes.access import AnyAuthority
from app.schemes.models import Authority
from app.schemes.problems import AlreadyAuthority, AuthorityEnded, AuthorityInUse
from app.schemes.schemas import AuthorityRequest, AuthorityView, ReasonRequest

router = router_of("/authorities", "Authorities")


@router.get("", response_model=PageOf[AuthorityView], responses={304: {}})
async def list_authorities(session: Session, paging: Paging, response: Response) -> Page[Authority]:
    """List the authorities, those that ended included; no sign-in needed."""
    etags.mark_public(response)
    return await queries.authorities.listed(session, paging)


@router.get("/{authority_id}", response_model=AuthorityView, responses={304: {}})
async def read_authority(authority: AnyAuthority, response: Response) -> Authority:
    """Read an authority; no sign-in needed."""
    etags.mark_public(response)
    return authority


@router.post(
    "",
    status_code=201,
    response_model=AuthorityView,
    responses=refusals(StaffOnly, NotFound, StatusForbids, AlreadyAuthority),
)
async def register_authority(
    request: AuthorityRequest, caller: Staff, session: Session, response: Response
) -> Authority:
    """Register an organisation as an authority (staff)."""
    authority = await actions.authorities.register(session, caller, request)
    response.headers["Location"] = f"/v1/authorities/{authority.id}"
    return await queries.authorities.named(session, authority)


@router.post(
    "/{authority_id}/endings",
    status_code=201,
    response_model=AuthorityView,
    responses=refusals(StaffOnly, AuthorityEnded, AuthorityInUse),
)
async def end_authority(
    authority_id: UUID, request: ReasonRequest, caller: Staff, session: Session
) -> Authority:
    """End what an organisation is as an authority (staff). Its obligations and books stay."""
    authority = await actions.authorities.end(session, caller, authority_id, request.reason)
    return await queries.authorities.named(session, authority)
