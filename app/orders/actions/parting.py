"""Undo units of paid orders: their money, their serials, and what was recognised of them.

All that is undone goes through here, in two steps. `take_off` writes down which units an order
loses; `enter` puts any number of such losses in the books, in one call.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.events import Actor
from app.core.ids import new_id
from app.core.money import euros, split
from app.core.problems import Unavailable
from app.ledger import journal
from app.ledger.chart import RECEIVABLE
from app.ledger.drafts import AnyDraft, Draft, Line
from app.ledger.problems import LimitReached
from app.orders import hooks, postings, queries
from app.orders.actions import decisions, invoices, issuing, refunding, sources
from app.orders.models import (
    Order,
    OrderDecisionKind,
    OrderPart,
    OrderState,
    PartKind,
    between,
)
from app.orders.problems import MoreUnitsThanLeft, OrderStateForbids, PaidOut
from app.orders.queries.buying import Offer
from app.schemes.terms import RefundedUnits

REFUNDABLE = {OrderState.PAID, OrderState.PARTLY_REFUNDED}

TRIES = 5
"""Others take of the operator's accounts meanwhile: so often the books are read anew."""


@dataclass(frozen=True, slots=True)
class Why:
    """Why an order loses units, and who says so."""

    kind: PartKind
    actor: Actor
    reason: str
    moved_to_id: UUID | None = None
    dispute_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Loss:
    """What an order lost, and where its money goes: lines that take as much as the part's total."""

    order: Order
    offer: Offer
    part: OrderPart
    goes_to: tuple[Line, ...]
    undisbursed: bool = False
    """Whether its money must still be there, and not be claimed from the entrepreneur."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many units of an order, which are to be refunded."""

    order: Order
    offer: Offer
    units: int


@dataclass(frozen=True, slots=True)
class ProRata:
    """What became of units that were shared over the orders of a project."""

    parts: Sequence[OrderPart]
    """What was refunded, of each order that had a share."""
    set_aside_units: int
    """The share of orders in dispute: refunded when that is won."""


async def refund_units(
    session: AsyncSession, actor: Actor, order: Order, units: int | None, reason: str
) -> OrderPart:
    """Refund the last units of a paid order, or all that it has; their money goes back.

    A project that was funded stays funded. What was paid out of it already is a claim on its
    entrepreneur; what the operator spent of its fee is the operator's loss.

    Raises:
        OrderStateForbids: it is not paid, disputed, or nothing of it is left.
        MoreUnitsThanLeft: it has fewer.
    """
    order, offer = await locked(session, order)
    if order.state not in REFUNDABLE:
        message = f"The order is {order.state}: only a paid one is refunded."
        raise OrderStateForbids(message, current_state=order.state)
    if units is not None and units > order.remaining_units:
        raise MoreUnitsThanLeft(units, order.remaining_units)
    share = Share(order, offer, order.remaining_units if units is None else units)
    [part] = await refund_shares(session, [share], Why(PartKind.REFUNDED, actor, reason))
    return part


async def refund_pro_rata(
    session: AsyncSession, actor: Actor, project_id: UUID, units: int, reason: str
) -> ProRata:
    """Share a number of units over the paid orders of a project, and refund each order its share.

    The shares are whole and follow the units that each order has left, the largest remainders
    first; who has none gets nothing. An order in dispute has its share like everybody, or the
    others would get too much; but its money lies with the provider, and who loses the dispute pays
    all of it. So its share is set aside, and refunded when the dispute is won.

    Raises:
        MoreUnitsThanLeft: the project's orders have fewer.
        ValueError: it is no number of units.
    """
    _insist_on_units(units)
    await queries.orders.locked_project(session, project_id)
    offer = await _offer(session, project_id)
    orders = await queries.orders.locked_paid(session, project_id)
    left = [order.remaining_units - order.set_aside_units for order in orders]
    if units > sum(left):
        raise MoreUnitsThanLeft(units, sum(left))
    shares = list(zip(orders, split(units, left), strict=True))
    frozen = [(order, share) for order, share in shares if order.state is OrderState.DISPUTED]
    for order, share in frozen:
        if share:
            order.set_aside_units += share
            what = f"{share:,} units, if the dispute is won: {reason}"
            decisions.note(session, actor, order, OrderDecisionKind.SET_ASIDE, what)
    paid = [
        Share(order, offer, share) for order, share in shares if share and order.state in REFUNDABLE
    ]
    parts = await refund_shares(session, paid, Why(PartKind.REFUNDED, actor, reason))
    return ProRata(parts, sum(share for _, share in frozen))


async def refund_shares(
    session: AsyncSession, shares: Sequence[Share], why: Why
) -> list[OrderPart]:
    """Refund units of orders, all of which are locked, in one call of the books."""
    losses = []
    for share in shares:
        part = await take_off(session, share.offer, share.order, share.units, why)
        owed = postings.owed(share.order, part.total_cents)
        losses.append(Loss(share.order, share.offer, part, (owed,)))
    await enter(session, losses)
    for loss in losses:
        await refunding.send_back(session, loss.order, loss.part.total_cents, why.actor)
    return [loss.part for loss in losses]


