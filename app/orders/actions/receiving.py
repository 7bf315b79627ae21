"""Take money that came for an order: pay the order with it, keep it, or give it back."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.ledger import balances, journal
from app.ledger.chart import UNALLOCATED
from app.ledger.problems import HoldEnded, HoldPosted, LimitReached, NoSuchHold
from app.orders import postings, queries
from app.orders.actions import decisions, expiring, invoices, letters, refunding, settling
from app.orders.actions.letters import OrderLetter
from app.orders.models import Order, OrderDecisionKind, OrderState
from app.orders.postings import Arrived
from app.orders.queries.buying import Offer
from app.payments.models import Payment, Receipt
from app.payments.postings import arriving
from app.projects.models import Project, ProjectState

WAITING = {OrderState.RESERVED, OrderState.PROCESSING}

PAYABLE = {*WAITING, OrderState.EXPIRED}
"""Money that comes late pays an order, too, if its units are still there."""


@dataclass(frozen=True, slots=True)
class _Coming:
    """Money that is coming in for an order, whose project and order are locked."""

    order: Order
    project: Project
    offer: Offer
    arrived: Arrived
    before_cents: int
    """What came before and pays nothing yet."""

    @property
    def is_payable(self) -> bool:
        """Whether money can pay the order: that of a stopped project would only be frozen."""
        return self.order.state in PAYABLE and self.project.state is not ProjectState.STOPPED


async def receive(session: AsyncSession, receipt: Receipt, payment: Payment) -> None:
    """Enter money that came for an order; the receipt is locked.

    All that has come pays the order once it is enough; what is too much goes back. So does all of
    it where the order can't be paid any more, or its project was stopped. What is not enough yet
    lies in `unallocated`.
    """
    coming = await _coming(session, receipt, payment)
    order = coming.order
    come = coming.before_cents + receipt.amount_cents
    if coming.is_payable and come < order.total_cents:
        if order.state is not OrderState.EXPIRED:
            await journal.post(session, postings.received(order, coming.arrived))
            part = receipt.amount_cents
            await letters.about_order(session, order, OrderLetter.PART_RECEIVED, part)
            return
    elif coming.is_payable and await _pay(session, coming):
        await refunding.send_back(session, order, come - order.total_cents)
        return
    if order.state in WAITING:
        # Nothing else would end one whose payment was under way, and its sale could never end.
        await expiring.let_go(session, order, coming.arrived)
        return
    await journal.post(session, postings.in_vain(order, coming.arrived, coming.before_cents))
    await refunding.send_back(session, order, come)


async def _coming(session: AsyncSession, receipt: Receipt, payment: Payment) -> _Coming:
    order = await session.get_one(Order, payment.owner_id)
    project = await queries.orders.locked_project(session, order.project_id)
    order = await queries.orders.locked(session, order.id)
    offer = await queries.buying.offer(session, order.project_id)
    if offer is None:
        message = f"The order {order.id} is for a project that was never on the market."
        raise RuntimeError(message)
    unallocated = UNALLOCATED.of(order.scheme_id, order.id)
    arrived = Arrived(
        receipt.id, arriving(receipt, order.id), receipt.evidence, receipt.received_at
    )
    before = (await balances.now(session, unallocated)).posted
    return _Coming(order, project, offer, arrived, before)


async def _pay(session: AsyncSession, coming: _Coming) -> bool:
    """Pay an order from its hold, else from what is for sale; say whether its units were there."""
    order = coming.order
    held = order.state is not OrderState.EXPIRED
    if held and await _settle(session, coming, settles_hold=True):
        return True
    if not coming.offer.is_on_sale(clock.now()):
        return False
    if not await _settle(session, coming, settles_hold=False):
        return False
    decisions.note(session, decisions.PAYMENTS, order, OrderDecisionKind.RESERVED_ANEW)
    return True


async def _settle(session: AsyncSession, coming: _Coming, *, settles_hold: bool) -> bool:
    """Enter an order's money and units, and the threshold if it is reached: all in one call."""
    order = coming.order
    goes_to = settling.goes_to(order, coming.project, coming.offer)
    paid = postings.paid(order, coming.arrived, coming.before_cents, goes_to)
    prepared = await invoices.prepare(session, order)
    done = await settling.settlement(
        session, order, coming.project, coming.offer, settles_hold=settles_hold
    )
    try:
        await journal.post(session, paid, *done.drafts)
    except (LimitReached, HoldEnded, HoldPosted, NoSuchHold):
        return False
    block = await settling.write(session, decisions.PAYMENTS, done, OrderDecisionKind.PAID)
    await invoices.issue_paid(session, prepared, block)
    return True
