"""Quotes and orders: who may order how much, until when, and what takes it back."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.core import clock
from app.core.ids import new_id
from app.ledger import journal
from app.orders.actions import expiring
from app.projects.models import ProjectState
from tests.orders.conftest import Stall, said

LIMIT = "UPDATE memberships SET spending_limit_cents = :limit WHERE id = :id"


async def test_a_quote_tells_every_part(stall: Stall, client: httpx.AsyncClient) -> None:
    path = f"/v1/market/projects/{stall.listing.project_id}/quote"

    answer = await client.get(path, params={"quantityUnits": 10})

    assert said(answer) == (200, None)
    quote = answer.json()
    assert quote.pop("validUntil") > clock.now().isoformat()[:10]
    assert quote == {
        "projectId": str(stall.listing.project_id),
        "quantityUnits": 10,
        "priceCents": 100_000,
        "vatSaleCents": 0,
        "feeCents": 5_000,
        "vatFeeCents": 1_050,
        "feeBorneBy": "buyer",
        "totalCents": 106_050,
    }


@pytest.mark.parametrize("quantity", ["0", "-1", "1000001", "1.5", "ten"])
async def test_a_quote_is_for_a_sensible_number(
    stall: Stall, client: httpx.AsyncClient, quantity: str
) -> None:
    path = f"/v1/market/projects/{stall.listing.project_id}/quote"

    assert (await client.get(path, params={"quantityUnits": quantity})).status_code == 400


async def test_a_quote_needs_a_project_on_the_market(client: httpx.AsyncClient) -> None:
    path = f"/v1/market/projects/{new_id()}/quote"

    assert said(await client.get(path, params={"quantityUnits": 1}))[0] == 404


async def test_an_order_keeps_its_units_out_of_sale(stall: Stall) -> None:
    answer = await stall.order(10, purchaseOrderNumber="PO-17", costCentre="4400")

    assert said(answer) == (201, None)
    order = answer.json()
    assert answer.headers["location"] == f"/v1/orders/{order['id']}"
    assert (order["state"], order["totalCents"]) == ("reserved", 106_050)
    assert order["reservedUntil"] > (clock.now() + timedelta(minutes=29)).isoformat()
    assert await stall.balance(stall.for_sale) == journal.Balance(120, held=10)


async def test_a_repeated_order_is_one_order(stall: Stall) -> None:
    key = str(new_id())
    first, second = await stall.order(10, key=key), await stall.order(10, key=key)

    assert first.json() == second.json()
    assert (await stall.balance(stall.for_sale)).held == 10


async def test_the_last_units_are_ordered_once(stall: Stall) -> None:
    answers = await asyncio.gather(
        *(stall.order(30, by=buyer.clerk) for buyer in (stall.buyer, stall.other) * 5)
    )

    counted = Counter(said(answer) for answer in answers)
    assert counted == {(201, None): 4, (409, "/problems/not-enough-units"): 6}
    refused = next(answer.json() for answer in answers if answer.is_error)
    assert (refused["askedUnits"], refused["freeUnits"]) == (30, 0)
    assert await stall.balance(stall.for_sale) == journal.Balance(120, held=120)


async def test_who_offers_does_not_buy(stall: Stall) -> None:
    answer = await stall.order(by=stall.entrepreneur)

    assert said(answer) == (403, "/problems/own-project")


async def test_who_is_not_enrolled_does_not_buy(stall: Stall) -> None:
    await stall.change(
        "UPDATE enrolments SET state = 'suspended' WHERE organisation_id = :id",
        id=stall.buyer.organisation.id,
    )

    assert said(await stall.order()) == (403, "/problems/buyer-outside-terms")
    assert said(await stall.order(by=stall.operator)) == (403, "/problems/buyer-outside-terms")


@pytest.mark.parametrize(
    "change",
    [
        "state = 'valuing', sale_begins_at = now() + interval '1 day'",
        "sale_ends_at = now() - interval '1 second'",
        "state = 'ended'",
    ],
)
async def test_nothing_is_sold_outside_the_sale(stall: Stall, change: str) -> None:
    await stall.change(
        f"UPDATE rounds SET {change} WHERE id = :id",  # noqa: S608  Our own.
        id=stall.listing.round_id,
    )

    assert said(await stall.order()) == (409, "/problems/sale-not-running")


async def test_a_stopped_project_is_not_sold(stall: Stall) -> None:
    await stall.change(
        "UPDATE projects SET state = :state WHERE id = :id",
        state=ProjectState.STOPPED,
        id=stall.listing.project_id,
    )

    assert said(await stall.order()) == (409, "/problems/sale-not-running")


@pytest.mark.parametrize(
    "change",
    [
        {"quantityUnits": 0},
        {"quantityUnits": True},
        {"payBy": "cash"},
        {"purchaseOrderNumber": ""},
        {"purchaseOrderNumber": "PO\n17"},
        {"invoiceAddress": {"name": "Maas"}},
        {"price": 1},
    ],
)
async def test_a_malformed_order_is_refused(stall: Stall, change: dict[str, Any]) -> None:
    assert (await stall.order(**change)).status_code == 400


async def test_units_are_kept_no_longer_than_they_are_sold(stall: Stall) -> None:
    answer = await stall.order(payBy="invoice")

    ends = await stall.client.get(f"/v1/market/projects/{stall.listing.project_id}")
    assert answer.json()["reservedUntil"][:19] == ends.json()["saleEndsAt"][:19]


async def test_an_order_above_the_limit_waits_for_somebody_else(stall: Stall) -> None:
    await stall.change(LIMIT, limit=106_049, id=stall.buyer.clerk.membership_id)
    answer = await stall.order(10)
    order_id = answer.json()["id"]

    assert (answer.json()["state"], answer.json()["reservedUntil"]) == ("awaiting_approval", None)
    assert (await stall.balance(stall.for_sale)).held == 0
    refused = await stall.act(order_id, "approvals", approved=True)
    assert said(refused) == (403, "/problems/role-too-small")
    approved = await stall.act(order_id, "approvals", by=stall.buyer.approver, approved=True)
    assert (approved.json()["state"], said(approved)[0]) == ("reserved", 201)
    assert (await stall.balance(stall.for_sale)).held == 10
    again = await stall.act(order_id, "approvals", by=stall.buyer.approver, approved=True)
    assert said(again) == (409, "/problems/order-state-forbids")


async def test_nobody_approves_their_own_order(stall: Stall) -> None:
    await stall.change(LIMIT, limit=1, id=stall.buyer.approver.membership_id)
    order_id = await stall.ordered(by=stall.buyer.approver)

    answer = await stall.act(order_id, "approvals", by=stall.buyer.approver, approved=True)

    assert said(answer) == (403, "/problems/own-order")


async def test_an_approver_has_a_limit_too(stall: Stall) -> None:
    await stall.change(LIMIT, limit=0, id=stall.buyer.clerk.membership_id)
    await stall.change(LIMIT, limit=500, id=stall.buyer.approver.membership_id)
    order_id = await stall.ordered()

    answer = await stall.act(order_id, "approvals", by=stall.buyer.approver, approved=True)

    assert said(answer) == (403, "/problems/above-own-limit")


async def test_a_declined_order_is_over(stall: Stall) -> None:
    await stall.change(LIMIT, limit=0, id=stall.buyer.clerk.membership_id)
    order_id = await stall.ordered()

    await stall.act(order_id, "approvals", by=stall.buyer.approver, approved=False)

    assert await stall.state(order_id) == "cancelled"
    told = await stall.client.get(
        f"/v1/orders/{order_id}/decisions", headers=stall.operator.headers
    )
    assert [decision["kind"] for decision in told.json()["items"]] == ["ordered", "declined"]


async def test_an_admin_sets_what_a_member_may_spend(stall: Stall) -> None:
    await stall.change(
        "UPDATE memberships SET role = 'admin' WHERE id = :id",
        id=stall.buyer.approver.membership_id,
    )
    path = (
        f"/v1/organisations/{stall.buyer.organisation.id}/memberships"
        f"/{stall.buyer.clerk.membership_id}"
    )
    headers = {**stall.buyer.approver.headers, "If-Match": "*"}

    for change, limit in (({"spendingLimitCents": 5}, 5), ({"role": "member"}, 5)):
        answer = await stall.client.patch(path, json=change, headers=headers)
        assert answer.json()["spendingLimitCents"] == limit
    assert (await stall.order()).json()["state"] == "awaiting_approval"
    lifted = await stall.client.patch(path, json={"spendingLimitCents": None}, headers=headers)
    assert lifted.json()["spendingLimitCents"] is None
    assert (await stall.client.patch(path, json={}, headers=headers)).status_code == 400


async def test_a_cancelled_order_gives_its_units_back(stall: Stall) -> None:
    order_id = await stall.ordered(10)

    answer = await stall.act(order_id, "cancellations")

    assert (said(answer)[0], answer.json()["state"]) == (201, "cancelled")
    assert await stall.balance(stall.for_sale) == journal.Balance(120)
    again = await stall.act(order_id, "cancellations")
    assert said(again) == (409, "/problems/order-state-forbids")


async def test_an_order_that_is_not_paid_expires(stall: Stall) -> None:
    order_id = await stall.ordered(10)
    await expiring.expire_due(stall.database)
    assert await stall.state(order_id) == "reserved"

    await stall.change(
        "UPDATE orders SET reserved_until = :now WHERE id = :id", now=clock.now(), id=order_id
    )
    await asyncio.gather(*(expiring.expire_due(stall.database) for _ in range(3)))

    assert await stall.state(order_id) == "expired"
    assert await stall.balance(stall.for_sale) == journal.Balance(120)


async def test_an_order_is_nobody_elses_affair(stall: Stall) -> None:
    order_id = await stall.ordered()

    for stranger in (stall.other.clerk, stall.entrepreneur):
        answer = await stall.client.get(f"/v1/orders/{order_id}", headers=stranger.headers)
        assert said(answer)[0] == 404
    answer = await stall.act(order_id, "cancellations", by=stall.operator)
    assert said(answer) == (403, "/problems/role-too-small")
    listed = await stall.client.get(
        f"/v1/schemes/{stall.listing.scheme_id}/orders", headers=stall.operator.headers
    )
    assert [order["id"] for order in listed.json()["items"]] == [str(order_id)]


async def test_an_order_that_was_never_paid_has_no_units(stall: Stall) -> None:
    order_id = await stall.ordered()

    answer = await stall.client.get(
        f"/v1/orders/{order_id}/units", headers=stall.buyer.clerk.headers
    )

    assert said(answer)[0] == 404
