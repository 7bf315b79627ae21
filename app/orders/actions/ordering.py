"""Order units, have it approved where that is needed, and take it back before it is paid."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import Actor
from app.core.ids import new_id
from app.core.problems import NotFound
from app.ledger import journal
from app.ledger.problems import LimitReached
from app.orders import hooks, postings, queries
from app.orders.actions import decisions, expiring, letters, paying
from app.orders.actions.letters import OrderLetter
from app.orders.models import Order, OrderDecisionKind, OrderState, PayBy
from app.orders.problems import (
    AboveOwnLimit,
    BuyerOutsideTerms,
    NotEnoughUnits,
    OrderStateForbids,
    OwnOrder,
    OwnProject,
    QuantityOutsideTerms,
)
from app.orders.queries.buying import Buying, Offer
from app.orders.schemas import OrderRequest
from app.organisations.callers import Caller
from app.organisations.models import ApiKey, Organisation
from app.payments.actions import payments
from app.schemes.terms import PolicyTerms, Quote

CANCELLABLE = {OrderState.AWAITING_APPROVAL, OrderState.RESERVED}
"""A payment that is under way can't be called back."""


async def quote(
    session: AsyncSession, project_id: UUID, quantity_units: int
) -> tuple[Offer, Quote]:
    """Say what a number of units costs, and until when.

    Raises:
        NotFound: no such project is on the market.
        SaleNotRunning: it is not for sale now.
        QuantityOutsideTerms: the scheme sells no such number at once.
    """
    offer = await queries.buying.offer(session, project_id)
    if offer is None:
        raise not_on_the_market(project_id)
    offer.insist_on_sale(clock.now())
    insist_on_quantity(offer.terms, quantity_units)
    return offer, offer.terms.quote(quantity_units)


async def order(
    session: AsyncSession, caller: Caller, buyer: Organisation, request: OrderRequest
) -> Order:
    """Order units in the name of an organisation: reserved, or waiting for an approver.

    Raises:
        NotFound: no such project is on the market, or an obligation of the split is not the
            buyer's.
        SaleNotRunning: it is not for sale now.
        OwnProject, BuyerOutsideTerms: this organisation can't buy it.
        QuantityOutsideTerms: the scheme sells no such number at once.
        NotEnoughUnits: fewer are free.
        InvoiceImpossible: it is to be paid on invoice, and somebody's data are not complete.
    """
    who = caller.identity
    buying = await queries.buying.buying(
        session, request.project_id, buyer.id, who.user_id, who.key_id
    )
    if buying is None:
        raise not_on_the_market(request.project_id)
    insist_on_buyer(buying, buyer)
    insist_on_quantity(buying.offer.terms, request.quantity_units)
    made = _ordered(caller, buyer, request, buying)
    session.add(made)
    decisions.note(session, caller.actor, made, OrderDecisionKind.ORDERED)
    await session.flush()
    if request.split:
        meant = {part.obligation_id: part.quantity_units for part in request.split}
        await hooks.meant(session, caller, made, meant)
    if made.state is OrderState.RESERVED:
        await _reserve(session, made)
        await paying.invoice(session, caller.actor, made)
    else:
        await letters.about_order(session, made, OrderLetter.TO_APPROVE)
    return made


def not_on_the_market(project_id: UUID) -> NotFound:
    """Say that there is no such project."""
    return NotFound(f"There is no project {project_id} on the market.")


def insist_on_buyer(buying: Buying, buyer: Organisation) -> None:
    """Insist that units are sold now, and to this organisation.

    Raises:
        SaleNotRunning: the project is not for sale.
        OwnProject, BuyerOutsideTerms: this organisation can't buy it.
    """
    buying.offer.insist_on_sale(clock.now())
    if buying.offer.entrepreneur_id == buyer.id:
        message = f"{buyer.legal_name} offers this project, and can't buy its units."
        raise OwnProject(message)
    if not buying.may_buy:
        message = (
            f"{buyer.legal_name} does not buy in this scheme. Its terms (GET"
            f" /v1/schemes/{buying.offer.scheme_id}/policies) say who does; a company enrols first."
        )
        raise BuyerOutsideTerms(message)


def insist_on_quantity(terms: PolicyTerms, quantity_units: int) -> None:
    """Insist that the scheme sells so many units at once.

    Raises:
        QuantityOutsideTerms: it sells more, or less.
    """
    smallest, largest = terms.buyers.minimum_units, terms.buyers.maximum_units
    if quantity_units < smallest or (largest is not None and quantity_units > largest):
        raise QuantityOutsideTerms(smallest, largest)


def _ordered(caller: Caller, buyer: Organisation, request: OrderRequest, buying: Buying) -> Order:
    offer, now = buying.offer, clock.now()
    quoted = offer.terms.quote(request.quantity_units)
    limit = buying.spending_limit_cents
    waits = limit is not None and quoted.total_cents > limit
    address = request.invoice_address
    return Order(
        id=new_id(),
        scheme_id=offer.scheme_id,
        project_id=offer.project_id,
        buyer_id=buyer.id,
        policy_id=offer.policy_id,
        state=OrderState.AWAITING_APPROVAL if waits else OrderState.RESERVED,
        quantity_units=quoted.quantity_units,
        price_cents=quoted.price_cents,
        vat_sale_cents=quoted.vat_sale_cents,
        fee_cents=quoted.fee_cents,
        vat_fee_cents=quoted.vat_fee_cents,
        fee_borne_by=quoted.fee_borne_by,
        total_cents=quoted.total_cents,
        pay_by=request.pay_by,
        purchase_order_number=request.purchase_order_number,
        cost_centre=request.cost_centre,
        invoice_address=address and address.model_dump(mode="json", by_alias=True),
        is_named=request.is_named,
        ordered_by_id=caller.identity.user_id,
        ordered_by_key_id=caller.identity.key_id,
        ordered_at=now,
        reserved_until=None if waits else reserved_until(offer, request.pay_by, now),
    )


