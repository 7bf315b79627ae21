"""The provider hangs, breaks, is asked too often, or its answer is lost after it did the thing."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app.ledger.chart import OUTGOING, PROVIDER_BALANCE, REFUND_DUE
from app.payments import actions
from app.payments.errands import sending
from app.payments.fake.faults import Trouble
from app.payments.fake.server import KEY
from app.payments.gateway import clients
from app.payments.models import OutgoingStatus, PaymentStatus, ProviderPayoutStatus
from tests.payments.conftest import CLERK, Till

EVERY = [Trouble.TOO_MANY, Trouble.BROKEN, Trouble.HANG, Trouble.LOST]
OFTEN = 4
"""More often than the client tries by itself in one attempt of the job."""


@pytest.mark.parametrize("trouble", [Trouble.TOO_MANY, Trouble.LOST])
async def test_a_checkout_is_opened_once(till: Till, trouble: Trouble) -> None:
    till.player.faults.order(trouble, "POST /v1/checkout/sessions", times=OFTEN, seconds=1.5)
    payment_id, checkout_id = await till.started()

    assert [session["id"] for session in till.player.store.all("checkout.session")] == [checkout_id]
    assert (await till.payment(payment_id)).status is PaymentStatus.STARTED


@pytest.mark.parametrize("trouble", EVERY)
async def test_a_refund_is_sent_once(till: Till, trouble: Trouble) -> None:
    payment_id = await till.paid()
    till.player.faults.order(trouble, "POST /v1/refunds", times=OFTEN, seconds=1.5)
    refund_id = await till.refund(payment_id)
    await till.work()

    assert len(list(till.player.store.all("refund"))) == 1
    assert (await till.outgoing(refund_id)).status is OutgoingStatus.SETTLED
    assert await till.has(OUTGOING) == 0
    assert await till.has(REFUND_DUE, till.payer_id) == 0
    assert await till.has(PROVIDER_BALANCE) == till.player.world.balance()


async def test_after_the_key_is_forgotten_it_is_asked_for(till: Till) -> None:
    payment_id = await till.paid()
    till.player.faults.order(Trouble.LOST, "POST /v1/refunds", times=3, seconds=1.5)
    refund_id = await till.refund(payment_id)
    with pytest.raises(Exception, match="no answer"):
        await sending.send(till.database, refund_id)
    assert (await till.outgoing(refund_id)).status is OutgoingStatus.SENT
    till.player.store.answers.clear()

    await till.work()

    assert len(list(till.player.store.all("refund"))) == 1
    assert (await till.outgoing(refund_id)).status is OutgoingStatus.SETTLED


async def test_a_payout_to_the_bank_is_made_once(till: Till) -> None:
    await till.paid()
    till.player.faults.order(Trouble.LOST, "POST /v1/payouts", times=OFTEN, seconds=1.5)
    async with till.database.work() as session:
        payout = await actions.balance.pay_out(session, CLERK, till.scheme_id, 50_000)
    await till.work()

    assert len(list(till.player.store.all("payout"))) == 1
    async with till.database.reading() as session:
        payout = await session.get_one(type(payout), payout.id)
    assert payout.status is ProviderPayoutStatus.UNDER_WAY


async def _held(till: Till, table: str) -> bool:
    """Whether somebody holds a row of a table, or a transaction open."""
    async with till.database.aside() as session:
        try:
            await session.execute(sa.text(f"SELECT id FROM {table} FOR UPDATE NOWAIT"))  # noqa: S608
        except DBAPIError:
            return True
        idle = sa.text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND state = 'idle in transaction'"
        )
        return bool(await session.scalar(idle))


async def _of_refund(till: Till) -> None:
    await till.refund(await till.paid())


async def _of_checkout(till: Till) -> None:
    await till.expect()


@pytest.mark.parametrize(
    ("begin", "call", "table"),
    [
        (_of_refund, "POST /v1/refunds", "outgoings"),
        (_of_checkout, "POST /v1/checkout", "payments"),
    ],
)
async def test_nothing_is_held_while_the_provider_thinks(
    till: Till, begin: Callable[[Till], Awaitable[None]], call: str, table: str
) -> None:
    await begin(till)
    till.player.faults.order(Trouble.HANG, call, times=1, seconds=0.4)
    working = asyncio.create_task(till.work())
    async with asyncio.timeout(20):
        while not any(asked.startswith(call) for asked in till.player.requests):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)

    assert not working.done()
    assert await _held(till, table) is False
    assert (await till.client.get("/v1")).status_code == 200
    await working


async def test_who_calls_while_others_do_shares_their_client(till: Till) -> None:
    settings = till.database.settings
    async with clients.shared(settings, KEY) as first:
        async with clients.shared(settings, KEY) as second:
            assert second is first
        async with clients.shared(settings, KEY) as third:
            assert third is first
    async with clients.shared(settings, KEY) as later:
        assert later is not first
