"""Payments of orders: pay in one way or another."""

from fastapi import Response

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.paging import Page, PageOf, Paging
from app.core.problems import refusals
from app.orders import actions, queries
from app.orders.access import OrderWriter, ReadableOrder, WritableOrder
from app.orders.problems import OrderStateForbids, PaymentOpen
from app.orders.schemas import PaymentRequest
from app.organisations.problems import OrganisationInactive, RoleTooSmall
from app.payments.models import Payment
from app.payments.problems import ProviderMissing, TooLargeForIdeal
from app.payments.schemas import PaymentView

router = router_of("/orders/{order_id}", "Orders")


@router.post(
    "/payments",
    status_code=201,
    response_model=PaymentView,
    responses=refusals(
        RoleTooSmall,
        OrganisationInactive,
        OrderStateForbids,
        PaymentOpen,
        TooLargeForIdeal,
        ProviderMissing,
    ),
)
async def pay_order(
    request: PaymentRequest,
    caller: OrderWriter,
    order: WritableOrder,
    session: Session,
    _once: Idempotent,
    response: Response,
) -> Payment:
    """Begin to pay a reserved order.

    By bank, transfer the amount with the `creditorReference`. Every other way has a `checkoutUrl` a
    moment later: read the payment until it is there. The order is paid when the money is.
    """
    payment = await actions.paying.begin(
        session, caller.actor, order, request.way, request.return_url
    )
    response.headers["Location"] = f"/v1/organisations/{order.buyer_id}/payments/{payment.id}"
    return payment


@router.get("/payments", response_model=PageOf[PaymentView])
async def list_payments_of_order(
    order: ReadableOrder, session: Session, paging: Paging
) -> Page[Payment]:
    """List how an order was paid, or is to be: newest first."""
    return await queries.money.payments(session, order, paging)
