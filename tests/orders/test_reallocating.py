"""Paid units that move to another project, which missed its threshold or was stopped."""

from uuid import UUID

import httpx
import pytest

from app.core.database import Database
from app.ledger import chart
from app.ledger.journal import Balance
from app.orders.actions import reallocating
from app.orders.actions.reallocating import Wish
from app.orders.models import Order
from app.orders.problems import PaidOut
from app.payments.models import DisputeStatus, OutgoingStatus
from app.projects.models import RoundState
from app.schemes.models import Scheme
from tests import make
from tests.orders.conftest import Stall, a_stall, said
from tests.orders.undoing import (
    STOPPED,
    TESTER,
    another,
    disputed,
    impact,
    miss,
    move,
    parts,
    refund,
    spend,
)


async def test_an_order_moves_when_its_project_missed_the_threshold(stall: Stall) -> None:
    other = await another(stall)
    order_id = await stall.ordered(10)
    await stall.pay(order_id)
    await refund(stall, order_id, 3)
    refused = await move(stall, order_id, other.project_id)
    assert said(refused) == (409, "/problems/nothing-to-reallocate")
    await miss(stall)
    refused = await move(stall, order_id, stall.listing.project_id)
    assert said(refused) == (409, "/problems/nothing-to-reallocate")

    moved = (await move(stall, order_id, other.project_id)).json()
    assert (moved["state"], moved["quantityUnits"], moved["movedFromId"]) == (
        "paid",
        7,
        str(order_id),
    )
    assert await stall.pages(f"order/{order_id}/unwound/10") == [
        "7 units annulled, their money moves to another project",
        "Dr deposit 74235",
        "   Cr deposit 74235",
        "Dr annulled 7",
        "   Cr owned 7",
    ]
    assert await stall.state(order_id) == "reallocated"
    [refunded, left] = await parts(stall, order_id)
    assert (refunded["kind"], left["kind"]) == ("refunded", "reallocated")
    assert left["movedToId"] == moved["id"]
    again = await move(stall, order_id, other.project_id)
    assert said(again) == (409, "/problems/order-state-forbids")


async def test_a_move_may_reach_the_threshold_and_keeps_the_way_back(stall: Stall) -> None:
    other = await another(stall)
    order_id = await stall.ordered(60)
    there = await stall.ordered(48, projectId=str(other.project_id))
    for each in (order_id, there):
        await stall.pay(each)
    await miss(stall)

    moved = UUID((await move(stall, order_id, other.project_id)).json()["id"])

    assert await stall.pages(f"project/{other.project_id}/funded") == [
        "Threshold reached",
        "Dr deposit 1145340",
        "   Cr start_part 1080000",
        "   Cr fee_income 54000",
        "   Cr vat_fee 11340",
    ]
    assert await impact(stall) == {"for_sale": 60, "annulled": 60}
    assert await impact(stall, other) == {"for_sale": 12, "owned": 108}
    headers = stall.buyer.clerk.headers
    units = (await stall.client.get(f"/v1/orders/{moved}/units", headers=headers)).json()
    assert [units[name].partition("-")[2] for name in ("firstSerial", "lastSerial")] == [
        "49",
        "108",
    ]
    given_back, bought = [
        [
            (document["kind"], document["totalCents"])
            for document in (
                await stall.client.get(f"/v1/orders/{each}/invoices", headers=headers)
            ).json()["items"]
        ]
        for each in (order_id, moved)
    ]
    assert sorted(bought) == [("invoice", 36_300), ("invoice", 600_000)]
    assert sorted(given_back) == [
        *[("credit-note", 36_300), ("credit-note", 600_000)],
        *sorted(bought),
    ]
    # What is refunded there goes back the way that the money came.
    await refund(stall, moved, 5)
    assert await stall.outgoings(order_id) == [(53_025, OutgoingStatus.PLANNED)]
    listed = await stall.client.get(f"/v1/orders/{moved}/payments", headers=headers)
    assert listed.json()["items"][0]["amountCents"] == 636_300


