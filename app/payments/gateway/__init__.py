"""The way to the payment provider (Stripe), by its official client: the only one that knows it.

    async with gateway.opened(database.settings) as provider:
        checkout = await provider.open_checkout(payment, payer_name)

Never while a transaction is open. Every call that makes something carries an idempotency key made
of our own id, so that it can be repeated for a day; after that, `find_…` asks whether it was done.
What comes back are values of our own (`facts`).

A refusal is `Refused` (`Missing` where there is no such thing): another try gets the same. Whatever
else happens (no answer, a lost one, a fault over there, too many calls) is `Unanswered`: it may
have been done or not, and the errand asks when it is tried again.
"""

from app.payments.gateway.calls import Missing, Refused, Unanswered
from app.payments.gateway.provider import Provider, opened
from app.payments.gateway.signing import read_event

__all__ = ["Missing", "Provider", "Refused", "Unanswered", "opened", "read_event"]
