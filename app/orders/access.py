"""Who bought, who may approve, who may look? Dependencies that prove it."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Security
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.database import Session
from app.core.problems import NotFound
from app.orders import queries
from app.orders.models import Invoice, Order
from app.organisations.access import Person, find_organisation, identify
from app.organisations.callers import Caller
from app.organisations.models import Organisation, Right
from app.organisations.problems import RoleTooSmall
from app.organisations.scopes import Scope
from app.projects.actions import eligibility
from app.projects.models import Project
from app.schemes.access import SchemeRight, find_scheme
from app.schemes.models import Scheme
from app.schemes.problems import OwnAffair

READ_ORDERS = Scope(
    "orders:read", "Read the orders that the organisation made, and those of its schemes."
)

WRITE_ORDERS = Scope(
    "orders:write",
    "Order units in the organisation's name, within the key's spending limit; pay and cancel"
    " orders.",
)

OrderReader = Annotated[Caller, Security(identify, scopes=[READ_ORDERS])]
"""A person, or a machine that may read orders."""
OrderWriter = Annotated[Caller, Security(identify, scopes=[WRITE_ORDERS])]
"""A person, or a machine that may order."""


async def find_order(session: AsyncSession, caller: Caller, order_id: UUID) -> Order:
    """Find an order that the caller may read: its buyer's people, its scheme's, staff.

    Raises:
        NotFound: it does not exist, or the caller has nothing to do with it.
    """
    order = await queries.orders.one(session, order_id)
    if order is None or not (
        Right.READ in caller.rights_in(order.buyer_id)
        or await _inspects(session, caller, order.scheme_id)
    ):
        message = f"You have nothing to do with an order {order_id}."
        raise NotFound(message).for_trail()
    return order


async def _inspects(session: AsyncSession, caller: Caller, scheme_id: UUID) -> bool:
    try:
        await find_scheme(session, caller, scheme_id, SchemeRight.INSPECT)
    except NotFound:
        return False
    return True


async def _as_buyer(session: AsyncSession, caller: Caller, order_id: UUID, right: Right) -> Order:
    order = await find_order(session, caller, order_id)
    if not caller.rights_in(order.buyer_id):
        message = "This is for the people of the buyer."
        raise RoleTooSmall(message)
    await find_organisation(session, caller, order.buyer_id, right)
    return order


async def _readable(order_id: UUID, caller: OrderReader, session: Session) -> Order:
    return await find_order(session, caller, order_id)


async def _own(order_id: UUID, caller: Person, session: Session) -> Order:
    return await _as_buyer(session, caller, order_id, Right.WRITE)


async def _writable(order_id: UUID, caller: OrderWriter, session: Session) -> Order:
    return await _as_buyer(session, caller, order_id, Right.WRITE)


async def _approvable(order_id: UUID, caller: Person, session: Session) -> Order:
    return await _as_buyer(session, caller, order_id, Right.APPROVE)


async def _sold(order_id: UUID, caller: Person, session: Session) -> Order:
    order = await find_order(session, caller, order_id)
    if not await _inspects(session, caller, order.scheme_id):
        message = "This is for the people of the scheme's operator."
        raise RoleTooSmall(message)
    await find_scheme(session, caller, order.scheme_id, SchemeRight.APPROVE)
    await _insist_on_distance(session, caller, order)
    return order


async def _insist_on_distance(session: AsyncSession, caller: Caller, order: Order) -> None:
    """Insist that nobody decides about what an organisation bought or sold that they act for."""
    if caller.rights_in(order.buyer_id):
        message = "You act for this buyer: somebody else decides about its order."
        raise OwnAffair(message)
    eligibility.insist_on_distance(caller, await session.get_one(Project, order.project_id))


ReadableOrder = Annotated[Order, Depends(_readable)]
"""An order that the caller may read: its buyer's people, its operator's, auditors, staff."""
OwnOrder = Annotated[Order, Depends(_own)]
"""An order for whose buyer the person works."""
WritableOrder = Annotated[Order, Depends(_writable)]
"""An order for whose buyer the caller, person or machine, works."""
ApprovableOrder = Annotated[Order, Depends(_approvable)]
"""An order for whose buyer the person decides."""
SoldOrder = Annotated[Order, Depends(_sold)]
"""An order of a scheme for whose operator the person decides, and acts for neither side of it."""


async def _buying(organisation_id: UUID, caller: OrderReader, session: Session) -> Organisation:
    return await find_organisation(session, caller, organisation_id, Right.READ)


async def _selling(scheme_id: UUID, caller: OrderReader, session: Session) -> Scheme:
    return await find_scheme(session, caller, scheme_id, SchemeRight.INSPECT)


async def _ordering(organisation_id: UUID, caller: OrderWriter, session: Session) -> Organisation:
    return await find_organisation(session, caller, organisation_id, Right.WRITE)


OrderingOrganisation = Annotated[Organisation, Depends(_ordering)]
"""An organisation in whose name the caller, person or machine, orders."""
BuyingOrganisation = Annotated[Organisation, Depends(_buying)]
"""An organisation of which the caller, person or machine, may read what it bought."""
SellingScheme = Annotated[Scheme, Depends(_selling)]
"""A scheme of which the caller, person or machine, may read what it sold."""


@dataclass(frozen=True, slots=True)
class _Visible:
    """An order, and whose invoices of it the caller may see."""

    order: Order
    buyer_id: UUID | None
    """None: all of them."""


async def _visible(order_id: UUID, caller: OrderReader, session: Session) -> _Visible:
    order = await find_order(session, caller, order_id)
    sees_all = await _inspects(session, caller, order.scheme_id)
    return _Visible(order, None if sees_all else order.buyer_id)


VisibleInvoices = Annotated[_Visible, Depends(_visible)]
"""An order that the caller may read, and whose invoices they may see of it."""


async def _invoice(invoice_id: UUID, caller: OrderReader, session: Session) -> Invoice:
    invoice = await queries.invoices.one(session, invoice_id)
    is_visible = invoice is not None and (
        Right.READ in caller.rights_in(invoice.buyer_id) | caller.rights_in(invoice.issuer_id)
        or await _inspects(session, caller, invoice.scheme_id)
    )
    if invoice is None or not is_visible:
        message = f"You have nothing to do with an invoice {invoice_id}."
        raise NotFound(message).for_trail()
    return invoice


ReadableInvoice = Annotated[Invoice, Depends(_invoice)]
"""An invoice for the people of its issuer and its buyer, the operator's, auditors, staff."""
