"""Payments by the provider, from the checkout to the books."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.database import Database
from app.core.settings import Settings
from app.ledger.chart import PROVIDER_BALANCE, PROVIDER_FEES, SUSPENSE, UNALLOCATED
from app.payments import actions
from app.payments.errands import ending
from app.payments.facts import Arrival
from app.payments.fake.server import Player
from app.payments.models import Payment, PaymentStatus, Rail, Receipt, ReceiptPlace, Way
from app.payments.problems import PaymentStateForbids, ProviderMissing, TooLargeForIdeal
from tests.payments.conftest import CLERK, Till, furnished


@pytest.mark.parametrize(("way", "fee"), [(Way.CARD, 1_525), (Way.IDEAL, 29)])
async def test_who_pays_at_once_is_in_the_books_with_the_fee_apart(
    till: Till, way: Way, fee: int
) -> None:
    payment_id, checkout_id = await till.started(way)
    before = await till.payment(payment_id)
    assert before.status is PaymentStatus.STARTED
    async with httpx.AsyncClient() as browser:
        page = await browser.get(before.checkout_url or "")
    assert "TEST MODE" in page.text

    till.happens("pay", checkout_id)
    await till.bring()
    await till.work()

    payment = await till.payment(payment_id)
    assert (payment.status, payment.checkout_url) == (PaymentStatus.SUCCEEDED, None)
    [receipt] = await till.receipts(payment_id)
    assert (receipt.amount_cents, receipt.place) == (100_000, ReceiptPlace.BOOKED)
    assert await till.has(UNALLOCATED, payment.owner_id) == 100_000
    assert await till.has(PROVIDER_FEES) == fee
    assert await till.has(PROVIDER_BALANCE) == 100_000 - fee == till.player.world.balance()


async def test_a_debit_is_paid_only_when_the_money_is_there(till: Till) -> None:
    payment_id = await till.paid(Way.SEPA_DEBIT)
    payment = await till.payment(payment_id)
    assert payment.status is PaymentStatus.PROCESSING
    assert await till.receipts(payment_id) == []

    till.happens("bank", payment.intent_id or "")
    await till.bring()
    await till.work()

    assert (await till.payment(payment_id)).status is PaymentStatus.SUCCEEDED
    assert len(await till.receipts(payment_id)) == 1


async def test_a_debit_that_bounces_failed_and_says_why(till: Till) -> None:
    payment_id = await till.paid(Way.SEPA_DEBIT)
    payment = await till.payment(payment_id)

    till.happens("bank", payment.intent_id or "", succeeds=False)
    await till.bring()
    await till.work()

    payment = await till.payment(payment_id)
    assert (payment.status, payment.failure) == (PaymentStatus.FAILED, "insufficient_funds")
    assert await till.receipts(payment_id) == []


async def test_a_transfer_to_the_provider_waits_for_the_bank(till: Till) -> None:
    payment_id = await till.paid(Way.PROVIDER_TRANSFER, 9_000_000)
    payment = await till.payment(payment_id)
    assert payment.status is PaymentStatus.STARTED

    till.happens("bank", payment.intent_id or "")
    await till.bring()
    await till.work()

    assert (await till.payment(payment_id)).status is PaymentStatus.SUCCEEDED


async def test_a_declined_card_may_be_tried_again(till: Till) -> None:
    payment_id, checkout_id = await till.started()
    till.happens("decline", checkout_id)
    await till.bring()
    await till.work()
    assert (await till.payment(payment_id)).status is PaymentStatus.STARTED

    till.happens("pay", checkout_id)
    await till.bring()
    await till.work()

    assert (await till.payment(payment_id)).status is PaymentStatus.SUCCEEDED


async def test_a_cancelled_payment_is_closed_at_the_provider_first(till: Till) -> None:
    payment_id, checkout_id = await till.started()
    async with till.database.work() as session:
        payment = await session.get_one(Payment, payment_id)
        await actions.payments.cancel(session, CLERK, payment)
    assert (await till.payment(payment_id)).status is PaymentStatus.STARTED

    await till.work()

    assert (await till.payment(payment_id)).status is PaymentStatus.CANCELLED
    assert till.player.store.get(checkout_id)["status"] == "expired"


async def test_who_paid_in_the_last_moment_has_paid(till: Till) -> None:
    payment_id, checkout_id = await till.started()
    async with till.database.work() as session:
        payment = await session.get_one(Payment, payment_id)
        await actions.payments.cancel(session, CLERK, payment)
    till.happens("pay", checkout_id)

    await till.work()

    payment = await till.payment(payment_id)
    assert payment.status is PaymentStatus.SUCCEEDED
    assert await till.has(UNALLOCATED, payment.owner_id) == 100_000
    async with till.database.work() as session:
        with pytest.raises(PaymentStateForbids):
            await actions.payments.cancel(session, CLERK, payment)


async def test_a_payment_expires_when_its_time_is_up_and_not_before(till: Till) -> None:
    payment_id, _ = await till.started()
    waits_for_bank = await till.paid(Way.PROVIDER_TRANSFER)
    await ending.end(till.database, payment_id)
    assert (await till.payment(payment_id)).status is PaymentStatus.STARTED

    with clock.travelled(clock.now() + timedelta(minutes=31)):
        await till.work()

    assert (await till.payment(payment_id)).status is PaymentStatus.EXPIRED
    assert (await till.payment(waits_for_bank)).status is PaymentStatus.EXPIRED


async def test_ideal_takes_no_more_than_fifty_thousand(till: Till) -> None:
    with pytest.raises(TooLargeForIdeal, match="by bank"):
        await till.expect(Way.IDEAL, 5_000_001)
    await till.expect(Way.IDEAL, 5_000_000)


async def test_without_a_provider_payments_come_by_bank(
    database: Database, client: httpx.AsyncClient
) -> None:
    async with database.work() as session:
        scheme_id, payer_id = await furnished(session)
    till = Till(database, Player(), client, scheme_id, payer_id)
    with pytest.raises(ProviderMissing):
        await till.expect(Way.CARD)

    payment = await till.payment(await till.expect(Way.BANK))

    assert (payment.creditor_reference or "").startswith("RF")


async def _arrives(till: Till, cents: int, name: str, payment_id: UUID | None = None) -> None:
    async with till.database.work() as session:
        payment = None
        if payment_id is not None:
            payment = await session.get_one(Payment, payment_id, with_for_update=True)
        arrival = Arrival(till.scheme_id, Rail.BANK, name, cents, clock.now())
        await actions.receipts.take(session, arrival, payment)


async def test_a_payment_by_bank_is_paid_when_all_of_it_is_there(till: Till) -> None:
    payment_id = await till.expect(Way.BANK)
    await _arrives(till, 60_000, "statement/1", payment_id)
    await _arrives(till, 60_000, "statement/1", payment_id)
    assert (await till.payment(payment_id)).status is PaymentStatus.EXPECTED

    await _arrives(till, 40_001, "statement/2", payment_id)
    await till.work()

    payment = await till.payment(payment_id)
    assert payment.status is PaymentStatus.SUCCEEDED
    assert await till.has(UNALLOCATED, payment.owner_id) == 100_001


async def test_nobody_s_money_lies_in_suspense_until_a_person_knows(till: Till) -> None:
    payment_id = await till.expect(Way.BANK)
    await _arrives(till, 100_000, "statement/3")
    assert await till.has(SUSPENSE) == 100_000

    async with till.database.work() as session:
        receipt = (await session.scalars(sa.select(Receipt))).one()
        payment = await session.get_one(Payment, payment_id)
        await actions.receipts.assign(session, CLERK, receipt, payment)
    await till.work()

    assert await till.has(SUSPENSE) == 0
    assert await till.has(UNALLOCATED, payment.owner_id) == 100_000
    assert (await till.payment(payment_id)).status is PaymentStatus.SUCCEEDED


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"stripe_key": "sk_live_x", "stripe_webhook_secret": "whsec_x"}, "sk_test_"),
        ({"stripe_key": "sk_test_x"}, "WEBHOOK_SECRET"),
        (
            {
                "mode": "live",
                "public_url": "https://baat.example",
                "stripe_url": "http://127.0.0.1:1",
            },
            "Stripe itself",
        ),
    ],
)
def test_test_and_live_money_never_mix(given: dict[str, str], sentence: str) -> None:
    nowhere = {"database_url": "postgresql://nowhere/x", "secret": "x" * 32}
    with pytest.raises(ValueError, match=sentence):
        Settings.model_validate({**nowhere, **given})
