"""Begin the payment of an order, and follow how it goes."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events, jobs
from app.core.events import Actor
from app.ledger import journal
from app.ledger.drafts import Extend
from app.ledger.problems import LimitReached
from app.orders import postings, queries
from app.orders.actions import decisions, disputes, expiring, invoices, letters
from app.orders.actions.letters import OrderLetter
from app.orders.models import Order, OrderDecisionKind, OrderState, PayBy
from app.orders.problems import OrderStateForbids, PaymentOpen
from app.payments.actions import payments
from app.payments.actions.payments import Wanted
from app.payments.models import Outgoing, OutgoingStatus, Payment, PaymentStatus, Way

UNDER_WAY = timedelta(days=21)
"""A direct debit is confirmed or refused within some banking days; the provider says within 14."""

AGAIN = timedelta(minutes=30)
"""To try another way, after a payment that failed."""


async def begin(
    session: AsyncSession, actor: Actor, order: Order, way: Way, return_url: str | None
) -> Payment:
    """Expect the payment of a reserved order, in one way.

    Raises:
        OrderStateForbids: it is not reserved, or its time is up.
        PaymentOpen: another payment of it can still be paid.
        TooLargeForIdeal, ProviderMissing: the way takes no such payment.
    """
    order = await queries.orders.locked(session, order.id)
    until = order.reserved_until
    if order.state is not OrderState.RESERVED or until is None or until <= clock.now():
        message = f"The order is {order.state}: only a reservation that still holds can be paid."
        raise OrderStateForbids(message, current_state=order.state)
    if (before := await queries.money.open_payment(session, order)) is not None:
        message = (
            f"The payment {before.id} of this order is {before.status}. Pay that one, or cancel it."
        )
        raise PaymentOpen(message, payment_id=str(before.id))
    return await payments.expect(
        session,
        actor,
        Wanted(
            scheme_id=order.scheme_id,
            payer_id=order.buyer_id,
            purpose=order.purpose,
            amount_cents=order.total_cents,
            way=way,
            description=f"{order.quantity_units} units, order {order.id}",
            expires_at=until,
            return_url=return_url,
        ),
    )


async def invoice(session: AsyncSession, actor: Actor, order: Order) -> None:
    """Invoice an order that is paid so, and expect its transfer, from its reservation on.

    Raises:
        InvoiceImpossible: somebody's data are not complete.
    """
    if order.pay_by is PayBy.INVOICE:
        payment = await begin(session, actor, order, Way.BANK, None)
        await letters.about_order(session, order, OrderLetter.RESERVED)
        prepared = await invoices.prepare(session, order)
        await invoices.issue_to_pay(session, prepared, payment)


async def follow(session: AsyncSession, payment: Payment) -> None:
    """Keep an order's units while its payment is under way, and no longer if it fails.

    Money itself is told of by its receipt (`actions.receiving`).
    """
    order = await queries.orders.locked(session, payment.owner_id)
    if payment.status is PaymentStatus.PROCESSING and order.state is OrderState.RESERVED:
        await _keep(session, order)
    elif payment.status is PaymentStatus.PROCESSING and order.state is OrderState.EXPIRED:
        await _keep_anew(session, order)
    elif payment.status in OVER and order.state is OrderState.PROCESSING:
        await _wait_again(session, order)


OVER = {PaymentStatus.FAILED, PaymentStatus.CANCELLED, PaymentStatus.EXPIRED}


async def _keep(session: AsyncSession, order: Order) -> None:
    order.state = OrderState.PROCESSING
    order.reserved_until = clock.now() + UNDER_WAY
    decisions.note(session, decisions.PAYMENTS, order, OrderDecisionKind.PAYMENT_UNDER_WAY)
    await session.flush()
    # A hold that expired meanwhile stays so: then the money finds what is still for sale.
    await journal.offer(session, Extend(order.hold_reference, order.reserved_until))


async def _keep_anew(session: AsyncSession, order: Order) -> None:
    """Hold units for a payment that began after the order's time was up, if there are some.

    If there are none, its money finds what is for sale by then, or goes back (`receiving`).
    """
    offer = await queries.buying.offer(session, order.project_id)
    now = clock.now()
    if offer is None or not offer.is_on_sale(now):
        return
    order.reservations += 1
    until = now + UNDER_WAY
    try:
        await journal.post(session, postings.reserved(order, until))
    except LimitReached:
        order.reservations -= 1
        return
    order.state, order.reserved_until = OrderState.PROCESSING, until
    decisions.note(session, decisions.PAYMENTS, order, OrderDecisionKind.RESERVED_ANEW)
    decisions.note(session, decisions.PAYMENTS, order, OrderDecisionKind.PAYMENT_UNDER_WAY)


async def _wait_again(session: AsyncSession, order: Order) -> None:
    offer = await queries.buying.offer(session, order.project_id)
    now = clock.now()
    # Its project may have been stopped meanwhile: then nobody pays for it again.
    ends_at = offer.sale_ends_at if offer is not None and offer.is_on_sale(now) else now
    order.state = OrderState.RESERVED
    order.reserved_until = min(now + AGAIN, ends_at)
    decisions.note(session, decisions.PAYMENTS, order, OrderDecisionKind.PAYMENT_FAILED)
    if expiring.is_overdue(order):
        await expiring.let_go(session, order)
        return
    await letters.about_order(session, order, OrderLetter.PAYMENT_FAILED)
    await session.flush()
    await journal.offer(session, Extend(order.hold_reference, order.reserved_until))


async def follow_outgoing(session: AsyncSession, outgoing: Outgoing) -> None:
    """Note how far a refund is; one that failed may not be owed at all."""
    if outgoing.status is OutgoingStatus.FAILED and outgoing.payment_id is not None:
        # Later: who follows a dispute locks the order before its refunds.
        await jobs.enqueue(
            session, disputes.MAKE_GOOD, order_id=outgoing.owner_id, outgoing_id=outgoing.id
        )
    events.record(
        session,
        f"order.refund-{outgoing.status}".replace("_", "-"),
        outgoing.owner_id,
        decisions.PAYMENTS,
        outgoingId=str(outgoing.id),
        amountCents=outgoing.amount_cents,
    )
