"""Buyers, and orders that were made through the actions."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.ids import new_id
from app.ledger import journal
from app.ledger.chart import BANK
from app.ledger.drafts import debit
from app.orders import postings
from app.orders.models import Order, OrderState, PayBy
from app.orders.postings import Arrived
from app.orders.queries import buying
from app.organisations.models import Organisation, Role
from app.projects.models import Listing
from app.schemes.models import Scheme
from tests.make.organisations import Member, a_member, a_user, an_organisation
from tests.make.schemes import an_enrolment


@dataclass(frozen=True, slots=True)
class Buyer:
    """A company that is enrolled, somebody who orders for it, and somebody who approves."""

    organisation: Organisation
    clerk: Member
    approver: Member


async def a_buyer(session: AsyncSession, scheme: Scheme, name: str = "Adviesbureau Maas") -> Buyer:
    """A company that may buy in a scheme, with people whose sessions never end."""
    company = await an_organisation(session, name)
    await an_enrolment(session, scheme, company)
    clerk = await a_member(session, Role.MEMBER, company)
    return Buyer(company, clerk, await a_member(session, Role.APPROVER, company))


async def an_order(
    session: AsyncSession,
    listing: Listing,
    company: Organisation,
    *,
    quantity: int = 10,
    state: OrderState = OrderState.RESERVED,
) -> Order:
    """An order that somebody of a company made, its units held if it is reserved."""
    terms = await buying.terms_of(session, listing.policy_id)
    quote = terms.quote(quantity)
    waits = state is OrderState.AWAITING_APPROVAL
    order = Order(
        scheme_id=listing.scheme_id,
        project_id=listing.project_id,
        buyer_id=company.id,
        policy_id=listing.policy_id,
        state=state,
        quantity_units=quantity,
        price_cents=quote.price_cents,
        vat_sale_cents=quote.vat_sale_cents,
        fee_cents=quote.fee_cents,
        vat_fee_cents=quote.vat_fee_cents,
        fee_borne_by=quote.fee_borne_by,
        total_cents=quote.total_cents,
        pay_by=PayBy.ONLINE,
        is_named=False,
        ordered_by_id=(await a_user(session)).id,
        reserved_until=None if waits else clock.now() + timedelta(minutes=30),
    )
    session.add(order)
    await session.flush()
    if state is OrderState.RESERVED and order.reserved_until is not None:
        await journal.post(session, postings.reserved(order, order.reserved_until))
    return order


async def pay(session: AsyncSession, order: Order) -> None:
    """Put an order's money and units in the books, as below the threshold."""
    bank = debit(BANK.of(order.scheme_id), order.total_cents, order.id)
    arrived = Arrived(new_id(), bank, (), clock.now())
    await journal.post(
        session,
        postings.paid(order, arrived, 0, postings.credited(order, None)),
        postings.issued(order, clock.now(), settles_hold=True),
    )
    order.state, order.paid_at = OrderState.PAID, clock.now()
    await session.flush()
