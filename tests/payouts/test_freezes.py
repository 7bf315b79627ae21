"""Stopped projects and short results: frozen, decided about by two people, refunded, released."""

import asyncio
from typing import Any
from uuid import UUID

import httpx

from app.core.database import Database
from app.core.ids import new_id
from app.ledger import chart, journal
from app.payments import hooks
from app.payouts.actions import freezing
from app.projects.models import Listing, ReportKind, Round
from tests import make
from tests.make import Member
from tests.make.books import a_draft
from tests.make.payments import jobs_done
from tests.make.reports import a_plan_of
from tests.orders.conftest import said
from tests.orders.undoing import locking
from tests.payouts.conftest import INTERIM, REASON, Safe, a_safe

HALF = {"kind": "pro-rata-release", "releasePercent": 50, **REASON}
REFUND = {"kind": "refund", **REASON}
SUBSTITUTE = {"kind": "substitute-project", **REASON}


async def stop(safe: Safe) -> httpx.Response:
    return await safe.post(f"{safe.path}/stops", safe.approver, REASON)


async def propose(safe: Safe, body: dict[str, Any]) -> httpx.Response:
    return await safe.post(f"{safe.path}/remedies", safe.planner, body)


async def decide(
    safe: Safe, proposed: httpx.Response, kind: str = "approved", by: Member | None = None
) -> httpx.Response:
    assert proposed.status_code == 201, proposed.text
    path = f"{safe.path}/remedies/{proposed.json()['id']}/decisions"
    return await safe.post(path, by or safe.approver, {"kind": kind, **REASON})


async def settle_round(safe: Safe) -> httpx.Response:
    path = f"/v1/rounds/{safe.stall.listing.round_id}/decisions"
    return await safe.post(path, safe.approver, {"kind": "settled", **REASON})


async def held(safe: Safe) -> tuple[int, int]:
    listing = safe.stall.listing
    found = [
        await safe.stall.balance(kind.of(listing.scheme_id, listing.project_id))
        for kind in (chart.START_PART, chart.RESULT_PART)
    ]
    return found[0].held, found[1].held


async def test_a_stopped_project_is_frozen_and_half_of_it_goes_back(safe: Safe) -> None:
    early = await stop(safe)
    assert said(early) == (409, "/problems/project-state-forbids")
    large, small = await safe.sell(108, 12)
    planned = (await safe.plan(principalCents=100_000)).json()
    approved = await safe.approved(principalCents=200_000)

    answers = await asyncio.gather(stop(safe), stop(safe))

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert [await safe.state(each["id"]) for each in (planned, approved)] == ["withheld"] * 2
    assert await held(safe) == (1_080_000, 120_000)
    assert await safe.payable() == [(0, 0, ["undecided"])] * 3
    frozen = await safe.get("/freeze", safe.stall.entrepreneur)
    assert frozen["freeze"]["cause"] == "stopped"
    assert (frozen["undisbursedCents"], frozen["refundableUnits"]) == (1_200_000, 120)

    proposed = await propose(safe, HALF)
    assert proposed.json()["units"] == 60
    twice = await propose(safe, REFUND)
    assert said(twice) == (409, "/problems/remedy-pending")
    own = await decide(safe, proposed, by=safe.planner)
    assert said(own) == (409, "/problems/same-person")
    both = await asyncio.gather(
        decide(safe, proposed), decide(safe, proposed, by=safe.stall.operator)
    )
    assert sorted(answer.status_code for answer in both) == [201, 409]

    assert await held(safe) == (0, 0)
    assert [await safe.stall.state(each) for each in (large, small)] == ["partly_refunded"] * 2
    assert await safe.stall.pages(f"order/{large}/unwound") == [
        "54 units annulled, their money goes back",
        "Dr result_part 120000",
        "Dr start_part 420000",
        "Dr vat_sale 113400",
        "Dr fee_income 27000",
        "Dr vat_fee 5670",
        "   Cr refund_due 686070",
        "Dr annulled 54",
        "   Cr owned 54",
    ]
    assert (await safe.payable())[0] == (600_000, 126_000, [])
    rest = await safe.approved()
    assert rest["amountCents"] == 726_000
    assert await safe.has() == {
        "start_part": 0,
        "result_part": 0,
        "vat_sale": 0,
        "payable": 726_000,
    }
    told = {mail.subject for mail in await make.mails(safe.stall.database)}
    assert told >= {"Uw project is gestopt", "Er is over het geld van uw project beslist"}


