"""Units that are undone: a few, a share, or all; where their money comes from, and what is left."""

from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.database import Database
from app.core.events import Actor
from app.core.ids import new_id
from app.ledger import chart, journal
from app.ledger.chart import Account
from app.ledger.drafts import Draft, credit, debit
from app.ledger.journal import Balance
from app.orders.actions import parting
from app.orders.problems import MoreUnitsThanLeft
from app.organisations.models import Organisation
from app.payments import hooks
from app.payments.hooks import Thing
from app.payments.models import Dispute, DisputeStatus
from app.projects.models import Listing, Round
from tests import make
from tests.make.payments import jobs_done
from tests.orders.conftest import Stall, a_stall, said

CHARGED = {"kind": "charged", "rateBasisPoints": 2_100}
WITH_VAT = make.terms(saleVat=CHARGED, refundedUnits="for-sale")
TESTER = Actor.system("test")


async def _refund(stall: Stall, order_id: UUID, units: int | None = None) -> httpx.Response:
    more = {} if units is None else {"quantityUnits": units}
    return await stall.act(order_id, "refunds", by=stall.operator, **more)


async def _parts(stall: Stall, order_id: UUID) -> list[dict[str, object]]:
    path = f"/v1/orders/{order_id}/refunds"
    answer = await stall.client.get(path, headers=stall.buyer.clerk.headers)
    parts: list[dict[str, object]] = answer.json()["items"]
    return parts


async def _impact(stall: Stall, listing: Listing | None = None) -> dict[str, int]:
    """Add up the units of a project; they are always all there."""
    listing = listing or stall.listing
    query = sa.text(
        "SELECT a.kind, sum(CASE WHEN l.side = a.side THEN l.amount ELSE -l.amount END)"
        " FROM ledger_accounts a JOIN ledger_lines l ON l.account_id = a.id"
        " WHERE a.owner_id = :project OR a.owner_id IN"
        " (SELECT id FROM orders WHERE project_id = :project) GROUP BY a.kind"
    )
    async with stall.database.reading() as session:
        found = await session.execute(query, {"project": listing.project_id})
        has = {kind: int(units) for kind, units in found}
    kinds = ("for_sale", "owned", "retired", "annulled", "lapsed")
    units = {kind: has[kind] for kind in kinds if has.get(kind)}
    assert has["issued"] == sum(units.values())
    return units


async def _spend(stall: Stall, account: Account, cents: int, about_id: UUID) -> None:
    """Let money leave an account, as payouts do."""
    async with stall.database.work() as session:
        bank = chart.BANK.of(account.keeper_id)
        draft = Draft(
            kind="test.spent",
            reference=f"test/{new_id()}",
            narration="Spent",
            occurred_at=clock.now(),
            lines=(debit(account, cents, about_id), credit(bank, cents, about_id)),
        )
        await journal.post(session, draft)


async def _dispute(
    stall: Stall, order_id: UUID, status: DisputeStatus, cents: int | None = None
) -> None:
    """Let a dispute of an order's payment come to some status, and its owner hear of it twice."""
    payment_id = (await stall.payments(order_id))[0]
    async with stall.database.work() as session:
        query = sa.select(Dispute).where(Dispute.payment_id == payment_id)
        dispute = await session.scalar(query)
        if dispute is None:
            dispute = Dispute(
                payment_id=payment_id,
                external_id=f"du_{new_id().hex}",
                amount_cents=cents,
                reason="fraudulent",
                opened_at=clock.now(),
            )
            session.add(dispute)
        dispute.status = status
        await session.flush()
        for _ in range(2):
            await hooks.tell(session, Thing.DISPUTE, dispute.id)
    await jobs_done(stall.database)


async def test_an_order_is_refunded_unit_by_unit(stall: Stall) -> None:
    order_id = await stall.ordered(10)
    await stall.pay(order_id)

    assert said(await _refund(stall, order_id, 11)) == (409, "/problems/more-units-than-left")
    assert said(await _refund(stall, order_id, 0))[0] == 400
    first = (await _refund(stall, order_id, 3)).json()
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

    assert said(await _refund(stall, order_id, 8)) == (409, "/problems/more-units-than-left")
    assert (await _refund(stall, order_id)).json()["state"] == "refunded"
    assert said(await _refund(stall, order_id)) == (409, "/problems/order-state-forbids")
    parts = await _parts(stall, order_id)
    assert [part["lastSerial"] for part in parts] == [f"{project}-10", f"{project}-7"]
    assert [part["totalCents"] for part in parts] == [31_815, 74_235]
    assert [cents for cents, _ in await stall.outgoings(order_id)] == [31_815, 74_235]
    assert await _impact(stall) == {"for_sale": 110, "annulled": 10}


async def test_what_was_refunded_counts_no_more_for_the_threshold(stall: Stall) -> None:
    first, second, third = [await stall.ordered(quantity) for quantity in (60, 50, 9)]
    await stall.pay(first)
    await _refund(stall, first, 5)
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
    await _spend(stall, chart.FEE_INCOME.of(scheme_id), 56_900, scheme_id)
    await _refund(stall, second, 20)
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
    await _spend(stall, vat, 200_000, listing.project_id)

    await _refund(stall, here, 100)

    assert (await stall.pages(f"order/{here}/unwound"))[3:5] == [
        "Dr vat_sale 31000",
        "Dr receivable 179000",
    ]
    assert await stall.balance(vat) == Balance(231_000)
    # The terms put refunded units on sale again: who buys them gets new serials.
    assert await _impact(stall) == {"for_sale": 110, "owned": 10}
    again = await stall.ordered(100)
    await stall.pay(again)
    headers = stall.buyer.clerk.headers
    units = (await stall.client.get(f"/v1/orders/{again}/units", headers=headers)).json()
    assert units["firstSerial"].endswith("-111")
    assert await _impact(stall) == {"for_sale": 10, "owned": 110}
    assert await _impact(stall, other) == {"for_sale": 10, "owned": 110}


async def test_a_number_of_units_is_shared_over_the_orders_of_a_project(stall: Stall) -> None:
    first, second, third, fourth = [await stall.ordered(units) for units in (50, 40, 20, 1)]
    for order_id in (first, second, third, fourth):
        await stall.pay(order_id)
    await _refund(stall, first, 30)
    await _dispute(stall, second, DisputeStatus.OPEN, 424_200)
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
    await _dispute(stall, second, DisputeStatus.WON)
    assert await stall.state(second) == "partly_refunded"
    [part] = await _parts(stall, second)
    assert (part["quantityUnits"], part["totalCents"]) == (4, 42_420)
    assert await _impact(stall) == {"for_sale": 9, "owned": 73, "annulled": 38}


async def test_a_lost_dispute_takes_what_is_left_and_the_rest_is_a_loss(stall: Stall) -> None:
    order_id = await stall.ordered(10)
    await stall.pay(order_id)
    await _refund(stall, order_id, 4)
    await _dispute(stall, order_id, DisputeStatus.LOST, 106_050)

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
    assert [part["kind"] for part in await _parts(stall, order_id)] == ["refunded", "lost"]
    assert await _impact(stall) == {"for_sale": 110, "annulled": 10}


async def test_what_missed_the_threshold_is_still_in_its_deposit(stall: Stall) -> None:
    order_id = await stall.ordered(10)
    await stall.pay(order_id)
    await stall.change(
        "UPDATE projects SET state = 'not_funded' WHERE id = :id", id=stall.listing.project_id
    )

    await _refund(stall, order_id, 1)

    assert (await stall.pages(f"order/{order_id}/unwound"))[1] == "Dr deposit 10605"
