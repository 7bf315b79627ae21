"""Disputes of payments: about what paid an order, and about what came in vain."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.ledger import chart
from app.ledger.journal import Balance
from app.orders import queries
from app.orders.actions import expiring, parting
from app.orders.models import Order
from app.payments import hooks
from app.payments import queries as payment_queries
from app.payments.actions import outgoings
from app.payments.hooks import Thing
from app.payments.models import DisputeStatus, Outgoing, OutgoingStatus
from tests.make.payments import jobs_done
from tests.orders.conftest import Stall
from tests.orders.undoing import (
    STOPPED,
    TESTER,
    another,
    disputed,
    impact,
    locking,
    move_some,
    refund,
)

TEN = 106_050
PART = 50_000


async def _paid_in_parts(stall: Stall) -> UUID:
    """Let a first payment bring a part, and a second one be expected for the rest."""
    order_id = await stall.ordered(10)
    await stall.pay(order_id, PART)
    await stall.change(
        "UPDATE payments SET status = 'cancelled' WHERE purpose = :it", it=f"order/{order_id}"
    )
    await stall.expect(order_id)
    return order_id


async def test_a_dispute_of_what_came_in_vain_leaves_the_order_alone(stall: Stall) -> None:
    order_id = await _paid_in_parts(stall)
    first, second = await stall.payments(order_id)
    await stall.change(
        "UPDATE orders SET reserved_until = :now WHERE id = :id", now=clock.now(), id=order_id
    )
    await expiring.expire_due(stall.database)
    # The part went back; then the second payment paid the order, and the first brought more.
    await stall.bring(second)
    await stall.bring(first, TEN - PART)
    assert await stall.state(order_id) == "paid"
    await stall.change(
        "UPDATE outgoings SET payment_id = :payment, rail = 'provider', iban = NULL,"
        " holder_name = NULL WHERE amount_cents = :cents",
        payment=first,
        cents=PART,
    )

    await disputed(stall, order_id, DisputeStatus.OPEN, TEN)
    assert await stall.state(order_id) == "paid"
    await disputed(stall, order_id, DisputeStatus.OPEN, TEN, which=1)
    assert await stall.state(order_id) == "disputed"
    await disputed(stall, order_id, DisputeStatus.WON, which=1)
    assert await stall.state(order_id) == "paid"
    await disputed(stall, order_id, DisputeStatus.LOST)

    assert await stall.state(order_id) == "paid"
    assert await impact(stall) == {"for_sale": 110, "owned": 10}
    assert await stall.pages(f"order/{order_id}/lost") == [
        "A dispute took more than was left",
        f"Dr refund_due {PART}",
        f"Dr operator_loss {TEN - PART}",
        f"   Cr disputed {TEN}",
    ]
    assert await stall.outgoings(order_id) == [
        (PART, OutgoingStatus.WITHHELD),
        (TEN - PART, OutgoingStatus.PLANNED),
    ]
    deposit = chart.DEPOSIT.of(stall.listing.scheme_id, stall.listing.project_id)
    assert await stall.balance(deposit) == Balance(TEN)


async def test_a_refund_that_fails_is_not_owed_where_a_dispute_gave_its_money_back(
    stall: Stall,
) -> None:
    at_once, later = [await _refunded(stall) for _ in range(2)]
    for order_id, failed_first in ((at_once, True), (later, False)):
        if failed_first:
            await _fail(stall, order_id)
        assert await _stranded(stall) == ([TEN] if failed_first else [])
        await disputed(stall, order_id, DisputeStatus.OPEN, TEN)
        await disputed(stall, order_id, DisputeStatus.LOST)
        if not failed_first:
            await _fail(stall, order_id)
        assert await _stranded(stall) == []

    lost = ["A dispute took more than was left", f"Dr refund_due {TEN}", f"   Cr disputed {TEN}"]
    assert await stall.pages(f"order/{at_once}/lost") == lost
    assert await stall.pages(f"order/{later}/made-good") == [
        "A refund failed, and a lost dispute gave its money back already",
        f"Dr refund_due {TEN}",
        f"   Cr operator_loss {TEN}",
    ]
    losses = chart.OPERATOR_LOSS.of(stall.listing.scheme_id)
    assert await stall.balance(losses) == Balance(0)


async def _refunded(stall: Stall) -> UUID:
    """Let an order be paid by the provider, and its refund be sent back the same way."""
    order_id = await stall.ordered(10)
    await stall.pay(order_id)
    assert (await refund(stall, order_id)).status_code == 201
    [payment_id] = await stall.payments(order_id)
    await stall.change(
        "UPDATE outgoings SET payment_id = :payment, rail = 'provider', iban = NULL,"
        " holder_name = NULL, status = 'approved', approved_by = planned_by WHERE purpose = :it",
        payment=payment_id,
        it=f"order/{order_id}",
    )
    async with stall.database.work() as session:
        await outgoings.send(session, *await _locked(session, order_id))
    await jobs_done(stall.database)
    return order_id


async def _fail(stall: Stall, order_id: UUID) -> None:
    async with stall.database.work() as session:
        [outgoing] = await _locked(session, order_id)
        await outgoings.fail(session, outgoing, "charge_disputed", clock.now())
        await hooks.tell(session, Thing.OUTGOING, outgoing.id)
    await jobs_done(stall.database)


async def _locked(session: AsyncSession, order_id: UUID) -> list[Outgoing]:
    order = await session.get_one(Order, order_id)
    found = await queries.money.outgoings(session, order)
    return [await payment_queries.outgoings.locked(session, each.id) for each in found]


async def _stranded(stall: Stall) -> list[int]:
    path = f"/v1/schemes/{stall.listing.scheme_id}/stranded-refunds"
    answer = await stall.client.get(path, headers=stall.operator.headers)
    return [each["cents"] for each in answer.json()["items"]]


async def test_each_payment_that_paid_a_part_takes_the_order_when_it_is_disputed(
    stall: Stall,
) -> None:
    order_id = await _paid_in_parts(stall)
    await stall.bring((await stall.payments(order_id))[1], TEN - PART)
    await disputed(stall, order_id, DisputeStatus.OPEN, PART)
    assert await stall.state(order_id) == "disputed"

    await disputed(stall, order_id, DisputeStatus.LOST)

    assert await stall.state(order_id) == "refunded"
    assert (await stall.pages(f"order/{order_id}/unwound"))[1:4] == [
        f"Dr deposit {TEN}",
        f"   Cr disputed {PART}",
        f"   Cr refund_due {TEN - PART}",
    ]


async def test_what_was_set_aside_of_several_orders_is_refunded_at_once(stall: Stall) -> None:
    there = [await another(stall), await another(stall)]
    order_id = await stall.ordered(10)
    await stall.pay(order_id)
    await stall.change(STOPPED, id=stall.listing.project_id)
    moved = [await move_some(stall, order_id, listing.project_id, 4) for listing in there]
    await disputed(stall, order_id, DisputeStatus.OPEN, TEN)
    for listing in there:
        async with stall.database.work() as session:
            await parting.refund_pro_rata(session, TESTER, listing.project_id, 2, "It was short.")

    with locking(stall) as locked:
        await disputed(stall, order_id, DisputeStatus.WON)

    assert locked == ["books", "invoices"]
    assert [await stall.state(each) for each in moved] == ["partly_refunded"] * 2
    assert [cents for cents, _ in await stall.outgoings(order_id)] == [21_210, 21_210]
