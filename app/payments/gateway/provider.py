"""All that we ask of the payment provider, one method each."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID

import stripe

from app.core.settings import Settings
from app.payments.facts import (
    AccountStanding,
    Checkout,
    DisputeStanding,
    Notice,
    OutgoingStanding,
    PaymentStanding,
    PayoutStanding,
    Transaction,
)
from app.payments.gateway import clients, reading
from app.payments.gateway.calls import Answer, Pace, answered, pace_of
from app.payments.gateway.reading import OURS, Thing
from app.payments.models import Outgoing, Payment, ProviderAccount, ProviderPayout, Way

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams

LARGEST_PAGE = 100

CURRENCY = "eur"

Retrieve = Callable[[str], Awaitable[stripe.StripeObject]]

_METHODS: dict[Way, Literal["card", "ideal", "sepa_debit", "customer_balance"]] = {
    Way.CARD: "card",
    Way.IDEAL: "ideal",
    Way.SEPA_DEBIT: "sepa_debit",
    Way.PROVIDER_TRANSFER: "customer_balance",
}

_PAYMENT = "payment_intent.latest_charge.balance_transaction"
_REFUND = ["balance_transaction", "failure_balance_transaction"]
_TRANSFER = ["balance_transaction", "reversals.data.balance_transaction"]


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator["Provider"]:
    """Open the way to the provider of an installation that has one.

    Raises:
        RuntimeError: it has none; whoever makes work for it refuses before (`ProviderMissing`).
    """
    if settings.stripe_key is None:
        message = "This installation has no payment provider: set BAAT_STRIPE_KEY."
        raise RuntimeError(message)
    key = settings.stripe_key.get_secret_value()
    async with clients.shared(settings, key) as client:
        yield Provider(client, pace_of(key, settings.stripe_requests_per_second))


class Provider:
    """The payment provider, as the holder of one key sees it."""

    def __init__(self, client: stripe.StripeClient, pace: Pace) -> None:
        self._v1 = client.v1
        self._pace = pace

    async def _ask(self, call: Awaitable[Answer]) -> Answer:
        return await answered(self._pace, call)

    async def open_checkout(self, payment: Payment, payer_name: str) -> Checkout:
        """Open the page on which a payment is paid; for a bank transfer, to an account of its own.

        Raises:
            Refused: the provider takes no such payment.
        """
        ours = {OURS: str(payment.id)}
        return_url = payment.return_url or ""
        params: SessionCreateParams = {
            "mode": "payment",
            "allowed_payment_method_types": [_METHODS[payment.way]],
            "client_reference_id": str(payment.id),
            "metadata": ours,
            "payment_intent_data": {"metadata": ours, "description": payment.description},
            "success_url": return_url,
            "cancel_url": return_url,
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": CURRENCY,
                        "unit_amount": payment.amount_cents,
                        "product_data": {"name": payment.description},
                    },
                }
            ],
        }
        if payment.way is Way.PROVIDER_TRANSFER:
            customer = await self._ask(
                self._v1.customers.create_async(
                    {"name": payer_name, "metadata": ours},
                    {"idempotency_key": f"baat-customer-{payment.id}"},
                )
            )
            params["customer"] = customer.id
            params["payment_method_options"] = {
                "customer_balance": {
                    "funding_type": "bank_transfer",
                    "bank_transfer": {
                        "type": "eu_bank_transfer",
                        "eu_bank_transfer": {"country": "NL"},
                    },
                }
            }
        made = await self._ask(
            self._v1.checkout.sessions.create_async(
                params, {"idempotency_key": f"baat-checkout-{payment.id}"}
            )
        )
        return reading.checkout(made.to_dict())

    async def close_checkout(self, payment: Payment) -> None:
        """Let a checkout be paid no more; one that was paid, or is being paid, stays as it is."""
        if payment.checkout_id is None:
            return
        standing = await self._session(payment.checkout_id)
        if standing["status"] == "open":
            await self._ask(self._v1.checkout.sessions.expire_async(payment.checkout_id))
            return
        intent = standing["payment_intent"] or {}
        if intent.get("status") in {"requires_action", "requires_payment_method"}:
            await self._ask(
                self._v1.payment_intents.cancel_async(
                    intent["id"], {"cancellation_reason": "abandoned"}
                )
            )

    async def payment(self, checkout_id: str) -> PaymentStanding:
        """Say how a payment stands."""
        return reading.payment(await self._session(checkout_id))

    async def _session(self, checkout_id: str) -> Thing:
        session = await self._ask(
            self._v1.checkout.sessions.retrieve_async(checkout_id, {"expand": [_PAYMENT]})
        )
        return session.to_dict()

    async def refund(self, outgoing: Outgoing, intent_id: str) -> OutgoingStanding:
        """Send money back the way that it came.

        Raises:
            Refused: it can't go back, such as when the payer's account is closed.
        """
        made = await self._ask(
            self._v1.refunds.create_async(
                {
                    "payment_intent": intent_id,
                    "amount": outgoing.amount_cents,
                    "metadata": {OURS: str(outgoing.id)},
                    "expand": _REFUND,
                },
                {"idempotency_key": f"baat-outgoing-{outgoing.id}"},
            )
        )
        return reading.refund(made.to_dict())

    async def find_refund(self, outgoing: Outgoing, intent_id: str) -> OutgoingStanding | None:
        """Ask whether a refund was made whose answer never came."""
        listed = await self._ask(
            self._v1.refunds.list_async(
                {
                    "payment_intent": intent_id,
                    "limit": LARGEST_PAGE,
                    "expand": [f"data.{name}" for name in _REFUND],
                }
            )
        )
        found = _ours(outgoing.id, [thing.to_dict() for thing in listed.data])
        return reading.refund(found) if found else None

    async def transfer(self, outgoing: Outgoing, account: ProviderAccount) -> OutgoingStanding:
        """Give money to an entrepreneur's account at the provider.

        Raises:
            Refused: the account may not receive, or the balance has not so much.
        """
        made = await self._ask(
            self._v1.transfers.create_async(
                {
                    "destination": account.external_id or "",
                    "amount": outgoing.amount_cents,
                    "currency": CURRENCY,
                    "description": outgoing.description,
                    "transfer_group": outgoing.purpose,
                    "metadata": {OURS: str(outgoing.id)},
                    "expand": _TRANSFER,
                },
                {"idempotency_key": f"baat-outgoing-{outgoing.id}"},
            )
        )
        return reading.transfer(made.to_dict())

    async def find_transfer(self, outgoing: Outgoing) -> OutgoingStanding | None:
        """Ask whether a transfer was made whose answer never came."""
        listed = await self._ask(
            self._v1.transfers.list_async(
                {
                    "transfer_group": outgoing.purpose,
                    "limit": LARGEST_PAGE,
                    "expand": [f"data.{name}" for name in _TRANSFER],
                }
            )
        )
        found = _ours(outgoing.id, [thing.to_dict() for thing in listed.data])
        return reading.transfer(found) if found else None

    async def claw_back(self, outgoing: Outgoing) -> None:
        """Take a transfer back, all of it.

        Raises:
            Refused: the account has not so much any more.
        """
        await self._ask(
            self._v1.transfers.reversals.create_async(
                outgoing.external_id or "",
                {"metadata": {OURS: str(outgoing.id)}},
                {"idempotency_key": f"baat-claw-back-{outgoing.id}"},
            )
        )

    async def outgoing(self, outgoing: Outgoing) -> OutgoingStanding:
        """Say how a refund or a transfer stands that the provider has."""
        name = outgoing.external_id or ""
        if outgoing.payment_id is not None:
            refund = await self._ask(self._v1.refunds.retrieve_async(name, {"expand": _REFUND}))
            return reading.refund(refund.to_dict())
        transfer = await self._ask(self._v1.transfers.retrieve_async(name, {"expand": _TRANSFER}))
        return reading.transfer(transfer.to_dict())

    async def pay_out(self, payout: ProviderPayout) -> PayoutStanding:
        """Let money go to the operator's own bank account.

        Raises:
            Refused: there is not so much, or no bank account.
        """
        made = await self._ask(
            self._v1.payouts.create_async(
                {
                    "amount": payout.amount_cents,
                    "currency": CURRENCY,
                    "statement_descriptor": payout.statement_text,
                    "metadata": {OURS: str(payout.id)},
                    "expand": _REFUND,
                },
                {"idempotency_key": f"baat-payout-{payout.id}"},
            )
        )
        return reading.payout(made.to_dict())

    async def find_payout(self, payout: ProviderPayout) -> PayoutStanding | None:
        """Ask whether a payout was made whose answer never came."""
        listed = await self._ask(
            self._v1.payouts.list_async(
                {"limit": LARGEST_PAGE, "expand": [f"data.{name}" for name in _REFUND]}
            )
        )
        found = _ours(payout.id, [thing.to_dict() for thing in listed.data])
        return reading.payout(found) if found else None

    async def payout(self, external_id: str) -> PayoutStanding:
        """Say how a payout stands that the provider has."""
        found = await self._ask(self._v1.payouts.retrieve_async(external_id, {"expand": _REFUND}))
        return reading.payout(found.to_dict())

    async def dispute(self, external_id: str) -> DisputeStanding:
        """Say how a dispute stands."""
        found = await self._ask(self._v1.disputes.retrieve_async(external_id))
        return reading.dispute(found.to_dict())

    async def make_account(self, account: ProviderAccount) -> AccountStanding:
        """Have an account made for an entrepreneur, who tells the provider the rest."""
        made = await self._ask(
            self._v1.accounts.create_async(
                {
                    "type": "express",
                    "country": "NL",
                    "capabilities": {"transfers": {"requested": True}},
                    "metadata": {OURS: str(account.id)},
                },
                {"idempotency_key": f"baat-account-{account.id}"},
            )
        )
        return reading.account(made.to_dict())

    async def account(self, external_id: str) -> AccountStanding:
        """Say how an entrepreneur's account stands."""
        found = await self._ask(self._v1.accounts.retrieve_async(external_id))
        return reading.account(found.to_dict())

    async def onboarding(self, external_id: str, return_url: str) -> tuple[str, datetime]:
        """Have a page made on which an entrepreneur tells about itself, and until when it works."""
        link = await self._ask(
            self._v1.account_links.create_async(
                {
                    "account": external_id,
                    "type": "account_onboarding",
                    "return_url": return_url,
                    "refresh_url": return_url,
                }
            )
        )
        return link.url, reading.moment(link.expires_at)

    async def our_id(self, object_id: str) -> UUID | None:
        """Say by which id of ours the provider keeps a thing; none if it is not ours."""
        thing = await self._marked(object_id)
        marked = (thing.get("metadata") or {}).get(OURS)
        try:
            return UUID(str(marked)) if marked else None
        except ValueError:
            return None

    async def _marked(self, object_id: str) -> Thing:
        kinds: dict[str, Retrieve] = {
            "cs": self._v1.checkout.sessions.retrieve_async,
            "pi": self._v1.payment_intents.retrieve_async,
            "re": self._v1.refunds.retrieve_async,
            "pyr": self._v1.refunds.retrieve_async,
            "tr": self._v1.transfers.retrieve_async,
            "po": self._v1.payouts.retrieve_async,
            "acct": self._v1.accounts.retrieve_async,
        }
        retrieve = kinds[object_id.partition("_")[0]]
        return (await self._ask(retrieve(object_id))).to_dict()

    async def disputed(self, external_id: str) -> str | None:
        """Say which intent a dispute is about."""
        found = await self._ask(self._v1.disputes.retrieve_async(external_id))
        return reading.id_of(found.to_dict()["payment_intent"])

    async def notices(self, since: datetime) -> AsyncIterator[Notice]:
        """List the events that happened since, the newest first."""
        listed = await self._ask(
            self._v1.events.list_async(
                {"created": {"gte": int(since.timestamp())}, "limit": LARGEST_PAGE}
            )
        )
        async for event in listed.auto_paging_iter():
            yield reading.notice(event.to_dict())

    async def transactions(self, since: datetime) -> AsyncIterator[Transaction]:
        """List the moves of the balance since, the newest first."""
        listed = await self._ask(
            self._v1.balance_transactions.list_async(
                {"created": {"gte": int(since.timestamp())}, "limit": LARGEST_PAGE}
            )
        )
        async for move in listed.auto_paging_iter():
            yield reading.transaction(move.to_dict())

    async def balance_cents(self) -> int:
        """Say how much is at the provider, available or not yet."""
        balance = (await self._ask(self._v1.balance.retrieve_async())).to_dict()
        sums = [*balance["available"], *balance["pending"]]
        return sum(part["amount"] for part in sums if part["currency"] == CURRENCY)


def _ours(our_id: UUID, things: list[Thing]) -> Thing | None:
    marked = (t for t in things if (t.get("metadata") or {}).get(OURS) == str(our_id))
    return next(marked, None)
