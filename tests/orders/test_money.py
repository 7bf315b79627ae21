"""Money that comes for orders: paid, too little, too much, too late; and the threshold."""

import asyncio
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.ids import new_id
from app.core.invariants import faults_of
from app.ledger import chart, journal
from app.ledger.drafts import Void
from app.ledger.journal import Balance
from app.orders.actions import expiring
from app.orders.invariants import INVARIANTS
from app.organisations.models import Organisation, Role, User
from app.payments import hooks
from app.payments.models import OutgoingStatus
from app.payments.queries import payments
from tests import make
from tests.make import Member
from tests.make.payments import jobs_done
from tests.orders.conftest import Stall, said

TEN = 106_050
"""Ten units at EUR 100, a fee of 5 % and its VAT."""


async def test_a_paid_order_gets_its_units(stall: Stall) -> None:
    order_id = await stall.ordered(10, isNamed=True)
    await stall.pay(order_id)

    assert await stall.state(order_id) == "paid"
    assert await stall.pages(f"order/{order_id}") == [
        "10 units paid",
        f"Dr bank {TEN}",
        f"   Cr deposit {TEN}",
        "10 units issued",
        "Dr owned 10",
        "   Cr for_sale 10",
    ]
    headers = stall.buyer.clerk.headers
    block = (await stall.client.get(f"/v1/orders/{order_id}/units", headers=headers)).json()
    first, last = block["firstSerial"], block["lastSerial"]
    assert (first.partition("-")[2], last.partition("-")[2]) == ("1", "10")
    unit = (await stall.client.get(f"/v1/units/{last}")).json()
    assert (unit["holderName"], unit["annulledAt"]) == ("Adviesbureau Maas", None)
    beyond = first.replace("-1", "-11")
    assert said(await stall.client.get(f"/v1/units/{beyond}"))[0] == 404


async def test_serials_have_no_gap_whoever_pays_first(stall: Stall) -> None:
    orders = [await stall.ordered(quantity) for quantity in (3, 5, 2)]
    for order_id in orders:
        await stall.expect(order_id)
    await asyncio.gather(*(stall.pay(order_id) for order_id in orders))

    listed = await stall.client.get(f"/v1/market/projects/{stall.listing.project_id}/units")
    runs = sorted(
        tuple(int(block[name].partition("-")[2]) for name in ("firstSerial", "lastSerial"))
        for block in listed.json()["items"]
    )
    assert sorted(last - first + 1 for first, last in runs) == [2, 3, 5]
    assert [first for first, _ in runs] == [1, *(last + 1 for _, last in runs[:-1])]


async def test_an_unnamed_buyer_stays_unnamed(stall: Stall) -> None:
    order_id = await stall.ordered(1)
    await stall.pay(order_id)

    listed = await stall.client.get(f"/v1/market/projects/{stall.listing.project_id}/units")
    serial = listed.json()["items"][0]["firstSerial"]
    assert (await stall.client.get(f"/v1/units/{serial}")).json()["holderName"] is None


@pytest.mark.parametrize("serial", ["1", "0-1", "1-0", "01-1", "9999999999-1", "x-1"])
async def test_what_is_no_serial_is_no_unit(stall: Stall, serial: str) -> None:
    assert said(await stall.client.get(f"/v1/units/{serial}"))[0] in {400, 404}


async def test_the_threshold_makes_deposits_parts(stall: Stall) -> None:
    first, second, third = [await stall.ordered(quantity) for quantity in (60, 50, 5)]
    await stall.pay(first)
    assert await stall.project_state() == "listed"
    await stall.pay(second)

    assert await stall.project_state() == "funded"
    assert await stall.pages(f"project/{stall.listing.project_id}/funded") == [
        "Threshold reached",
        "Dr deposit 1166550",
        "   Cr start_part 1080000",
        "   Cr result_part 20000",
        "   Cr fee_income 55000",
        "   Cr vat_fee 11550",
    ]
    await stall.pay(third)
    assert await stall.pages(f"order/{third}/paid") == [
        "5 units paid",
        "Dr bank 53025",
        "   Cr result_part 50000",
        "   Cr fee_income 2500",
        "   Cr vat_fee 525",
    ]


async def test_two_that_reach_the_threshold_together_fund_it_once(stall: Stall) -> None:
    orders = [await stall.ordered(30) for _ in range(4)]
    for order_id in orders:
        await stall.expect(order_id)
    await asyncio.gather(*(stall.pay(order_id) for order_id in orders))

    assert await stall.project_state() == "funded"
    deposit = chart.DEPOSIT.of(stall.listing.scheme_id, stall.listing.project_id)
    assert await stall.balance(deposit) == Balance(0)
    result = chart.RESULT_PART.of(stall.listing.scheme_id, stall.listing.project_id)
    assert await stall.balance(result) == Balance(120_000)


