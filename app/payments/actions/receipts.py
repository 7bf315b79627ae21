"""Take money that arrived, once; put it in suspense, and find its owner."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events
from app.core.events import Actor
from app.core.ids import new_id
from app.payments import hooks, postings, queries
from app.payments.actions import books
from app.payments.facts import Arrival
from app.payments.hooks import Thing
from app.payments.models import Payment, PaymentStatus, Rail, Receipt, ReceiptPlace
from app.payments.problems import ReceiptStateForbids

OUTSIDE = Actor.system("payments")
"""Nobody here: a bank or the provider told us."""


async def take(session: AsyncSession, arrival: Arrival, payment: Payment | None) -> Receipt | None:
    """Take money that arrived; its owner is told, or it is in suspense at once if there is none.

    The payment, if given, is locked by the caller. One by bank succeeds when all of it is there.

    Returns:
        The receipt; none if this fact was taken before.
    """
    receipt_id = await session.scalar(
        insert(Receipt)
        .values(
            id=new_id(),
            scheme_id=arrival.scheme_id,
            payment_id=payment.id if payment else None,
            rail=arrival.rail,
            external_id=arrival.external_id,
            amount_cents=arrival.amount_cents,
            received_at=arrival.received_at,
            payer_name=arrival.payer_name,
            payer_iban=arrival.payer_iban,
            remittance=arrival.remittance,
            place=ReceiptPlace.ARRIVED,
            taken_at=clock.now(),
        )
        .on_conflict_do_nothing(constraint="uq_receipts_rail_external_id")
        .returning(Receipt.id)
    )
    if receipt_id is None:
        return None
    receipt = await session.get_one(Receipt, receipt_id)
    events.record(
        session,
        "receipt.taken",
        receipt.id,
        OUTSIDE,
        rail=receipt.rail,
        amountCents=receipt.amount_cents,
        paymentId=str(payment.id) if payment else None,
    )
    if payment is None:
        await _suspend(session, receipt)
    else:
        await _belongs(session, receipt, payment)
    return receipt


async def _suspend(session: AsyncSession, receipt: Receipt) -> None:
    await books.enter(session, receipt.scheme_id, [postings.suspended(receipt)])
    receipt.place, receipt.booked_at = ReceiptPlace.SUSPENSE, clock.now()


async def assign(session: AsyncSession, actor: Actor, receipt: Receipt, payment: Payment) -> None:
    """Say what money in suspense is for: its owner is told, and moves it on.

    Raises:
        ReceiptStateForbids: it is not in suspense, is being sent back, or the payment is another
            scheme's.
    """
    receipt = await queries.receipts.locked(session, receipt.id)
    if receipt.place is not ReceiptPlace.SUSPENSE or receipt.payment_id is not None:
        message = f"The receipt is {receipt.place}: only one in suspense can be assigned."
        raise ReceiptStateForbids(message, current_place=receipt.place)
    if payment.scheme_id != receipt.scheme_id:
        message = "The payment is expected in another scheme."
        raise ReceiptStateForbids(message, current_place=receipt.place)
    if await queries.receipts.being_sent_back(session, receipt.id) is not None:
        message = "The money is on its way back to whoever sent it: withhold that first."
        raise ReceiptStateForbids(message, current_place=receipt.place)
    payment = await queries.payments.locked(session, payment.id)
    receipt.payment_id = payment.id
    events.record(session, "receipt.assigned", receipt.id, actor, paymentId=str(payment.id))
    await session.flush()
    await _belongs(session, receipt, payment)


async def _belongs(session: AsyncSession, receipt: Receipt, payment: Payment) -> None:
    await hooks.tell(session, Thing.RECEIPT, receipt.id)
    if payment.way.rail is Rail.BANK and payment.status is not PaymentStatus.SUCCEEDED:
        await session.flush()
        if await _received_cents(session, payment) >= payment.amount_cents:
            move(session, payment, PaymentStatus.SUCCEEDED)
            await hooks.tell(session, Thing.PAYMENT, payment.id)


async def _received_cents(session: AsyncSession, payment: Payment) -> int:
    query = sa.select(sa.func.sum(Receipt.amount_cents)).where(Receipt.payment_id == payment.id)
    return int(await session.scalar(query) or 0)


def move(session: AsyncSession, payment: Payment, status: PaymentStatus) -> None:
    """Give a locked payment another status."""
    payment.status = status
    if status is PaymentStatus.SUCCEEDED:
        payment.succeeded_at = clock.now()
    events.record(session, f"payment.{status}", payment.id, OUTSIDE, purpose=payment.purpose)