async def test_a_short_result_is_frozen_when_its_report_is_accepted_and_refunded(
    safe: Safe,
) -> None:
    await safe.sell(108, 12)
    await safe.bank_pays(await safe.approved())
    await safe.start()
    await safe.accept(ReportKind.INTERIM)
    interim = (await safe.plan(**INTERIM)).json()
    await safe.accept(ReportKind.FINAL, result="short")

    assert await safe.state(interim["id"]) == "withheld"
    assert await held(safe) == (0, 120_000)
    assert (await safe.payable())[2] == (0, 0, ["undecided"])
    nowhere = {**SUBSTITUTE, "substituteProjectId": safe.path.rpartition("/")[2]}
    assert (await propose(safe, SUBSTITUTE)).status_code == 400
    assert said(await propose(safe, nowhere))[0] == 404
    much = await propose(safe, {"kind": "pro-rata-release", "refundUnits": 13, **REASON})
    assert said(much) == (409, "/problems/units-not-there")
    unclear = await propose(safe, {"kind": "pro-rata-release", **REASON})
    assert unclear.status_code == 400
    rejected = await decide(safe, await propose(safe, HALF), "rejected")
    assert (rejected.status_code, rejected.json()["state"]) == (201, "rejected")
    done = await decide(safe, await propose(safe, REFUND))
    assert (done.status_code, done.json()["units"]) == (201, 12)

    # Eleven of the buyer of 108, and one of the buyer of 12; nothing is claimed back.
    has = await safe.has()
    assert (has["result_part"], has["vat_sale"]) == (0, 0)
    claim = chart.RECEIVABLE.of(safe.stall.listing.scheme_id, safe.stall.listing.entrepreneur_id)
    assert (await safe.stall.balance(claim)).posted == 0
    again = await propose(safe, REFUND)
    assert said(again) == (409, "/problems/freeze-ended")
    remedies = (await safe.get("/freeze"))["remedies"]
    assert [remedy["state"] for remedy in remedies] == ["rejected", "approved"]


async def test_a_buyer_is_refunded_out_of_what_is_frozen(safe: Safe) -> None:
    _, small = await safe.sell(108, 12)
    assert (await stop(safe)).status_code == 201
    refund = await safe.stall.act(small, "refunds", safe.approver)
    assert refund.status_code == 201, refund.text

    claim = chart.RECEIVABLE.of(safe.stall.listing.scheme_id, safe.stall.listing.entrepreneur_id)
    assert (await safe.stall.balance(claim)).posted == 0
    assert await held(safe) == (0, 0)
    assert await safe.payable() == [(0, 0, ["undecided"])] * 3
    await freezing.keep_frozen(safe.stall.database)
    assert await held(safe) == (1_080_000, 0)
    await safe.stall.change(
        "UPDATE rounds SET state = 'ended' WHERE id = :id", id=safe.stall.listing.round_id
    )
    early = await settle_round(safe)
    assert (*said(early), early.json()["frozen"]) == (409, "/problems/projects-underway", 1)
    assert (await decide(safe, await propose(safe, REFUND))).json()["units"] == 108
    assert set((await safe.has()).values()) == {0}
    assert (await settle_round(safe)).status_code == 201


async def test_what_is_paid_while_the_project_is_stopped_goes_back(safe: Safe) -> None:
    await safe.sell(108)
    under_way = await safe.stall.ordered(5, payBy="invoice")
    [payment_id] = await safe.stall.payments(under_way)
    await safe.stall.bring(payment_id, 10_000)
    await safe.stall.change("UPDATE orders SET state = 'processing' WHERE id = :id", id=under_way)
    assert (await stop(safe)).status_code == 201
    with locking(safe.stall) as locked:
        await safe.stall.bring(payment_id, 53_525)

    assert locked == ["books", "invoices"]
    assert await safe.stall.state(under_way) == "expired"
    outgoings = await safe.stall.outgoings(under_way)
    assert [cents for cents, _ in outgoings] == [10_000, 53_525]
    assert await held(safe) == (1_080_000, 0)
    assert (await safe.has())["result_part"] == 0


async def test_a_payment_that_fails_while_the_project_is_stopped_is_not_tried_again(
    safe: Safe,
) -> None:
    await safe.sell(108)
    under_way = await safe.stall.ordered(5)
    payment = UUID((await safe.stall.expect(under_way)).json()["id"])
    await safe.stall.change("UPDATE orders SET state = 'processing' WHERE id = :id", id=under_way)
    assert (await stop(safe)).status_code == 201
    await safe.stall.change("UPDATE payments SET status = 'failed' WHERE id = :id", id=payment)
    async with safe.stall.database.work() as session:
        await hooks.tell(session, hooks.Thing.PAYMENT, payment)
    await jobs_done(safe.stall.database)

    assert await safe.stall.state(under_way) == "expired"


