"""The public register of units."""

from uuid import UUID

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.paging import Page, PageOf, Paging
from app.core.problems import NotFound, refusals
from app.orders import queries
from app.orders.access import ReadableOrder
from app.orders.models import SerialBlock
from app.orders.queries.units import OrderUnits, Unit
from app.orders.schemas import BlockView, OrderUnitsView, SerialPath, UnitView

router = router_of("", "Units")


@router.get("/units/{serial}", response_model=UnitView, responses=refusals(NotFound))
async def read_unit(serial: SerialPath, session: Session) -> Unit:
    """See the life of one unit: when it was issued, to whom (if they agreed), and what came of it.

    Everybody may ask, with the serial of a certificate.
    """
    return await queries.units.found(session, serial)


@router.get("/market/projects/{listed_project_id}/units", response_model=PageOf[BlockView])
async def list_units_of_project(
    listed_project_id: UUID, session: Session, paging: Paging
) -> Page[SerialBlock]:
    """List the serials of a project that were issued, in runs without a gap."""
    return await queries.units.of_project(session, listed_project_id, paging)


@router.get("/orders/{order_id}/units", response_model=OrderUnitsView, responses=refusals(NotFound))
async def read_units_of_order(order: ReadableOrder, session: Session) -> OrderUnits:
    """See which serials an order was given when it was paid, and which of them are annulled."""
    return await queries.units.of_order(session, order)
