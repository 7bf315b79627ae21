"""Things that happen to paid orders at the same time, on connections of their own."""

import asyncio
from collections import Counter

from app.core.ids import new_id
from app.ledger import chart
from app.ledger.journal import Balance
from app.orders.actions import ending, parting
from app.orders.models import Order
from app.payments.models import DisputeStatus
from app.projects.models import Round
from tests import make
from tests.orders.conftest import Stall
from tests.orders.undoing import (
    STOPPED,
    TESTER,
    another,
    disputed,
    impact,
    miss,
    move,
    move_some,
    parts,
    refund,
    spend,
)


async def test_refunds_at_once_never_give_back_more_than_was_paid(stall: Stall) -> None:
    order_id = await stall.ordered(10)
    await stall.pay(order_id)

    answers = await asyncio.gather(*(refund(stall, order_id, units) for units in (3, 3, 3, 3, 10)))

    undone = await parts(stall, order_id)
    assert sum(answer.is_success for answer in answers) == len(undone)
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert sum(int(str(part["quantityUnits"])) for part in undone) in {9, 10}
    owed = sum(int(str(part["totalCents"])) for part in undone)
    assert sum(cents for cents, _ in await stall.outgoings(order_id)) == owed
    units = await impact(stall)
    assert units["annulled"] == sum(int(str(part["quantityUnits"])) for part in undone)


async def test_an_order_moves_or_goes_back_and_never_both(stall: Stall) -> None:
    other = await another(stall)
    orders = [await stall.ordered(units) for units in (5, 6, 7, 8)]
    for order_id in orders:
        await stall.pay(order_id)
    await miss(stall)

    await asyncio.gather(
        *(refund(stall, order_id) for order_id in orders[:3]),
        *(move(stall, order_id, other.project_id) for order_id in orders[:3]),
        ending.end_due(stall.database),
    )

    states = Counter([await stall.state(order_id) for order_id in orders])
    assert states["refunded"] + states["reallocated"] == 3
    there = 0
    for order_id in orders[:3]:
        [part] = await parts(stall, order_id)
        assert (part["kind"] == "reallocated") == (part["movedToId"] is not None)
        there += int(str(part["quantityUnits"])) if part["movedToId"] else 0
    assert (await impact(stall, other)).get("owned", 0) == there
    assert (await impact(stall))["annulled"] == 18
    # The time to choose ends while the buyer chooses.
    await miss(stall, days=60)
    late, _ = await asyncio.gather(
        move(stall, orders[3], other.project_id), ending.end_due(stall.database)
    )
    assert late.status_code == 409
    assert await stall.state(orders[3]) == "refunded"


async def test_a_refund_and_a_lost_dispute_share_what_is_there(stall: Stall) -> None:
    order_id = await stall.ordered(10)
    await stall.pay(order_id)

    await asyncio.gather(
        refund(stall, order_id, 4), disputed(stall, order_id, DisputeStatus.LOST, 106_050)
    )

    assert await stall.state(order_id) == "refunded"
    undone = await parts(stall, order_id)
    assert sum(int(str(part["totalCents"])) for part in undone) == 106_050
    deposit = chart.DEPOSIT.of(stall.listing.scheme_id, stall.listing.project_id)
    assert await stall.balance(deposit) == Balance(0)
    refunded = sum(cents for cents, _ in await stall.outgoings(order_id))
    loss = await stall.balance(chart.OPERATOR_LOSS.of(stall.listing.scheme_id))
    assert loss == Balance(refunded)


async def test_two_projects_that_want_the_same_fee_both_have_their_refund(stall: Stall) -> None:
    async with stall.database.work() as session:
        in_round = await session.get_one(Round, stall.listing.round_id)
        other = await make.a_listing(session, in_round)
    orders = [
        await stall.ordered(110, projectId=str(project_id))
        for project_id in (stall.listing.project_id, other.project_id)
    ]
    for order_id in orders:
        await stall.pay(order_id)
    scheme_id = stall.listing.scheme_id
    fees = chart.FEE_INCOME.of(scheme_id)
    await spend(stall, {fees: 60_000}, new_id())

    answers = await asyncio.gather(*(refund(stall, order_id) for order_id in orders))

    assert [answer.status_code for answer in answers] == [201, 201]
    assert await stall.balance(fees) == Balance(0)
    assert await stall.balance(chart.OPERATOR_LOSS.of(scheme_id)) == Balance(60_000)


async def test_refunds_of_what_one_payment_was_moved_to_share_its_way_back(stall: Stall) -> None:
    there = [await another(stall), await another(stall)]
    order_id = await stall.ordered(10)
    for cents, iban in ((50_000, "NL91ABNA0417164300"), (56_050, "NL20INGB0001234567")):
        await stall.pay(order_id, cents, payer_iban=iban)
    await stall.change(STOPPED, id=stall.listing.project_id)
    moved = [await move_some(stall, order_id, listing.project_id, 5) for listing in there]

    async def refund_second() -> None:
        async with stall.database.work() as session:
            second = await session.get_one(Order, moved[1])
            await parting.refund_units(session, TESTER, second, None, "As agreed.")

    async with stall.database.work() as session:
        first = await session.get_one(Order, moved[0])
        await parting.refund_units(session, TESTER, first, None, "As agreed.")
        meanwhile = asyncio.create_task(refund_second())
        await asyncio.sleep(0.2)
    await meanwhile

    assert [cents for cents, _ in await stall.outgoings(order_id)] == [50_000, 3_025, 53_025]
