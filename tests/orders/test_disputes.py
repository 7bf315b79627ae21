"""Disputes of payments: about what paid an order, and about what came in vain."""

from uuid import UUID

from app.core import clock
from app.ledger import chart
from app.ledger.journal import Balance
from app.orders.actions import expiring
from app.payments.models import DisputeStatus, OutgoingStatus
from tests.orders.conftest import Stall
from tests.orders.undoing import disputed, impact

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
