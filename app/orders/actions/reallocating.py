"""Move paid units to another project: their money goes along, and the order there is paid at once.

The new order points to the old one. Payments, receipts and ways back are found by the order that
was paid (`Order.purpose`), so that a later refund goes back the way that the money came.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import Actor
from app.core.ids import new_id
from app.ledger.chart import FOR_SALE
from app.ledger.problems import LimitReached
from app.orders import queries
from app.orders.actions import ending, invoices, ordering, parting, settling
from app.orders.actions.parting import Loss, Why
from app.orders.models import Order, OrderDecisionKind, OrderState, PartKind, between
from app.orders.problems import (
    AboveOwnLimit,
    MoreUnitsThanLeft,
    NotEnoughUnits,
    NothingToReallocate,
    OrderStateForbids,
    OtherTerms,
)
from app.orders.queries.buying import Buying, Offer
from app.organisations.callers import Caller
from app.organisations.models import Organisation
from app.projects.models import Project, ProjectState
from app.schemes.terms import PolicyTerms, Reallocating

CHOSEN = "The buyer chose another project."

SUBSTITUTED = frozenset({ProjectState.STOPPED, ProjectState.COMPLETED})
"""Stopped, or completed with a short result: what was not paid out may go to another project."""


@dataclass(frozen=True, slots=True)
class _Move:
    """An order that is to move: it and both projects are locked."""

    order: Order
    offer: Offer
    project: Project
    """Where it goes."""
    buying: Buying
    """What the buyer may do there."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Who moves how many units, and why; `undisbursed` insists that their money is still there."""

    actor: Actor
    ordered_by_id: UUID | None
    """None: whoever ordered what moves."""
    units: int
    reason: str
    undisbursed: bool = False


async def reallocate(
    session: AsyncSession, caller: Caller, order: Order, project_id: UUID
) -> Order:
    """Move all that is left of an order whose project missed its threshold; give the new order.

    Raises:
        NothingToReallocate: the project missed none, or the time to choose is over.
        OrderStateForbids: the order is not paid, disputed, or nothing of it is left.
        AboveOwnLimit: it is above what the caller may spend: an approver decides.
        NotFound: no such project is on the market of the scheme.
        OtherTerms: its units cost otherwise.
        SaleNotRunning, OwnProject, BuyerOutsideTerms, QuantityOutsideTerms, NotEnoughUnits: as of
            any order.
    """
    move = await _locked(session, order, project_id, caller.user_id)
    _insist_on_time(move.offer)
    _insist_on_state(move.order)
    left = move.order.remaining_units
    cents = between(move.order.quote, move.order.undone_units, move.order.quantity_units)
    limit = move.buying.spending_limit_cents
    if limit is not None and cents.total_cents > limit:
        message = "This order is above your own spending limit: an approver can move it."
        raise AboveOwnLimit(message)
    return await _move(session, move, Wish(caller.actor, caller.user_id, left, CHOSEN))


async def reallocate_undisbursed(
    session: AsyncSession, order: Order, project_id: UUID, wish: Wish
) -> Order:
    """Move units of a stopped or short project whose money is still there; give the new order.

    The order keeps the others. Whoever decides that a project is substituted shares the units that
    are left over its orders first (`core.money.split`), and then moves each order's share.

    Raises:
        OrderStateForbids: the order is not paid, or its project is not over.
        MoreUnitsThanLeft: it has fewer.
        PaidOut: their money was paid out.
        NotFound, OtherTerms: as of a buyer who chooses.
        SaleNotRunning, OwnProject, BuyerOutsideTerms, QuantityOutsideTerms, NotEnoughUnits: as of
            any order.
    """
    move = await _locked(session, order, project_id, wish.ordered_by_id)
    _insist_on_state(move.order)
    if move.offer.project_state not in SUBSTITUTED:
        message = f"The project is {move.offer.project_state}: only of one that is over units move."
        raise OrderStateForbids(message, current_state=move.order.state)
    if wish.units > move.order.remaining_units:
        raise MoreUnitsThanLeft(wish.units, move.order.remaining_units)
    return await _move(session, move, wish)