async def test_what_failed_is_frozen_with_the_rest_before_the_stop_or_after(safe: Safe) -> None:
    await safe.sell(108)
    before = await safe.approved(principalCents=100_000)
    after = await safe.approved(principalCents=200_000)
    late = await safe.approved(principalCents=300_000)
    for payout in (before, after, late):
        await safe.leaves_by_bank(payout)
    await safe.fails(before)
    assert (await stop(safe)).status_code == 201
    assert await held(safe) == (580_000, 0)
    await safe.fails(after)
    await freezing.keep_frozen(safe.stall.database)
    assert await held(safe) == (780_000, 0)
    await safe.fails(late)
    assert (await propose(safe, REFUND)).json()["units"] == 108
    await freezing.keep_frozen(safe.stall.database)

    assert [await safe.state(each["id"]) for each in (before, after, late)] == ["withheld"] * 3
    assert await held(safe) == (1_080_000, 0)
    assert (await safe.has())["payable"] == 0
    again = await safe.act(before["id"], "retries", safe.planner, rail="bank")
    assert said(again) == (409, "/problems/payout-state-forbids")


async def test_money_that_comes_late_is_frozen_as_well(safe: Safe) -> None:
    unfrozen = await safe.stall.client.get(f"{safe.path}/freeze", headers=safe.planner.headers)
    assert unfrozen.status_code == 404
    await safe.sell(108)
    assert (await stop(safe)).status_code == 201
    listing = safe.stall.listing
    async with safe.stall.database.work() as session:
        part = chart.RESULT_PART.of(listing.scheme_id, listing.project_id)
        await journal.post(session, a_draft(part, 5_000, reference=f"test/{new_id()}"))

    for _ in range(2):
        await freezing.keep_frozen(safe.stall.database)

    assert await held(safe) == (1_080_000, 5_000)
    proposed = await propose(safe, {**HALF, "releasePercent": 100})
    assert (await decide(safe, proposed)).status_code == 201
    assert await held(safe) == (0, 0)
    assert [each[0] for each in await safe.payable()] == [1_080_000, 2_000, 3_000]


async def test_only_what_the_policy_offers_is_proposed(
    client: httpx.AsyncClient, database: Database
) -> None:
    payout = {**make.TERMS["payout"], "shortResultRemedies": ["refund"]}
    safe = await a_safe(client, database, payout=payout)
    await safe.sell(108)
    await stop(safe)

    assert said(await propose(safe, HALF)) == (409, "/problems/remedy-outside-terms")
    assert (await propose(safe, REFUND)).status_code == 201


async def a_substitute(safe: Safe, units: int = 120) -> Listing:
    async with safe.stall.database.work() as session:
        in_round = await session.get_one(Round, safe.stall.listing.round_id)
        plan = a_plan_of(-100, 50)
        return await make.a_listing(session, in_round, units=units, plan=plan)


async def test_units_move_to_a_substitute_all_of_them_or_none(safe: Safe) -> None:
    large, small = await safe.sell(108, 12)
    await safe.bank_pays(await safe.approved(principalCents=600_000))
    assert (await stop(safe)).status_code == 201
    there = await a_substitute(safe, 119)
    body = {**SUBSTITUTE, "substituteProjectId": str(there.project_id)}
    proposed = await propose(safe, body)
    assert proposed.json()["units"] == 60
    taken = await safe.stall.client.post(
        f"/v1/organisations/{safe.stall.other.organisation.id}/orders",
        json={"projectId": str(there.project_id), "quantityUnits": 60, "payBy": "online"},
        headers={**safe.stall.other.clerk.headers, "Idempotency-Key": new_id().hex},
    )
    assert taken.status_code == 201, taken.text

    # 54 and 6 units are to move, and 59 are free: the first would fit, and does not move alone.
    refused = await decide(safe, proposed)
    assert said(refused) == (409, "/problems/not-enough-units")
    assert await safe.stall.state(large) == "paid"
    assert await held(safe) == (480_000, 120_000)
    await safe.stall.act(taken.json()["id"], "cancellations", safe.stall.other.clerk)
    moved = await decide(safe, proposed)

    assert (moved.status_code, moved.json()["state"]) == (201, "approved")
    assert [await safe.stall.state(each) for each in (large, small)] == ["partly_refunded"] * 2
    deposit = chart.DEPOSIT.of(there.scheme_id, there.project_id)
    assert (await safe.stall.balance(deposit)).posted == 60 * 12_705
    assert await held(safe) == (0, 0)
    assert set((await safe.has()).values()) == {0}
