"""Units that are undone: a few, a share, or all; where their money comes from, and what is left."""

import httpx
import pytest

from app.core.database import Database
from app.core.ids import new_id
from app.ledger import chart
from app.ledger.journal import Balance
from app.orders.actions import parting
from app.orders.problems import MoreUnitsThanLeft
from app.organisations.models import Organisation
from app.payments.models import DisputeStatus, OutgoingStatus
from app.projects.models import Round
from tests import make
from tests.orders.conftest import Stall, a_stall, said
from tests.orders.undoing import TESTER, disputed, impact, parts, refund, spend

CHARGED = {"kind": "charged", "rateBasisPoints": 2_100}
WITH_VAT = make.terms(saleVat=CHARGED, refundedUnits="for-sale")


async def test_an_order_is_refunded_unit_by_unit(stall: Stall) -> None:
    order_id = await stall.ordered(10)
    await stall.pay(order_id)

    assert said(await refund(stall, order_id, 11)) == (409, "/problems/more-units-than-left")
    assert said(await refund(stall, order_id, 0))[0] == 400
    first = (await refund(stall, order_id, 3)).json()
    assert (first["state"], first["undoneUnits"], first["quantityUnits"]) == (
        "partly_refunded",
        3,
        10,
    )
    assert await stall.pages(f"order/{order_id}/unwound/3") == [
        "3 units annulled, their money goes back",
        "Dr deposit 31815",
        "   Cr refund_due 31815",
        "Dr annulled 3",
        "   Cr owned 3",
    ]
    headers = stall.buyer.clerk.headers
    units = (await stall.client.get(f"/v1/orders/{order_id}/units", headers=headers)).json()
    project = units["firstSerial"].partition("-")[0]
    [annulled] = units["annulled"]
    assert (annulled["firstSerial"], annulled["lastSerial"]) == (f"{project}-8", f"{project}-10")
    register = {
        count: (await stall.client.get(f"/v1/units/{project}-{count}")).json()["annulledAt"]
        for count in (7, 8)
    }
    assert (register[7], register[8]) == (None, annulled["annulledAt"])
    assert annulled["reason"] == "Its money went back."

    assert said(await refund(stall, order_id, 8)) == (409, "/problems/more-units-than-left")
    assert (await refund(stall, order_id)).json()["state"] == "refunded"
    assert said(await refund(stall, order_id)) == (409, "/problems/order-state-forbids")
    undone = await parts(stall, order_id)
    assert [part["lastSerial"] for part in undone] == [f"{project}-10", f"{project}-7"]
    assert [part["totalCents"] for part in undone] == [31_815, 74_235]
    assert [cents for cents, _ in await stall.outgoings(order_id)] == [31_815, 74_235]
    assert await impact(stall) == {"for_sale": 110, "annulled": 10}


async def test_what_was_refunded_counts_no_more_for_the_threshold(stall: Stall) -> None:
    first, second, third = [await stall.ordered(quantity) for quantity in (60, 50, 9)]
    await stall.pay(first)
    await refund(stall, first, 5)
    await stall.pay(second)
    assert await stall.project_state() == "listed"
    await stall.pay(third)

    assert await stall.project_state() == "funded"
    assert await stall.pages(f"project/{stall.listing.project_id}/funded") == [
        "Threshold reached",
        "Dr deposit 1208970",
        "   Cr start_part 1080000",
        "   Cr result_part 60000",
        "   Cr fee_income 57000",
        "   Cr vat_fee 11970",
    ]
    scheme_id = stall.listing.scheme_id
    await spend(stall, {chart.FEE_INCOME.of(scheme_id): 56_900}, scheme_id)
    await refund(stall, second, 20)
    assert await stall.project_state() == "funded"
    assert await stall.pages(f"order/{second}/unwound") == [
        "20 units annulled, their money goes back",
        "Dr result_part 60000",
        "Dr start_part 140000",
        "Dr fee_income 100",
        "Dr operator_loss 9900",
        "Dr vat_fee 2100",
        "   Cr refund_due 212100",
        "Dr annulled 20",
        "   Cr owned 20",
    ]