async def test_money_in_parts_pays_when_it_is_enough(stall: Stall) -> None:
    order_id = await stall.ordered(10)
    await stall.pay(order_id, TEN - 1)
    assert await stall.state(order_id) == "reserved"
    await stall.pay(order_id, 5)

    assert await stall.state(order_id) == "paid"
    assert await stall.pages(f"order/{order_id}/paid") == [
        "10 units paid",
        "Dr bank 5",
        f"Dr unallocated {TEN - 1}",
        "   Cr refund_due 4",
        f"   Cr deposit {TEN}",
    ]
    assert await stall.outgoings(order_id) == [(4, OutgoingStatus.PLANNED)]


async def test_money_for_an_order_that_ended_goes_back(stall: Stall) -> None:
    order_id = await stall.ordered(10)
    await stall.pay(order_id, 50)
    await stall.act(order_id, "cancellations")
    assert await stall.outgoings(order_id) == [(50, OutgoingStatus.PLANNED)]
    payment_id = (await stall.payments(order_id))[0]
    await stall.bring(payment_id, TEN)

    assert await stall.state(order_id) == "cancelled"
    assert await stall.outgoings(order_id) == [
        (50, OutgoingStatus.PLANNED),
        (TEN, OutgoingStatus.PLANNED),
    ]
    due = chart.REFUND_DUE.of(stall.listing.scheme_id, stall.buyer.organisation.id)
    assert await stall.balance(due) == Balance(TEN + 50)


async def _expired(stall: Stall, quantity: int) -> tuple[UUID, UUID]:
    order_id = await stall.ordered(quantity)
    await stall.expect(order_id)
    payment_id = (await stall.payments(order_id))[0]
    await stall.change(
        "UPDATE orders SET reserved_until = :now WHERE id = :id", now=clock.now(), id=order_id
    )
    await expiring.expire_due(stall.database)
    return order_id, payment_id


async def test_a_payment_that_begins_late_keeps_units_if_there_are_some(stall: Stall) -> None:
    late, too_late = await _expired(stall, 10), await _expired(stall, 115)
    for _, payment_id in (late, too_late):
        await stall.change(
            "UPDATE payments SET status = 'processing' WHERE id = :id", id=payment_id
        )
        async with stall.database.work() as session:
            await hooks.tell(session, hooks.Thing.PAYMENT, payment_id)
        await jobs_done(stall.database)

    assert (await stall.state(late[0]), await stall.state(too_late[0])) == ("processing", "expired")
    assert await stall.balance(stall.for_sale) == Balance(120, held=10)
    await stall.bring(late[1])
    assert await stall.state(late[0]) == "paid"
    assert await stall.balance(stall.for_sale) == Balance(110)
    await stall.bring(too_late[1])
    assert await stall.outgoings(too_late[0]) == [(1_219_575, OutgoingStatus.PLANNED)]


async def test_money_from_nobody_knows_where_waits_for_an_account(stall: Stall) -> None:
    order_id = await stall.ordered(10)
    await stall.pay(order_id, TEN + 70, payer_iban=None)
    path = f"/v1/schemes/{stall.listing.scheme_id}/stranded-refunds"
    listed = (await stall.client.get(path, headers=stall.operator.headers)).json()
    assert listed["items"] == [
        {"orderId": str(order_id), "buyerId": str(stall.buyer.organisation.id), "cents": 70}
    ]
    transfers = f"/v1/orders/{order_id}/refund-transfers"

    async def send() -> httpx.Response:
        headers = {**stall.operator.headers, "Idempotency-Key": str(new_id())}
        return await stall.client.post(transfers, headers=headers)

    assert said(await send()) == (409, "/problems/buyer-without-account")
    await stall.change(
        "UPDATE organisations SET iban = 'NL91ABNA0417164300' WHERE id = :id",
        id=stall.buyer.organisation.id,
    )
    sent = (await send()).json()
    assert (sent["iban"], sent["amountCents"]) == ("NL91ABNA0417164300", 70)
    assert sent["plannedBy"].startswith("user:")
    assert said(await send()) == (409, "/problems/nothing-stranded")
    listed = (await stall.client.get(path, headers=stall.operator.headers)).json()
    assert listed["items"] == []


async def test_late_money_buys_what_is_still_there(stall: Stall) -> None:
    order_id, payment_id = await _expired(stall, 10)

    await stall.bring(payment_id)

    assert await stall.state(order_id) == "paid"
    assert await stall.balance(stall.for_sale) == Balance(110)
    [held] = [each for each in INVARIANTS if each.name == "units-held"]
    async with stall.database.reading() as session:
        assert [fault async for fault in faults_of(session, held)] == []


async def test_late_money_goes_back_where_nothing_is_left(stall: Stall) -> None:
    order_id, payment_id = await _expired(stall, 10)
    await stall.ordered(115)

    await stall.bring(payment_id)

    assert await stall.state(order_id) == "expired"
    assert await stall.outgoings(order_id) == [(TEN, OutgoingStatus.PLANNED)]
    assert await stall.balance(stall.for_sale) == Balance(120, held=115)


