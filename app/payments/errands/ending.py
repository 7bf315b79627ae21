"""Close a payment that was cancelled, or whose time is up."""

from contextlib import suppress
from uuid import UUID

from app.core import clock
from app.core.database import Database
from app.payments import actions, gateway, queries
from app.payments.errands import looking
from app.payments.gateway import Refused
from app.payments.models import Payment, PaymentStatus

WAITING = {PaymentStatus.EXPECTED, PaymentStatus.STARTED}
"""Nobody has done their part yet."""


async def end(database: Database, payment_id: UUID) -> None:
    """Close it at the provider first; what was paid in the last moment stays paid."""
    async with database.reading() as session:
        payment = await session.get_one(Payment, payment_id)
    if payment.status not in WAITING or not _is_due(payment):
        return
    if payment.checkout_id is None:
        await _close_here(database, payment_id)
        return
    async with gateway.opened(database.settings) as provider:
        # Somebody may pay, or it closes by itself, between the look and the word: we look again.
        with suppress(Refused):
            await provider.close_checkout(payment)
        await looking.at_payment(database, provider, payment_id)


def _is_due(payment: Payment) -> bool:
    return payment.cancel_requested_at is not None or payment.expires_at <= clock.now()


async def _close_here(database: Database, payment_id: UUID) -> None:
    async with database.work() as session:
        payment = await queries.payments.locked(session, payment_id)
        if payment.status not in WAITING:
            return
        if payment.checkout_id is not None:
            message = "The checkout was opened at this moment: it is closed in the next attempt."
            raise looking.KeepsChanging(message)
        cancelled = payment.cancel_requested_at is not None
        status = PaymentStatus.CANCELLED if cancelled else PaymentStatus.EXPIRED
        await actions.payments.close(session, payment, status)