async def test_vat_of_another_project_is_left_alone(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.work() as session:
        stall = await a_stall(session, client, database, WITH_VAT)
        listing = stall.listing
        seller = await session.get_one(Organisation, listing.entrepreneur_id)
        other = await make.a_listing(
            session, await session.get_one(Round, listing.round_id), seller
        )
    here = await stall.ordered(110)
    there = await stall.ordered(110, projectId=str(other.project_id))
    await stall.pay(here)
    await stall.pay(there)
    vat = chart.VAT_SALE.of(listing.scheme_id, listing.entrepreneur_id)
    assert await stall.balance(vat) == Balance(462_000)
    # A payout names itself, and takes of a part of the project, too.
    start_part = chart.START_PART.of(listing.scheme_id, listing.project_id)
    await spend(stall, {vat: 200_000, start_part: 1}, new_id())

    await refund(stall, here, 100)

    assert (await stall.pages(f"order/{here}/unwound"))[3:5] == [
        "Dr vat_sale 31000",
        "Dr receivable 179000",
    ]
    assert await stall.balance(vat) == Balance(231_000)
    # The terms put refunded units on sale again: who buys them gets new serials.
    assert await impact(stall) == {"for_sale": 110, "owned": 10}
    again = await stall.ordered(100)
    await stall.pay(again)
    headers = stall.buyer.clerk.headers
    units = (await stall.client.get(f"/v1/orders/{again}/units", headers=headers)).json()
    assert units["firstSerial"].endswith("-111")
    assert await impact(stall) == {"for_sale": 10, "owned": 110}
    assert await impact(stall, other) == {"for_sale": 10, "owned": 110}


async def test_a_number_of_units_is_shared_over_the_orders_of_a_project(stall: Stall) -> None:
    first, second, third, fourth = [await stall.ordered(units) for units in (50, 40, 20, 1)]
    for order_id in (first, second, third, fourth):
        await stall.pay(order_id)
    await refund(stall, first, 30)
    await disputed(stall, second, DisputeStatus.OPEN, 424_200)
    project_id = stall.listing.project_id

    async with stall.database.work() as session:
        done = await parting.refund_pro_rata(session, TESTER, project_id, 8, "It stopped.")

    # Of 20, 40, 20 and 1 that are left; one of 81 gets nothing.
    assert done.set_aside_units == 4
    assert {part.order_id: part.quantity_units for part in done.parts} == {first: 2, third: 2}
    assert await stall.state(second) == "disputed"
    with pytest.raises(MoreUnitsThanLeft, match="74 units were to be undone, and 73 are left"):
        async with stall.database.work() as session:
            await parting.refund_pro_rata(session, TESTER, project_id, 74, "Too many.")
    await disputed(stall, second, DisputeStatus.WON)
    assert await stall.state(second) == "partly_refunded"
    [part] = await parts(stall, second)
    assert (part["quantityUnits"], part["totalCents"]) == (4, 42_420)
    assert await impact(stall) == {"for_sale": 9, "owned": 73, "annulled": 38}


async def test_a_lost_dispute_takes_what_is_left_and_the_rest_is_a_loss(stall: Stall) -> None:
    order_id = await stall.ordered(10)
    await stall.pay(order_id)
    await refund(stall, order_id, 4)
    await disputed(stall, order_id, DisputeStatus.LOST, 106_050)

    assert await stall.state(order_id) == "refunded"
    assert await stall.pages(f"order/{order_id}/unwound/10") == [
        "6 units annulled, their money goes back",
        "Dr deposit 63630",
        "   Cr disputed 63630",
        "Dr annulled 6",
        "   Cr owned 6",
    ]
    assert await stall.pages(f"order/{order_id}/lost") == [
        "A dispute took more than was left",
        "Dr operator_loss 42420",
        "   Cr disputed 42420",
    ]
    assert [part["kind"] for part in await parts(stall, order_id)] == ["refunded", "lost"]
    assert await impact(stall) == {"for_sale": 110, "annulled": 10}


async def test_a_lost_dispute_stops_the_refund_of_what_it_took(stall: Stall) -> None:
    order_id = await stall.ordered(10)
    await stall.pay(order_id)
    await refund(stall, order_id, 4)
    # As if it had been paid by card: a refund goes back to the payment.
    await stall.change(
        "UPDATE outgoings SET payment_id = :payment, rail = 'provider', iban = NULL,"
        " holder_name = NULL WHERE purpose = :purpose",
        payment=(await stall.payments(order_id))[0],
        purpose=f"order/{order_id}",
    )
    await disputed(stall, order_id, DisputeStatus.LOST, 100_000)

    # The dispute took 63,630 of what was left and 36,370 of the refund; the rest is due anew.
    assert await stall.pages(f"order/{order_id}/lost") == [
        "A dispute took more than was left",
        "Dr refund_due 36370",
        "   Cr disputed 36370",
    ]
    assert await stall.outgoings(order_id) == [
        (42_420, OutgoingStatus.WITHHELD),
        (6_050, OutgoingStatus.PLANNED),
    ]
    due = chart.REFUND_DUE.of(stall.listing.scheme_id, stall.buyer.organisation.id)
    assert await stall.balance(due) == Balance(6_050)


async def test_what_missed_the_threshold_is_still_in_its_deposit(stall: Stall) -> None:
    order_id = await stall.ordered(10)
    await stall.pay(order_id)
    await stall.change(
        "UPDATE projects SET state = 'not_funded' WHERE id = :id", id=stall.listing.project_id
    )

    await refund(stall, order_id, 1)

    assert (await stall.pages(f"order/{order_id}/unwound"))[1] == "Dr deposit 10605"
