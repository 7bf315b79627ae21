"""Expect payments, cancel them, and follow how they stand at the provider."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, events, jobs
from app.core.database import settings_of
from app.core.events import Actor
from app.core.ids import new_id
from app.payments import hooks, queries
from app.payments.actions import balance, books, receipts
from app.payments.facts import Arrival, Checkout, PaymentStanding
from app.payments.hooks import Thing
from app.payments.models import Payment, PaymentStatus, Purpose, Rail, Way
from app.payments.problems import PaymentStateForbids, ProviderMissing, TooLargeForIdeal
from app.payments.sepa.references import creditor_reference

LARGEST_IDEAL_CENTS = 5_000_000
"""The scheme's own limit for one payment."""

START = jobs.JobKind("payments.start", max_attempts=20)
"""Open the provider's checkout (`errands.starting`)."""

END = jobs.JobKind("payments.end", max_attempts=40, back_off_seconds=5.0)
"""Close what was cancelled, or whose time is up (`errands.ending`)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A payment to expect."""

    scheme_id: UUID
    payer_id: UUID
    purpose: str
    """`<noun>/<id>`; its owner is told of all that happens (`hooks`)."""
    amount_cents: int
    way: Way
    description: str
    expires_at: datetime
    return_url: str | None = None
    """Where a payer comes back to from the provider's checkout; a payment by bank has none."""


async def expect(session: AsyncSession, actor: Actor, wanted: Wanted) -> Payment:
    """Expect a payment; the provider's checkout is opened by a job, and then has an address.

    Raises:
        TooLargeForIdeal: iDEAL takes no such amount.
        ProviderMissing: this installation takes payments by bank only.
        ValueError: the purpose is none, or a payment by the provider has nowhere to come back to.
    """
    Purpose.read(wanted.purpose)
    _insist_on_way(session, wanted)
    payment = Payment(
        id=(payment_id := new_id()),
        scheme_id=wanted.scheme_id,
        payer_id=wanted.payer_id,
        purpose=wanted.purpose,
        amount_cents=wanted.amount_cents,
        way=wanted.way,
        description=wanted.description,
        creditor_reference=creditor_reference(payment_id) if wanted.way is Way.BANK else None,
        status=PaymentStatus.EXPECTED,
        return_url=wanted.return_url,
        expires_at=wanted.expires_at,
        created_by=str(actor),
    )
    session.add(payment)
    events.record(
        session,
        "payment.expected",
        payment.id,
        actor,
        purpose=wanted.purpose,
        amountCents=wanted.amount_cents,
        way=wanted.way,
    )
    await session.flush()
    if wanted.way.rail is Rail.PROVIDER:
        await jobs.enqueue(session, START, payment_id=payment.id)
    await jobs.enqueue(session, END, run_at=wanted.expires_at, payment_id=payment.id)
    return payment


def _insist_on_way(session: AsyncSession, wanted: Wanted) -> None:
    if wanted.way is Way.IDEAL and wanted.amount_cents > LARGEST_IDEAL_CENTS:
        message = "iDEAL takes at most EUR 50,000 at a time. Pay this by bank transfer."
        raise TooLargeForIdeal(message, largest_cents=LARGEST_IDEAL_CENTS)
    if wanted.way.rail is Rail.BANK:
        return
    if settings_of(session).stripe_key is None:
        message = "This installation has no payment provider. Pay by bank transfer."
        raise ProviderMissing(message)
    if wanted.return_url is None:
        message = "A payment by the provider needs an address to come back to."
        raise ValueError(message)


async def opened(session: AsyncSession, payment: Payment, checkout: Checkout) -> None:
    """Note that the provider opened its checkout; the payment is locked.

    A payment that was cancelled meanwhile keeps the id, so that its checkout can be closed.
    """
    payment.checkout_id, payment.intent_id = checkout.external_id, checkout.intent_id
    if payment.status is PaymentStatus.EXPECTED:
        payment.checkout_url = checkout.url
        await _move(session, payment, PaymentStatus.STARTED)


async def refused(session: AsyncSession, payment: Payment, failure: str) -> None:
    """Note that the provider opens no checkout for a payment, and why; the payment is locked."""
    if payment.status is PaymentStatus.EXPECTED:
        payment.failure = failure
        await _move(session, payment, PaymentStatus.FAILED)


async def follow(session: AsyncSession, payment: Payment, standing: PaymentStanding) -> None:
    """Write down how a payment stands at the provider; the payment is locked.

    What has succeeded stays so: a refund or a dispute is a thing of its own.
    """
    payment.intent_id = standing.intent_id or payment.intent_id
    if charge := standing.charge:
        await receipts.take(
            session,
            Arrival(
                scheme_id=payment.scheme_id,
                rail=Rail.PROVIDER,
                external_id=charge.external_id,
                amount_cents=charge.amount_cents,
                received_at=charge.received_at,
                payer_name=charge.payer_name,
                payer_iban=charge.payer_iban,
            ),
            payment,
        )
        if charge.transaction is not None:
            drafts = await balance.note(session, payment.scheme_id, charge.transaction)
            await books.enter(session, payment.scheme_id, drafts)
    status = _status(payment, standing.status)
    reopened = status is PaymentStatus.STARTED and not payment.status.is_open
    if reopened or payment.status in {status, PaymentStatus.SUCCEEDED}:
        return
    payment.failure = standing.failure
    payment.checkout_url = standing.checkout_url
    await _move(session, payment, status)


def _status(payment: Payment, said: PaymentStatus) -> PaymentStatus:
    """Tell a checkout that somebody had cancelled from one whose time was up: both are closed."""
    if said not in {PaymentStatus.EXPIRED, PaymentStatus.CANCELLED}:
        return said
    cancelled = payment.cancel_requested_at is not None
    return PaymentStatus.CANCELLED if cancelled else PaymentStatus.EXPIRED


async def cancel(session: AsyncSession, actor: Actor, payment: Payment) -> None:
    """Want a payment no more. One that the provider knows is closed there first, by a job.

    Money may come all the same: then it succeeds, and its owner is told.

    Raises:
        PaymentStateForbids: the payer did their part, or it is over.
    """
    payment = await queries.payments.locked(session, payment.id)
    if payment.status not in {PaymentStatus.EXPECTED, PaymentStatus.STARTED}:
        message = f"The payment is {payment.status}: only one that waits can be cancelled."
        raise PaymentStateForbids(message, current_status=payment.status)
    events.record(session, "payment.cancel-requested", payment.id, actor)
    payment.cancel_requested_at = clock.now()
    if payment.way.rail is Rail.BANK:
        await close(session, payment, PaymentStatus.CANCELLED)
    else:
        await jobs.enqueue(session, END, payment_id=payment.id)


async def close(session: AsyncSession, payment: Payment, status: PaymentStatus) -> None:
    """End a payment that the provider does not know; it is locked, and still open."""
    payment.checkout_url = None
    await _move(session, payment, status)


async def _move(session: AsyncSession, payment: Payment, status: PaymentStatus) -> None:
    receipts.move(session, payment, status)
    await hooks.tell(session, Thing.PAYMENT, payment.id)
