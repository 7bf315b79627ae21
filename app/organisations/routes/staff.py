"""The people of the platform."""

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import NotFound, refusals
from app.organisations import actions, queries
from app.organisations.access import LivingAppointment, Staff
from app.organisations.models import StaffAppointment
from app.organisations.problems import AlreadyStaff, LastStaff, StaffNeedsSecondFactor, StaffOnly
from app.organisations.schemas import StaffRequest, StaffView

router = router_of("/staff", "Staff")


@router.get(
    "", response_model=PageOf[StaffView], responses=refusals(StaffOnly, StaffNeedsSecondFactor)
)
async def list_staff(_caller: Staff, session: Session, paging: Paging) -> Page[StaffAppointment]:
    """List the platform's staff."""
    return await queries.users.staff(session, paging)


@router.post(
    "",
    status_code=201,
    response_model=StaffView,
    responses=refusals(StaffOnly, StaffNeedsSecondFactor, NotFound, AlreadyStaff),
)
async def appoint_staff(request: StaffRequest, caller: Staff, session: Session) -> StaffAppointment:
    """Make a user staff."""
    appointment = await actions.staff.appoint(session, caller, request)
    return await queries.users.named(session, appointment)


@router.delete(
    "/{appointment_id}",
    status_code=204,
    responses=refusals(StaffOnly, StaffNeedsSecondFactor, LastStaff),
)
async def dismiss_staff(caller: Staff, appointment: LivingAppointment, session: Session) -> None:
    """End somebody's work for the platform."""
    await actions.staff.dismiss(session, caller, appointment)
