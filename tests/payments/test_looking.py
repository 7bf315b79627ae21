"""Two who look at one thing at once: an old answer never stands over a newer one."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.core.jobs import GiveUp
from app.payments import gateway, hooks
from app.payments.actions import holding
from app.payments.errands import looking
from app.payments.fake.faults import Trouble
from app.payments.hooks import Thing
from app.payments.models import Dispute, DisputeStatus, Payment, PaymentStatus, Way
from tests.payments.conftest import Till

LATE_SECONDS = 0.4


async def late(till: Till, on: str, look: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
    """Begin to look, and have an answer on its way that will soon be old."""
    till.player.faults.order(Trouble.LATE, on, seconds=LATE_SECONDS)
    asked = len(till.player.requests)
    looks = asyncio.ensure_future(look())
    async with asyncio.timeout(20):
        while not any(name.startswith(on) for name in till.player.requests[asked:]):  # noqa: ASYNC110  The player sets no event.
            await asyncio.sleep(0.01)
    return looks


async def test_a_payment_is_looked_at_again_if_somebody_wrote_meanwhile(till: Till) -> None:
    payment_id, checkout_id = await till.started(Way.SEPA_DEBIT)

    async def look() -> None:
        async with gateway.opened(till.database.settings) as provider:
            await looking.at_payment(till.database, provider, payment_id)

    first = await late(till, f"GET /v1/checkout/sessions/{checkout_id}", look)
    till.happens("pay", checkout_id)
    await look()
    assert (await till.payment(payment_id)).status is PaymentStatus.PROCESSING
    await first

    assert (await till.payment(payment_id)).status is PaymentStatus.PROCESSING


async def test_a_dispute_is_looked_at_again_if_somebody_wrote_meanwhile(till: Till) -> None:
    payment_id = await till.paid()
    [receipt] = await till.receipts(payment_id)
    dispute_id = till.happens("dispute", receipt.external_id)["id"]
    await till.bring()
    await till.work()

    async def look() -> None:
        async with gateway.opened(till.database.settings) as provider:
            await looking.at_dispute(till.database, provider, payment_id, dispute_id)

    first = await late(till, f"GET /v1/disputes/{dispute_id}", look)
    till.happens("decide", dispute_id, won=False)
    await look()
    await first

    async with till.database.reading() as session:
        dispute = (await session.scalars(sa.select(Dispute))).one()
    assert dispute.status is DisputeStatus.LOST


async def test_what_nobody_owns_waits_for_a_person(till: Till) -> None:
    payment_id = await till.expect()
    tell = hooks.telling(payout=holding.OWNER)
    async with till.database.work() as session:
        with pytest.raises(GiveUp, match="Nobody owns the purpose project/"):
            await tell(session, Thing.PAYMENT, payment_id)


async def test_an_owner_is_told_of_a_receipt_once_and_books_it_itself(till: Till) -> None:
    told: list[UUID] = []

    async def received(_session: object, _receipt: object, payment: Payment) -> None:
        told.append(payment.id)

    payment_id, checkout_id = await till.started()
    till.happens("pay", checkout_id)
    await till.bring()
    async with gateway.opened(till.database.settings) as provider:
        await looking.at_payment(till.database, provider, payment_id)
    [receipt] = await till.receipts(payment_id)
    owner = hooks.Owner(
        received=received,
        payment_moved=holding.OWNER.payment_moved,
        outgoing_moved=holding.OWNER.outgoing_moved,
        dispute_moved=holding.OWNER.dispute_moved,
    )
    for _ in range(2):
        async with till.database.work() as session:
            await hooks.telling(project=owner)(session, Thing.RECEIPT, receipt.id)

    assert told == [payment_id]
