"""Open the provider's checkout for an expected payment."""

from uuid import UUID

from app.core.database import Database
from app.organisations.models import Organisation
from app.payments import actions, gateway, queries
from app.payments.errands import looking
from app.payments.gateway import Refused
from app.payments.models import Payment, PaymentStatus


async def start(database: Database, payment_id: UUID) -> None:
    """Open it once, however often this is done: the key is the payment's."""
    async with database.reading() as session:
        payment = await session.get_one(Payment, payment_id)
        payer = await session.get_one(Organisation, payment.payer_id)
    if payment.status is not PaymentStatus.EXPECTED or payment.checkout_id is not None:
        return
    async with gateway.opened(database.settings) as provider:
        try:
            checkout = await provider.open_checkout(payment, payer.legal_name)
        except Refused as refusal:
            async with database.work() as session:
                locked = await queries.payments.locked(session, payment_id)
                await actions.payments.refused(session, locked, refusal.code)
            return
        async with database.work() as session:
            locked = await queries.payments.locked(session, payment_id)
            await actions.payments.opened(session, locked, checkout)
        if locked.status is not PaymentStatus.STARTED:
            # It was cancelled, or its time was up, while the provider opened it.
            await provider.close_checkout(locked)
        # It may have been paid in an attempt whose answer was lost.
        await looking.at_payment(database, provider, payment_id)
