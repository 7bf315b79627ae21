"""Auditors: who reads everything of an authority or an operator, for a period."""

from fastapi import APIRouter

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import NotFound, refusals
from app.organisations.access import InspectedOrganisation, Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.schemes import actions, queries
from app.schemes.access import AppointmentOfOrganisation, AuditedOrganisation
from app.schemes.models import AuditorAppointment
from app.schemes.problems import AlreadyAuditor, AuditEnded, NothingToAudit, TenureOver
from app.schemes.schemas import AuditorRequest, AuditorView

router: APIRouter = router_of("/organisations/{organisation_id}/auditors", "Auditors")


@router.get("", response_model=PageOf[AuditorView], responses=refusals(RoleTooSmall))
async def list_auditors(
    organisation: InspectedOrganisation, session: Session, paging: Paging
) -> Page[AuditorAppointment]:
    """List who audits an organisation, audited it or will (its admins and staff)."""
    return await queries.authorities.auditors(session, organisation, paging)


@router.post(
    "",
    status_code=201,
    response_model=AuditorView,
    responses=refusals(
        *(RoleTooSmall, OrganisationInactive, NotFound, NothingToAudit),
        *(TenureOver, AlreadyAuditor),
    ),
)
async def appoint_auditor(
    request: AuditorRequest, caller: Person, organisation: AuditedOrganisation, session: Session
) -> AuditorAppointment:
    """Let a user read everything of an authority or an operator (its admins and staff)."""
    made = await actions.auditors.appoint(session, caller, organisation, request)
    return await queries.authorities.named_auditor(session, made)


@router.delete(
    "/{auditor_id}",
    status_code=204,
    responses=refusals(RoleTooSmall, OrganisationInactive, AuditEnded),
)
async def end_audit(
    caller: Person, appointment: AppointmentOfOrganisation, session: Session
) -> None:
    """End an appointment now (the organisation's admins and staff)."""
    await actions.auditors.end(session, caller, appointment)