async def test_a_payment_under_way_that_finds_nothing_left_ends_its_order(stall: Stall) -> None:
    order_id = await stall.ordered(10)
    payment = (await stall.expect(order_id)).json()
    await stall.change("UPDATE orders SET state = 'processing' WHERE id = :id", id=order_id)
    async with stall.database.work() as session:
        # As its hold expired before the payment began, and others bought meanwhile.
        await journal.post(session, Void(f"order/{order_id}/reserved"))
    await stall.ordered(115)

    await stall.bring(UUID(payment["id"]))

    assert await stall.state(order_id) == "expired"
    assert await stall.outgoings(order_id) == [(TEN, OutgoingStatus.PLANNED)]
    assert await stall.balance(stall.for_sale) == Balance(120, held=115)


async def _of_both(stall: Stall, organisation_id: UUID) -> Member:
    """Somebody who decides for the operator, and reads for another organisation."""
    async with stall.database.work() as session:
        operator = await session.get_one(Organisation, stall.operator.organisation_id)
        other = await session.get_one(Organisation, organisation_id)
        member = await make.a_member(session, Role.APPROVER, operator)
        user = await session.get_one(User, member.user_id)
        await make.a_membership(session, other, user, Role.VIEWER)
        return member


async def test_a_paid_order_can_be_refunded_whole(stall: Stall) -> None:
    order_id = await stall.ordered(10)
    await stall.pay(order_id)
    refused = await stall.act(order_id, "refunds")
    assert said(refused) == (403, "/problems/role-too-small")
    for organisation_id in (stall.buyer.organisation.id, stall.listing.entrepreneur_id):
        own = await stall.act(order_id, "refunds", by=await _of_both(stall, organisation_id))
        assert said(own) == (403, "/problems/own-affair")

    answer = await stall.act(order_id, "refunds", by=stall.operator)

    assert (said(answer)[0], answer.json()["state"]) == (201, "refunded")
    assert await stall.pages(f"order/{order_id}/unwound") == [
        "10 units annulled, their money goes back",
        f"Dr deposit {TEN}",
        f"   Cr refund_due {TEN}",
        "Dr annulled 10",
        "   Cr owned 10",
    ]
    assert await stall.outgoings(order_id) == [(TEN, OutgoingStatus.PLANNED)]
    again = await stall.act(order_id, "refunds", by=stall.operator)
    assert said(again) == (409, "/problems/order-state-forbids")


async def test_who_refunds_an_order_does_not_approve_its_transfer(stall: Stall) -> None:
    order_id = await stall.ordered(10)
    await stall.pay(order_id)
    await stall.act(order_id, "refunds", by=stall.operator)
    scheme = f"/v1/schemes/{stall.listing.scheme_id}"
    listed = await stall.client.get(f"{scheme}/outgoings", headers=stall.operator.headers)
    [outgoing] = listed.json()["items"]

    headers = {**stall.operator.headers, "Idempotency-Key": str(new_id())}
    approvals = f"{scheme}/outgoings/{outgoing['id']}/approvals"
    own = await stall.client.post(approvals, json={}, headers=headers)

    assert outgoing["plannedBy"].startswith("user:")
    assert said(own) == (409, "/problems/same-person")


async def test_who_follows_a_payment_keeps_no_refund_of_it_waiting(stall: Stall) -> None:
    order_id = await stall.ordered(10)
    payment_id = UUID((await stall.expect(order_id)).json()["id"])
    refers = sa.text("SELECT 1 FROM payments WHERE id = :id FOR KEY SHARE NOWAIT")
    async with stall.database.work() as following, stall.database.work() as refunding:
        # The payment, and then its order; whoever refunds has the order, and then refers to it.
        await payments.locked(following, payment_id)
        assert await refunding.scalar(refers, {"id": payment_id}) == 1


async def test_a_firm_order_is_refunded_from_where_its_money_is(stall: Stall) -> None:
    first, second = await stall.ordered(100), await stall.ordered(10)
    await stall.pay(first)
    await stall.pay(second)

    await stall.act(first, "refunds", by=stall.operator)

    assert await stall.project_state() == "funded"
    assert await stall.pages(f"order/{first}/unwound") == [
        "100 units annulled, their money goes back",
        "Dr result_part 20000",
        "Dr start_part 980000",
        "Dr fee_income 50000",
        "Dr vat_fee 10500",
        "   Cr refund_due 1060500",
        "Dr annulled 100",
        "   Cr owned 100",
    ]


async def test_an_invoice_order_expects_its_transfer_at_once(stall: Stall) -> None:
    order_id = await stall.ordered(10, payBy="invoice")

    listed = await stall.client.get(
        f"/v1/orders/{order_id}/payments", headers=stall.operator.headers
    )
    [payment] = listed.json()["items"]
    assert (payment["way"], payment["amountCents"]) == ("bank", TEN)
    assert payment["creditorReference"].startswith("RF")
    again = await stall.expect(order_id)
    assert said(again) == (409, "/problems/payment-open")


async def test_no_order_is_paid_twice(stall: Stall) -> None:
    order_id = await stall.ordered(10)
    await stall.pay(order_id)
    payment_id = (await stall.payments(order_id))[0]
    await stall.bring(payment_id)

    assert await stall.outgoings(order_id) == [(TEN, OutgoingStatus.PLANNED)]
    assert await stall.balance(stall.for_sale) == Balance(110)
    refused = await stall.expect(order_id)
    assert said(refused) == (409, "/problems/order-state-forbids")