async def locked(session: AsyncSession, order: Order) -> tuple[Order, Offer]:
    """Keep an order and its project as they are, and see what its sale depends on."""
    await queries.orders.locked_project(session, order.project_id)
    offer = await _offer(session, order.project_id)
    return await queries.orders.locked(session, order.id), offer


async def _offer(session: AsyncSession, project_id: UUID) -> Offer:
    offer = await queries.buying.offer(session, project_id)
    if offer is None:
        message = f"The project {project_id} was never on the market, and has no orders."
        raise RuntimeError(message)
    return offer


async def take_off(
    session: AsyncSession, offer: Offer, order: Order, units: int, why: Why
) -> OrderPart:
    """Write down that an order, which is locked, loses its last units, and what belongs to them.

    Raises:
        ValueError: it is no number of units, or the order has fewer.
    """
    _insist_on_units(units)
    block = await queries.units.given(session, order)
    last, undone = block.last_serial - order.undone_units, order.undone_units + units
    amounts = between(order.quote, order.undone_units, undone)
    part = OrderPart(
        id=new_id(),
        order_id=order.id,
        kind=why.kind,
        quantity_units=units,
        first_serial=last - units + 1,
        last_serial=last,
        price_cents=amounts.price_cents,
        vat_sale_cents=amounts.vat_sale_cents,
        fee_cents=amounts.fee_cents,
        vat_fee_cents=amounts.vat_fee_cents,
        total_cents=amounts.total_cents,
        are_for_sale=why.kind is PartKind.REFUNDED and _resells(offer),
        moved_to_id=why.moved_to_id,
        dispute_id=why.dispute_id,
        reason=why.reason,
        decided_by=str(why.actor),
        decided_at=clock.now(),
    )
    order.undone_units = undone
    order.state, kind = _stands(order, why.kind)
    session.add(part)
    issuing.annul(session, block, part)
    decisions.note_part(session, why.actor, order, kind, part)
    return part


def _insist_on_units(units: int) -> None:
    if units < 1:
        message = f"{units} is no number of units to undo."
        raise ValueError(message)


def _resells(offer: Offer) -> bool:
    """Tell whether refunded units are for sale again: the terms say so, and the sale goes on."""
    resold = offer.terms.refunded_units is RefundedUnits.FOR_SALE
    return resold and offer.is_on_sale(clock.now())


def _stands(order: Order, kind: PartKind) -> tuple[OrderState, OrderDecisionKind]:
    if kind is PartKind.REALLOCATED:
        is_whole = order.remaining_units == 0
        state = OrderState.REALLOCATED if is_whole else OrderState.PARTLY_REFUNDED
        return state, OrderDecisionKind.REALLOCATED
    if order.remaining_units:
        return OrderState.PARTLY_REFUNDED, OrderDecisionKind.PARTLY_REFUNDED
    return OrderState.REFUNDED, OrderDecisionKind.REFUNDED


async def enter(
    session: AsyncSession,
    losses: Sequence[Loss],
    more: Sequence[AnyDraft] = (),
    bought: invoices.Prepared | None = None,
) -> None:
    """Enter what orders lost, and more that belongs to it: all in one call, or nothing.

    What others recognised of the units is revoked first, and their invoices are given back last; so
    is what was bought for the same money invoiced.
    Where the operator's accounts have less by now than was read, they are read anew; what is not
    there any more is the operator's loss.

    Raises:
        Unavailable: others took of the operator's accounts each time.
        PaidOut: money that must still be there is not.
        LimitReached: an account that is another's has less than `more` takes of it.
    """
    await session.flush()
    first = [
        draft for loss in losses for draft in await hooks.unwound(session, loss.order, loss.part)
    ]
    offers = {loss.offer.project_id: loss.offer for loss in losses}
    for _ in range(TRIES):
        left = await sources.read(session, offers.values())
        undone = [_unwound(loss, left.take(loss.offer, loss.part)) for loss in losses]
        try:
            await journal.post(session, *first, *undone, *more)
        except LimitReached as limit:
            if limit.account not in sources.SHARED:
                raise
        else:
            lost = [(loss.order, loss.part) for loss in losses]
            await invoices.exchange(session, lost, bought)
            return
    message = "Others took of the operator's accounts at the same time."
    raise Unavailable(message)


def _unwound(loss: Loss, taken: Sequence[Line]) -> Draft:
    claimed = sum(line.amount for line in taken if line.account.kind is RECEIVABLE)
    if loss.undisbursed and claimed:
        message = f"EUR {euros(claimed)} of it was paid out: only what is still there can move."
        raise PaidOut(message, paid_out_cents=claimed)
    return postings.unwound(loss.order, loss.part, (*taken, *loss.goes_to))
