"""Refunds of orders: whole, or some units; and what of them finds no way back."""

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.paging import Page, PageOf, Paging
from app.core.problems import refusals
from app.orders import actions, queries
from app.orders.access import ReadableOrder, SellingScheme, SoldOrder
from app.orders.models import Order, OrderPart
from app.orders.problems import (
    BuyerWithoutAccount,
    MoreUnitsThanLeft,
    NothingStranded,
    OrderStateForbids,
)
from app.orders.queries.refunds import Stranded
from app.orders.schemas import OrderPartView, OrderView, RefundRequest, StrandedRefundView
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.payments.models import Outgoing
from app.payments.schemas import OutgoingView
from app.schemes.problems import OwnAffair

router = router_of("", "Orders")

DECIDING = (RoleTooSmall, OrganisationInactive, OwnAffair)


@router.post(
    "/orders/{order_id}/refunds",
    status_code=201,
    response_model=OrderView,
    responses=refusals(*DECIDING, OrderStateForbids, MoreUnitsThanLeft),
)
async def refund_order(
    request: RefundRequest,
    caller: Person,
    order: SoldOrder,
    session: Session,
    _once: Idempotent,
) -> Order:
    """Refund a paid order, whole or so many of its units (the operator's approvers).

    Their serials count for nothing from now on, and their money goes back the way it came.
    """
    await actions.parting.refund_units(
        session, caller.actor, order, request.quantity_units, request.reason
    )
    return order


@router.get("/orders/{order_id}/refunds", response_model=PageOf[OrderPartView])
async def list_refunds_of_order(
    order: ReadableOrder, session: Session, paging: Paging
) -> Page[OrderPart]:
    """List the units that an order lost, each time with their serials and amounts: oldest first.

    They were refunded, lost in a dispute, or moved to another project.
    """
    return await queries.money.parts(session, order, paging)


@router.get(
    "/schemes/{scheme_id}/stranded-refunds",
    response_model=PageOf[StrandedRefundView],
    responses=refusals(RoleTooSmall),
)
async def list_stranded_refunds(
    scheme: SellingScheme, session: Session, paging: Paging
) -> Page[Stranded]:
    """List what is owed back to buyers and goes nowhere (the operator's people and auditors).

    The bank did not say from which account it came, or it was refused on its way back.
    """
    return await queries.refunds.stranded(session, scheme, paging)


@router.post(
    "/orders/{order_id}/refund-transfers",
    status_code=201,
    response_model=OutgoingView,
    responses=refusals(*DECIDING, NothingStranded, BuyerWithoutAccount),
)
async def send_stranded_refund(
    caller: Person, order: SoldOrder, session: Session, _once: Idempotent
) -> Outgoing:
    """Send what is owed back for an order to the buyer's own bank account (approvers).

    For what finds no other way back. Somebody else approves it: `POST …/outgoings/{id}/approvals`.
    """
    return await actions.refunding.send_stranded(session, caller.actor, order)