def reserved_until(offer: Offer, pay_by: PayBy, now: datetime) -> datetime:
    """Say how long units are kept: as the policy says, and no longer than they are for sale."""
    terms = offer.terms.reservations
    kept = {
        PayBy.ONLINE: timedelta(minutes=terms.online_minutes),
        PayBy.INVOICE: timedelta(days=terms.invoice_days),
    }
    return min(now + kept[pay_by], offer.sale_ends_at)


async def _reserve(session: AsyncSession, reserving: Order) -> None:
    """Hold the units, in one round trip: the hottest place of the house."""
    if reserving.reserved_until is None:
        message = f"The order {reserving.id} is reserved until no moment."
        raise RuntimeError(message)
    try:
        await journal.post(session, postings.reserved(reserving, reserving.reserved_until))
    except LimitReached as limit:
        raise NotEnoughUnits(
            reserving.project_id, reserving.quantity_units, limit.available
        ) from limit


async def approve(session: AsyncSession, caller: Caller, waiting: Order) -> Order:
    """Let an order go on that is above its member's limit: its units are reserved now.

    Raises:
        OrderStateForbids: it waits for no approval.
        OwnOrder: whoever ordered can't approve.
        AboveOwnLimit: it is above the approver's own limit.
        SaleNotRunning, OwnProject, BuyerOutsideTerms: what was possible then is so no more.
        NotEnoughUnits: fewer are free.
    """
    waiting = await _judged(session, caller, waiting)
    buying = await queries.buying.buying(
        session, waiting.project_id, waiting.buyer_id, caller.user_id
    )
    if buying is None:
        raise not_on_the_market(waiting.project_id)
    limit = buying.spending_limit_cents
    if limit is not None and waiting.total_cents > limit:
        message = "This order is above your own spending limit, too: another approver can decide."
        raise AboveOwnLimit(message)
    insist_on_buyer(buying, await session.get_one(Organisation, waiting.buyer_id))
    waiting.state = OrderState.RESERVED
    waiting.reserved_until = reserved_until(buying.offer, waiting.pay_by, clock.now())
    decisions.note(session, caller.actor, waiting, OrderDecisionKind.APPROVED)
    await session.flush()
    await _reserve(session, waiting)
    await letters.about_order(session, waiting, OrderLetter.APPROVED)
    await paying.invoice(session, caller.actor, waiting)
    return waiting


async def decline(session: AsyncSession, caller: Caller, waiting: Order, reason: str) -> Order:
    """Refuse an order that waits for approval: it is cancelled.

    Raises:
        OrderStateForbids: it waits for no approval.
        OwnOrder: whoever ordered takes it back instead.
    """
    waiting = await _judged(session, caller, waiting)
    waiting.state = OrderState.CANCELLED
    decisions.note(session, caller.actor, waiting, OrderDecisionKind.DECLINED, reason)
    await letters.about_order(session, waiting, OrderLetter.DECLINED)
    return waiting


async def _judged(session: AsyncSession, caller: Caller, waiting: Order) -> Order:
    waiting = await queries.orders.locked(session, waiting.id)
    if waiting.state is not OrderState.AWAITING_APPROVAL:
        message = f"The order is {waiting.state}: it waits for no approval."
        raise OrderStateForbids(message, current_state=waiting.state)
    if waiting.ordered_by_id == caller.user_id or await _made_its_key(session, caller, waiting):
        message = "You ordered this, or made the key that did: another approver decides about it."
        raise OwnOrder(message)
    return waiting


async def _made_its_key(session: AsyncSession, caller: Caller, waiting: Order) -> bool:
    """Tell whether the caller made the key that ordered: a machine is no second person."""
    if waiting.ordered_by_key_id is None:
        return False
    key = await session.get_one(ApiKey, waiting.ordered_by_key_id)
    return key.created_by == str(caller.actor)


async def cancel(session: AsyncSession, actor: Actor, cancelled: Order, reason: str) -> Order:
    """Take an order back before it is paid: its units are for sale again.

    Raises:
        OrderStateForbids, PaymentStateForbids: it is paid, being paid, or has ended.
    """
    _insist_on_waiting(cancelled)
    # The payment first: whoever follows one takes its row before the order's.
    if (payment := await queries.money.open_payment(session, cancelled)) is not None:
        await payments.cancel(session, actor, payment)
    cancelled = await queries.orders.locked(session, cancelled.id)
    _insist_on_waiting(cancelled)
    was_reserved = cancelled.state is OrderState.RESERVED
    cancelled.state = OrderState.CANCELLED
    decisions.note(session, actor, cancelled, OrderDecisionKind.CANCELLED, reason)
    await session.flush()
    if was_reserved:
        await expiring.end_reservation(session, cancelled, reason)
    return cancelled


def _insist_on_waiting(order: Order) -> None:
    if order.state not in CANCELLABLE:
        message = f"The order is {order.state}: only one that waits can be cancelled."
        raise OrderStateForbids(message, current_state=order.state)
