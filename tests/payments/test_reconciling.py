"""Do the books and the provider agree, and where is the money?"""

from datetime import timedelta

import sqlalchemy as sa

from app.core import clock
from app.payments import actions, gateway, queries
from app.payments.errands import looking, sweeping
from app.payments.facts import (
    HOLDING_LIMIT_DAYS,
    WARNING_DAYS,
    Arrival,
    Meaning,
    Reconciliation,
)
from app.payments.models import ProviderTransaction, Rail, Receipt, Way
from app.schemes.models import Scheme
from tests.make.commands import baat
from tests.payments.conftest import CLERK, Till
from tests.payments.test_outgoings import CLAW_BACK, an_account, approvers, decided


async def reconciled(till: Till) -> Reconciliation:
    async with till.database.reading() as session:
        since = clock.today() - timedelta(days=2)
        return await queries.reconciling.provider(session, till.scheme_id, since)


async def test_the_books_and_the_provider_agree_thing_by_thing_and_by_day(till: Till) -> None:
    payment_id = await till.paid()
    refund_id = await till.refund(payment_id, 30_000)
    await till.work()
    till.happens("bounce-refund", (await till.outgoing(refund_id)).external_id or "")
    payout_id = await till.payout((await an_account(till)).id)
    approver, _ = await approvers(till)
    await decided(till, payout_id, "approvals", approver)
    await decided(till, payout_id, "claw-backs", approver, **CLAW_BACK)
    async with till.database.work() as session:
        await actions.balance.pay_out(session, CLERK, till.scheme_id, 5_000)
    await till.work()
    await till.bring()
    await till.work()
    await sweeping.sweep(till.database)

    found = await reconciled(till)

    assert found.agrees, found.differences
    assert found.books_cents == found.outside_cents == till.player.world.balance()
    assert found.days
    assert all(
        (day.books_cents, day.books_closing_cents) == (day.outside_cents, day.outside_closing_cents)
        for day in found.days
    )


async def test_what_the_books_do_not_know_is_named(till: Till) -> None:
    await till.paid()
    async with till.database.work() as session:
        receipt = (await session.scalars(sa.select(Receipt))).one()
        move = await session.scalars(sa.select(ProviderTransaction))
        session.add(
            ProviderTransaction(
                external_id="txn_topup",
                scheme_id=till.scheme_id,
                type="topup",
                source_id="tu_1",
                amount_cents=700,
                fee_cents=0,
                happened_at=clock.now(),
                available_on=clock.today(),
            )
        )
        move.one().amount_cents -= 1

    found = {one.name: one for one in (await reconciled(till)).differences}

    assert {name: one.meaning for name, one in found.items()} == {
        receipt.external_id: Meaning.UNEQUAL,
        "tu_1": Meaning.UNKNOWN,
    }
    assert (found["tu_1"].books_cents, found["tu_1"].outside_cents) == (0, 700)


async def test_what_is_on_its_way_into_the_books_is_told_apart(till: Till) -> None:
    payment_id, checkout_id = await till.started()
    till.happens("pay", checkout_id)
    async with gateway.opened(till.database.settings) as provider:
        await looking.at_payment(till.database, provider, payment_id)
    [receipt] = await till.receipts(payment_id)

    [difference] = (await reconciled(till)).differences
    assert (difference.name, difference.meaning) == (receipt.external_id, Meaning.BEING_BOOKED)
    await till.work()
    assert (await reconciled(till)).agrees


async def test_the_operator_is_warned_before_the_provider_may_hold_no_longer(till: Till) -> None:
    await till.paid(Way.IDEAL)
    async with till.database.reading() as session:
        found = await queries.reconciling.whereabouts(session, till.scheme_id)

    assert found.provider_cents == till.player.world.balance()
    assert found.leave_by is not None
    assert not found.is_due
    with clock.travelled(clock.now() + timedelta(days=HOLDING_LIMIT_DAYS - WARNING_DAYS)):
        assert found.is_due


async def test_the_command_tells_what_somebody_must_explain(till: Till) -> None:
    await till.paid()
    assert await baat(till.database.settings, "reconcile") == (
        0,
        "Differences between the books, the provider and the bank: 0.\n",
    )
    name = till.player.world.move("topup", "tu_1", 500)
    await sweeping.sweep(till.database)

    async with till.database.work() as session:
        arrival = Arrival(till.scheme_id, Rail.BANK, "no-transaction", 1_234, clock.now())
        receipt = await actions.receipts.take(session, arrival, None)
        assert receipt is not None
        code = (await session.get_one(Scheme, till.scheme_id)).code

    ended, said = await baat(till.database.settings, "reconcile")

    assert ended == 1
    assert said.splitlines() == [
        f"{name} is nobody's",
        f"{code} {receipt.id} in suspense: 12.34 here, 12.34 there (operator)",
        f"{code} no-transaction not on statement: 12.34 here, 0.00 there (operator)",
        "Differences between the books, the provider and the bank: 3.",
    ]