async def test_a_dispute_finds_what_its_money_was_moved_to(stall: Stall) -> None:
    other = await another(stall)
    order_id = await stall.ordered(60)
    await stall.pay(order_id)
    await miss(stall)
    await stall.ordered(70, projectId=str(other.project_id))
    too_many = await move(stall, order_id, other.project_id)
    assert said(too_many) == (409, "/problems/not-enough-units")
    assert await stall.state(order_id) == "paid"
    await refund(stall, order_id, 10)
    moved = UUID((await move(stall, order_id, other.project_id)).json()["id"])

    await disputed(stall, order_id, DisputeStatus.OPEN, 636_300)
    assert await stall.state(moved) == "disputed"
    await disputed(stall, order_id, DisputeStatus.LOST)
    assert (await stall.state(moved), await stall.state(order_id)) == ("refunded", "reallocated")
    assert (await stall.pages(f"order/{moved}/unwound"))[1:3] == [
        "Dr deposit 530250",
        "   Cr disputed 530250",
    ]
    assert (await stall.pages(f"order/{order_id}/lost"))[1] == "Dr operator_loss 106050"


async def test_only_what_is_still_there_of_a_stopped_project_moves(stall: Stall) -> None:
    other = await another(stall)
    order_id = await stall.ordered(110)
    await stall.pay(order_id)
    scheme_id, project_id = stall.listing.scheme_id, stall.listing.project_id
    await spend(stall, {chart.START_PART.of(scheme_id, project_id): 700_000}, project_id)
    await stall.change(STOPPED, id=project_id)

    async def substitute(units: int) -> Order:
        async with stall.database.work() as session:
            order = await session.get_one(Order, order_id)
            wish = Wish(TESTER, order.ordered_by_id, units, "It stopped.", undisbursed=True)
            return await reallocating.reallocate_undisbursed(session, order, other.project_id, wish)

    with pytest.raises(PaidOut, match=r"EUR 100\.00 of it was paid out"):
        await substitute(41)
    moved = await substitute(40)

    assert await stall.state(order_id) == "partly_refunded"
    assert (await stall.pages(f"order/{order_id}/unwound"))[1:6] == [
        "Dr result_part 20000",
        "Dr start_part 380000",
        "Dr fee_income 20000",
        "Dr vat_fee 4200",
        "   Cr deposit 424200",
    ]
    assert await stall.balance(chart.RECEIVABLE.of(scheme_id, stall.listing.entrepreneur_id)) == (
        Balance(0)
    )
    assert await impact(stall) == {"for_sale": 10, "owned": 70, "annulled": 40}
    assert await stall.state(moved.id) == "paid"


async def test_units_that_cost_otherwise_are_no_choice(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.work() as session:
        stall = await a_stall(session, client, database)
        scheme = await session.get_one(Scheme, stall.listing.scheme_id)
        await make.a_policy(session, scheme, make.terms(unitPriceCents=9_000))
        in_round = await make.a_round(session, scheme, state=RoundState.ON_SALE)
        dearer = await make.a_listing(session, in_round)
        foreign = await make.a_listing(session)
    order_id = await stall.ordered(10)
    await stall.pay(order_id)
    await miss(stall)

    assert said(await move(stall, order_id, dearer.project_id)) == (409, "/problems/other-terms")
    assert said(await move(stall, order_id, foreign.project_id)) == (404, "/problems/not-found")
    await stall.change(
        "UPDATE memberships SET spending_limit_cents = 1000 WHERE id = :id",
        id=stall.buyer.clerk.membership_id,
    )
    assert said(await move(stall, order_id, dearer.project_id)) == (
        403,
        "/problems/above-own-limit",
    )
    await miss(stall, days=400)
    late = await move(stall, order_id, dearer.project_id)
    assert said(late) == (409, "/problems/nothing-to-reallocate")
    assert "ended at" in late.json()["detail"]
