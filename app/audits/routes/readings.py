"""What auditors read: written down answer by answer, for those who are audited."""

from fastapi import Request, Response
from fastapi.routing import APIRoute

from app.audits import queries
from app.audits.actions import readings
from app.audits.actions.readings import Asked, Shown
from app.audits.models import AuditReading
from app.audits.schemas.readings import AuditReadingView
from app.core.database import READING, Database, Session
from app.core.http import openapi
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import refusals
from app.organisations.access import InspectedOrganisation, Person
from app.organisations.problems import RoleTooSmall

router = router_of("", "Audits")


async def keep(request: Request, response: Response) -> None:
    """Write down what an auditor is about to be shown (`main` wires it to every answer)."""
    appointments = getattr(request.state, "appointments", None)
    if not appointments or request.method not in READING:
        return
    database: Database = request.app.state.database
    route: APIRoute = request.scope["route"]
    asked = Asked(
        operation=openapi.operation_id(route),
        path_parameters={name: str(value) for name, value in request.path_params.items()},
        query=readings.impersonal(request.query_params.multi_items()),
        request_id=getattr(request.state, "request_id", None),
    )
    shown = Shown.of(
        getattr(response, "body", None),
        response.headers.get("content-type"),
        response.headers.get("etag"),
    )
    await readings.keep(database, appointments, asked, shown)


@router.get(
    "/organisations/{organisation_id}/audit-readings",
    response_model=PageOf[AuditReadingView],
    responses=refusals(RoleTooSmall),
)
async def list_audit_readings(
    organisation: InspectedOrganisation, session: Session, paging: Paging
) -> Page[AuditReading]:
    """List what an organisation's auditors were shown of it, newest first (its admins, staff)."""
    whose = AuditReading.organisation_id == organisation.id
    return await queries.readings.listed(session, whose, paging)


@router.get("/me/audit-readings", response_model=PageOf[AuditReadingView])
async def list_my_audit_readings(
    caller: Person, session: Session, paging: Paging
) -> Page[AuditReading]:
    """List what the caller was shown as an auditor, newest first."""
    return await queries.readings.listed(session, AuditReading.user_id == caller.user_id, paging)
