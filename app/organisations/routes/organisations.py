"""Organisations, and what staff decides about them."""

from typing import Any
from uuid import UUID

from fastapi import Response

from app.core.database import Session
from app.core.http import etags
from app.core.http.etags import IfMatch
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.paging import Page, PageOf, Paging
from app.core.problems import refusals
from app.organisations import actions, queries
from app.organisations.access import (
    AdministeredOrganisation,
    OrganisationReader,
    Person,
    ReadableOrganisation,
    Staff,
)
from app.organisations.models import Decision, Organisation
from app.organisations.problems import (
    AlreadyVerified,
    OrganisationInactive,
    RoleTooSmall,
    StaffOnly,
    StatusForbids,
)
from app.organisations.schemas import (
    DecisionRequest,
    DecisionView,
    MergerRequest,
    OrganisationChange,
    OrganisationRequest,
    OrganisationView,
)

router = router_of("/organisations", "Organisations")

DECIDING: dict[str, Any] = {
    "status_code": 201,
    "response_model": DecisionView,
    "responses": refusals(StaffOnly, StatusForbids),
}


@router.post("", status_code=201, response_model=OrganisationView)
async def register_organisation(
    request: OrganisationRequest,
    caller: Person,
    _once: Idempotent,
    session: Session,
    response: Response,
) -> Organisation:
    """Register an organisation; you become its first admin."""
    organisation = await actions.organisations.register(session, caller, request)
    response.headers["Location"] = f"/v1/organisations/{organisation.id}"
    etags.mark(response, organisation)
    return organisation


@router.get("", response_model=PageOf[OrganisationView])
async def list_organisations(
    caller: OrganisationReader, session: Session, paging: Paging
) -> Page[Organisation]:
    """List the organisations that you act for; staff sees all."""
    among = None if caller.is_staff else list(caller.identity.rights)
    return await queries.organisations.listed(session, paging, among)


@router.get("/{organisation_id}", response_model=OrganisationView)
async def read_organisation(organisation: ReadableOrganisation, response: Response) -> Organisation:
    """Read an organisation."""
    etags.mark(response, organisation)
    return organisation


@router.patch(
    "/{organisation_id}",
    response_model=OrganisationView,
    responses=refusals(RoleTooSmall, OrganisationInactive),
)
async def change_organisation(  # noqa: PLR0913  Each is one thing the edge hands in.
    request: OrganisationChange,
    caller: Person,
    organisation: AdministeredOrganisation,
    session: Session,
    expected: IfMatch,
    response: Response,
) -> Organisation:
    """Change an organisation's details."""
    etags.check(organisation, expected)
    await actions.organisations.change(session, caller, organisation, request)
    etags.mark(response, organisation)
    return organisation


@router.get("/{organisation_id}/decisions", response_model=PageOf[DecisionView])
async def list_decisions(
    organisation: ReadableOrganisation, session: Session, paging: Paging
) -> Page[Decision]:
    """See what was decided about an organisation, and why."""
    return await queries.organisations.decisions(session, organisation, paging)


@router.post(
    "/{organisation_id}/verifications",
    status_code=201,
    response_model=DecisionView,
    responses=refusals(StaffOnly, StatusForbids, AlreadyVerified),
)
async def verify_organisation(
    organisation_id: UUID, request: DecisionRequest, caller: Staff, session: Session
) -> Decision:
    """Record that an organisation is who it says it is (staff)."""
    return await actions.organisations.verify(session, caller, organisation_id, request.reason)


@router.post("/{organisation_id}/suspensions", **DECIDING)
async def suspend_organisation(
    organisation_id: UUID, request: DecisionRequest, caller: Staff, session: Session
) -> Decision:
    """End an organisation's rights for a while (staff)."""
    return await actions.organisations.suspend(session, caller, organisation_id, request.reason)


@router.post("/{organisation_id}/reinstatements", **DECIDING)
async def reinstate_organisation(
    organisation_id: UUID, request: DecisionRequest, caller: Staff, session: Session
) -> Decision:
    """Give an organisation its rights back (staff)."""
    return await actions.organisations.reinstate(session, caller, organisation_id, request.reason)


@router.post("/{organisation_id}/bankruptcies", **DECIDING)
async def declare_organisation_bankrupt(
    organisation_id: UUID, request: DecisionRequest, caller: Staff, session: Session
) -> Decision:
    """Record a bankruptcy (staff)."""
    return await actions.organisations.declare_bankrupt(
        session, caller, organisation_id, request.reason
    )


@router.post("/{organisation_id}/mergers", **DECIDING)
async def merge_organisation(
    organisation_id: UUID, request: MergerRequest, caller: Staff, session: Session
) -> Decision:
    """Record that an organisation went up in another one (staff)."""
    return await actions.organisations.merge(
        session, caller, organisation_id, request.into_id, request.reason
    )