async def _locked(
    session: AsyncSession, order: Order, project_id: UUID, user_id: UUID | None
) -> _Move:
    """Keep both projects, and then the order, as they are: projects in the order of their ids."""
    buying = await queries.buying.buying(session, project_id, order.buyer_id, user_id)
    if buying is None or buying.offer.scheme_id != order.scheme_id:
        raise ordering.not_on_the_market(project_id)
    for each in sorted({order.project_id, project_id}):
        await queries.orders.locked_project(session, each)
    # As it stands by now: it was read before the lock.
    buying = await queries.buying.buying(session, project_id, order.buyer_id, user_id) or buying
    order, offer = await parting.locked(session, order)
    if order.project_id == project_id:
        message = "The order is for this project already: choose another one."
        raise NothingToReallocate(message)
    project = await session.get_one(Project, project_id)
    return _Move(order, offer, project, buying)


def _insist_on_time(offer: Offer) -> None:
    is_missed = offer.project_state is ProjectState.NOT_FUNDED
    if not (is_missed and isinstance(offer.terms.threshold_missed, Reallocating)):
        message = (
            "Only an order whose project missed its threshold moves to another one, and only where"
            " the scheme's terms say so."
        )
        raise NothingToReallocate(message)
    until = ending.refund_due_at(offer)
    if until <= clock.now():
        message = f"The time to choose another project ended at {until.isoformat()}."
        raise NothingToReallocate(message)


def _insist_on_state(order: Order) -> None:
    if order.state not in parting.REFUNDABLE:
        message = f"The order is {order.state}: only a paid one moves to another project."
        raise OrderStateForbids(message, current_state=order.state)


async def _move(session: AsyncSession, move: _Move, wish: Wish) -> Order:
    """Annul units here, and give as many there: one entry for the money, all in one call."""
    order, there = move.order, move.buying.offer
    ordering.insist_on_buyer(move.buying, await session.get_one(Organisation, order.buyer_id))
    ordering.insist_on_quantity(there.terms, wish.units)
    _insist_on_price(move.offer.terms, there.terms)
    moved = _moved(order, there, wish)
    goes_to = settling.goes_to(moved, move.project, there)
    done = await settling.settlement(session, moved, move.project, there, settles_hold=False)
    session.add(moved)
    block = await settling.write(session, wish.actor, done, OrderDecisionKind.MOVED_HERE)
    bought = invoices.with_serials(await invoices.prepare(session, moved), block)
    why = Why(PartKind.REALLOCATED, wish.actor, wish.reason, moved_to_id=moved.id)
    part = await parting.take_off(session, move.offer, order, wish.units, why)
    loss = Loss(order, move.offer, part, goes_to, undisbursed=wish.undisbursed)
    try:
        await parting.enter(session, [loss], done.drafts, bought)
    except LimitReached as limit:
        if limit.account != FOR_SALE.code:
            raise
        raise NotEnoughUnits(there.project_id, wish.units, limit.available) from limit
    return moved


def _insist_on_price(here: PolicyTerms, there: PolicyTerms) -> None:
    """Insist that the money buys as many units there: rounds may have other terms.

    To buy fewer and refund the rest would be two decisions in one; who wants that is refunded, and
    orders anew.
    """
    of_here, of_there = (
        (terms.unit_price_cents, terms.fee, terms.sale_vat) for terms in (here, there)
    )
    if of_here != of_there:
        message = (
            "Price, fee or VAT of a unit differ there, so that the same money buys another number."
            " Let the order be refunded, and order there anew."
        )
        raise OtherTerms(message)


def _moved(order: Order, there: Offer, wish: Wish) -> Order:
    """Make the order there, with exactly what belongs to the units that move."""
    cents = between(order.quote, order.undone_units, order.undone_units + wish.units)
    return Order(
        id=new_id(),
        scheme_id=order.scheme_id,
        project_id=there.project_id,
        buyer_id=order.buyer_id,
        policy_id=there.policy_id,
        state=OrderState.PAID,
        quantity_units=wish.units,
        price_cents=cents.price_cents,
        vat_sale_cents=cents.vat_sale_cents,
        fee_cents=cents.fee_cents,
        vat_fee_cents=cents.vat_fee_cents,
        fee_borne_by=order.fee_borne_by,
        total_cents=cents.total_cents,
        pay_by=order.pay_by,
        purchase_order_number=order.purchase_order_number,
        cost_centre=order.cost_centre,
        invoice_address=order.invoice_address,
        is_named=order.is_named,
        ordered_by_id=wish.ordered_by_id or order.ordered_by_id,
        ordered_by_key_id=None if wish.ordered_by_id else order.ordered_by_key_id,
        ordered_at=clock.now(),
        moved_from_id=order.id,
        origin_id=order.paid_order_id,
    )
