"""Follow disputes of payments: freeze what was bought, free it again, or undo it.

A dispute is about a payment, and so about all orders that its money was moved to. Where its money
came in vain, for the order was paid otherwise or not at all, it is about no order: its refund is
stopped, and what is gone already is a loss.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, jobs
from app.core.problems import Unavailable
from app.ledger import balances, journal
from app.ledger.chart import DISPUTED, UNALLOCATED
from app.ledger.drafts import credit
from app.orders import postings, queries
from app.orders.actions import decisions, letters, parting, refunding
from app.orders.actions.letters import OrderLetter
from app.orders.actions.parting import Loss, Share, Why
from app.orders.models import Order, OrderDecisionKind, OrderState, PartKind
from app.orders.postings import Beyond
from app.orders.queries.buying import Offer
from app.payments.actions import outgoings
from app.payments.models import Dispute, DisputeStatus, Outgoing, OutgoingStatus, Payment

LOST = "The dispute was lost."
SET_ASIDE = "Decided while the payment was disputed; the dispute was won."

MAKE_GOOD = jobs.JobKind("orders.make-good")
"""Look whether a refund that failed is owed at all (`make_good`)."""

LIVE = {*parting.REFUNDABLE, OrderState.DISPUTED}


async def follow(session: AsyncSession, dispute: Dispute, payment: Payment) -> None:
    """Do what a dispute's status asks for; the dispute is locked. Twice is as once."""
    locked = await _locked(session, payment.owner_id)
    paid_order, _ = locked[0]
    in_vain = await queries.disputes.came_in_vain(session, paid_order)
    bought = locked if await queries.disputes.paid(session, payment, in_vain) else []
    match dispute.status:
        case DisputeStatus.OPEN:
            await _freeze(session, bought)
        case DisputeStatus.WON if not await queries.disputes.others_open(
            session, dispute, payment, in_vain
        ):
            await _free(session, bought)
        case DisputeStatus.LOST if not await queries.disputes.is_entered(session, dispute, payment):
            await _lose(session, dispute, paid_order, bought)


async def _locked(session: AsyncSession, order_id: UUID) -> list[tuple[Order, Offer]]:
    """Keep all orders that a payment's money is in as they are, and their projects before."""
    orders = await queries.orders.paid_with(session, order_id)
    for project_id in sorted({order.project_id for order in orders}):
        await queries.orders.locked_project(session, project_id)
    bought = [await parting.locked(session, order) for order in orders]
    if len(await queries.orders.paid_with(session, order_id)) > len(orders):
        message = "An order was moved meanwhile: look again."
        raise Unavailable(message)
    return bought


async def _freeze(session: AsyncSession, bought: Sequence[tuple[Order, Offer]]) -> None:
    for order, _ in bought:
        if order.state in parting.REFUNDABLE:
            order.state = OrderState.DISPUTED
            decisions.note(session, decisions.PAYMENTS, order, OrderDecisionKind.DISPUTED)
            await letters.about_order(session, order, OrderLetter.DISPUTED)


async def _free(session: AsyncSession, bought: Sequence[tuple[Order, Offer]]) -> None:
    """Give orders free, and refund what was set aside of them: all in one call of the books."""
    set_aside = []
    for order, offer in bought:
        if order.state is not OrderState.DISPUTED:
            continue
        order.state = OrderState.PARTLY_REFUNDED if order.undone_units else OrderState.PAID
        decisions.note(session, decisions.PAYMENTS, order, OrderDecisionKind.DISPUTE_WON)
        units, order.set_aside_units = order.set_aside_units, 0
        if units:
            set_aside.append(Share(order, offer, units))
    if set_aside:
        why = Why(PartKind.REFUNDED, decisions.PAYMENTS, SET_ASIDE)
        await parting.refund_shares(session, set_aside, why)


async def _lose(
    session: AsyncSession,
    dispute: Dispute,
    paid_order: Order,
    bought: Sequence[tuple[Order, Offer]],
) -> None:
    """Undo all that is left of what was bought.

    What the provider did not take is owed to the buyer: nothing is left that it could pay. What it
    took beyond was paid back before, or is about to be: that is stopped, and the rest is a loss.
    """
    why = Why(PartKind.LOST, decisions.PAYMENTS, LOST, dispute_id=dispute.id)
    rest = dispute.amount_cents
    losses = []
    for order, offer in bought:
        if order.state not in LIVE:
            continue
        order.set_aside_units = 0
        part = await parting.take_off(session, offer, order, order.remaining_units, why)
        gone = min(rest, part.total_cents)
        rest -= gone
        held_back = credit(DISPUTED.of(order.scheme_id), gone, order.id)
        owed = postings.owed(order, part.total_cents - gone)
        losses.append(Loss(order, offer, part, (held_back, owed)))
    stopped, failed = await _stop_refunds(session, paid_order, dispute) if rest else (0, 0)
    # What lies unallocated came otherwise, if this came in vain.
    came = await _unallocated(session, paid_order) if bought else 0
    beyond = _beyond(rest, came, failed + stopped)
    more = [postings.lost_twice(paid_order, dispute, beyond, clock.now())] if rest else []
    await parting.enter(session, losses, more)
    for loss in losses:
        await letters.about_order(session, loss.order, OrderLetter.DISPUTE_LOST)
        await refunding.send_back(session, loss.order, loss.goes_to[1].amount)
    await refunding.send_back(
        session, paid_order, stopped - max(0, beyond.refund_due_cents - failed)
    )


async def _stop_refunds(session: AsyncSession, order: Order, dispute: Dispute) -> tuple[int, int]:
    """Stop refunds to a payment that its payer took back, if they are not sent.

    Returns:
        How much was stopped, and how much failed before and goes no other way.
    """
    stranded = await queries.refunds.stranded_cents(session, order)
    stopped = failed = 0
    for outgoing in await queries.money.outgoings(session, order):
        if outgoing.payment_id != dispute.payment_id:
            continue
        if await outgoings.stop(session, decisions.PAYMENTS, outgoing, LOST):
            stopped += outgoing.amount_cents
        elif outgoing.status is OutgoingStatus.FAILED:
            failed += outgoing.amount_cents
    return stopped, min(failed, stranded)


async def make_good(session: AsyncSession, order_id: UUID, outgoing_id: UUID) -> None:
    """Owe nothing for a refund that failed, if a lost dispute gave the buyer its money.

    The refund was on its way when the dispute was lost, so that its money seemed to be paid twice
    (`_lose`). Twice is as once.
    """
    order = await queries.orders.locked(session, order_id)
    refund = await session.get_one(Outgoing, outgoing_id)
    if await queries.disputes.is_made_good(session, order, refund):
        return
    borne = await queries.disputes.borne(session, order, refund)
    stranded = await queries.refunds.stranded_cents(session, order)
    cents = min(refund.amount_cents, borne, stranded)
    if cents > 0:
        await journal.post(session, postings.made_good(order, refund, cents, clock.now()))


async def _unallocated(session: AsyncSession, order: Order) -> int:
    return (await balances.now(session, UNALLOCATED.of(order.scheme_id, order.id))).posted


def _beyond(cents: int, unallocated_cents: int, stopped_cents: int) -> Beyond:
    """See what there is of what a dispute takes beyond what is left of an order."""
    came = min(unallocated_cents, cents)
    return Beyond(cents, came, min(stopped_cents, cents - came))
