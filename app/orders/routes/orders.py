"""Orders: reserve units, approve, take back, read."""

from fastapi import Response

from app.core.database import Session
from app.core.http.routing import router as router_of
from app.core.idempotency import Idempotent
from app.core.paging import Page, PageOf, Paging
from app.core.problems import NotFound, refusals
from app.orders import actions, queries
from app.orders.access import (
    ApprovableOrder,
    BuyingOrganisation,
    OrderingOrganisation,
    OrderWriter,
    OwnOrder,
    ReadableOrder,
    SellingScheme,
    WritableOrder,
)
from app.orders.models import Order, OrderDecision
from app.orders.problems import (
    AboveOwnLimit,
    BuyerOutsideTerms,
    InvoiceImpossible,
    NotEnoughUnits,
    NothingToReallocate,
    OrderStateForbids,
    OtherTerms,
    OwnProject,
    QuantityOutsideTerms,
    SaleNotRunning,
)
from app.orders.problems import OwnOrder as OwnOrderRefused
from app.orders.schemas import (
    ApprovalRequest,
    CancellationRequest,
    OrderDecisionView,
    OrderRequest,
    OrderView,
    ReallocationRequest,
)
from app.organisations.access import Person
from app.organisations.problems import OrganisationInactive, RoleTooSmall

router = router_of("", "Orders")


@router.post(
    "/organisations/{organisation_id}/orders",
    status_code=201,
    response_model=OrderView,
    responses=refusals(
        NotFound,
        RoleTooSmall,
        OrganisationInactive,
        OwnProject,
        BuyerOutsideTerms,
        SaleNotRunning,
        QuantityOutsideTerms,
        NotEnoughUnits,
        InvoiceImpossible,
    ),
)
async def order_units(
    request: OrderRequest,
    caller: OrderWriter,
    organisation: OrderingOrganisation,
    session: Session,
    _once: Idempotent,
    response: Response,
) -> Order:
    """Reserve units of a project in the name of a company.

    They are kept out of sale until `reservedUntil`. Above the spending limit of the member, or of
    the API key (`orders:write`), nothing is reserved until an approver of the company agrees.
    `split` says for which of its obligations they are meant, and can be changed afterwards.
    """
    made = await actions.ordering.order(session, caller, organisation, request)
    response.headers["Location"] = f"/v1/orders/{made.id}"
    return made


@router.get("/organisations/{organisation_id}/orders", response_model=PageOf[OrderView])
async def list_orders_of_buyer(
    organisation: BuyingOrganisation, session: Session, paging: Paging
) -> Page[Order]:
    """List what a company ordered, newest first."""
    return await queries.orders.of_buyer(session, organisation, paging)


@router.get(
    "/schemes/{scheme_id}/orders",
    response_model=PageOf[OrderView],
    responses=refusals(RoleTooSmall),
)
async def list_orders_of_scheme(
    scheme: SellingScheme, session: Session, paging: Paging
) -> Page[Order]:
    """List what was ordered in a scheme, newest first (the operator's people and auditors)."""
    return await queries.orders.of_scheme(session, scheme, paging)


@router.get("/orders/{order_id}", response_model=OrderView)
async def read_order(order: ReadableOrder) -> Order:
    """Read an order."""
    return order


@router.get("/orders/{order_id}/decisions", response_model=PageOf[OrderDecisionView])
async def list_order_decisions(
    order: ReadableOrder, session: Session, paging: Paging
) -> Page[OrderDecision]:
    """List what happened to an order, oldest first."""
    return await queries.orders.decisions(session, order, paging)


@router.post(
    "/orders/{order_id}/approvals",
    status_code=201,
    response_model=OrderView,
    responses=refusals(
        NotFound,
        RoleTooSmall,
        OrganisationInactive,
        OrderStateForbids,
        OwnOrderRefused,
        AboveOwnLimit,
        OwnProject,
        BuyerOutsideTerms,
        SaleNotRunning,
        NotEnoughUnits,
        InvoiceImpossible,
    ),
)
async def judge_order(
    request: ApprovalRequest,
    caller: Person,
    order: ApprovableOrder,
    session: Session,
    _once: Idempotent,
) -> Order:
    """Approve or decline an order above its member's limit (another approver of the company)."""
    if request.approved:
        return await actions.ordering.approve(session, caller, order)
    return await actions.ordering.decline(session, caller, order, request.reason)


@router.post(
    "/orders/{order_id}/cancellations",
    status_code=201,
    response_model=OrderView,
    responses=refusals(RoleTooSmall, OrganisationInactive, OrderStateForbids),
)
async def cancel_order(
    request: CancellationRequest,
    caller: OrderWriter,
    order: WritableOrder,
    session: Session,
    _once: Idempotent,
) -> Order:
    """Take an order back that is not paid: its units are for sale again."""
    return await actions.ordering.cancel(session, caller.actor, order, request.reason)


@router.post(
    "/orders/{order_id}/reallocations",
    status_code=201,
    response_model=OrderView,
    responses=refusals(
        NotFound,
        RoleTooSmall,
        OrganisationInactive,
        NothingToReallocate,
        OrderStateForbids,
        AboveOwnLimit,
        OtherTerms,
        OwnProject,
        BuyerOutsideTerms,
        SaleNotRunning,
        QuantityOutsideTerms,
        NotEnoughUnits,
    ),
)
async def reallocate_order(
    request: ReallocationRequest,
    caller: Person,
    order: OwnOrder,
    session: Session,
    _once: Idempotent,
    response: Response,
) -> Order:
    """Move an order whose project missed its threshold to another one; gives the new order.

    Within the days that the scheme's terms name, and for units that cost the same. The new order
    has as many units, with serials of its own, and is paid already.
    """
    moved = await actions.reallocating.reallocate(session, caller, order, request.project_id)
    response.headers["Location"] = f"/v1/orders/{moved.id}"
    return moved
