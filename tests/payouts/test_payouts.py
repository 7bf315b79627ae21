"""Payouts over HTTP: planned by one, approved by another, sent, settled, failed, withheld."""

import asyncio
from datetime import timedelta
from uuid import UUID

from app.core import clock
from app.core.ids import new_id
from app.ledger import chart, journal
from app.ledger.drafts import Draft, credit, debit
from app.organisations.models import Organisation
from app.payouts.actions import overdue
from app.payouts.models import Payout
from app.payouts.queries import payouts as payout_queries
from app.projects.models import ReportKind
from app.schemes.models import Admission, CheckKind
from tests import make
from tests.make.statements import THEIR_IBAN
from tests.orders.conftest import said
from tests.payouts.conftest import FINAL, INTERIM, Safe, of_operator
from tests.projects.conftest import somebody_waits


async def test_all_of_a_project_reaches_its_entrepreneur_tranche_by_tranche(safe: Safe) -> None:
    early = await safe.plan()
    assert said(early) == (409, "/problems/payout-not-due")
    assert [each["code"] for each in early.json()["obstacles"]] == ["not-funded"]
    await safe.sell(108, 12)
    assert await safe.payable() == [
        (1_080_000, 226_800, []),
        (0, 0, ["report-not-accepted"]),
        (0, 0, ["report-not-accepted"]),
    ]
    start = await safe.approved()
    assert start["dueOn"] == (clock.today() + timedelta(days=30)).isoformat()
    assert await safe.stall.pages(f"payout/{start['id']}") == [
        "Payout of the start part approved",
        "Dr start_part 1080000",
        "Dr vat_sale 226800",
        "   Cr payable 1306800",
    ]
    await safe.bank_pays(start)
    assert await safe.state(start["id"]) == "settled"

    await safe.start()
    await safe.accept(ReportKind.INTERIM)
    interim = await safe.approved(**INTERIM)
    await safe.bank_pays(interim, "2")
    await safe.accept(ReportKind.FINAL, result="achieved")
    final = await safe.approved(**FINAL)
    await safe.bank_pays(final, "3")

    amounts = [(each["principalCents"], each["vatCents"]) for each in (start, interim, final)]
    assert amounts == [(1_080_000, 226_800), (48_000, 10_080), (72_000, 15_120)]
    assert set((await safe.has()).values()) == {0}
    assert await safe.payable() == [(0, 0, ["nothing-left"])] * 3
    told = [mail.subject for mail in await make.mails(safe.stall.database)]
    assert told.count("U bent betaald") == 3
    listed = await safe.get("/payouts", safe.stall.entrepreneur)
    assert [payout["state"] for payout in listed["items"]] == ["settled"] * 3


async def test_two_people_of_the_operator_decide(safe: Safe) -> None:
    await safe.sell(108)
    payout = (await safe.plan()).json()

    assert said(await safe.act(payout["id"], "approvals", safe.planner)) == (
        *(409, "/problems/same-person"),
    )
    assert said(await safe.act(payout["id"], "approvals", safe.stall.entrepreneur))[0] == 403
    both = await asyncio.gather(
        safe.act(payout["id"], "approvals"),
        safe.act(payout["id"], "approvals", safe.stall.operator),
    )
    assert sorted(answer.status_code for answer in both) == [201, 409]
    assert (await safe.has())["payable"] == 1_306_800
    again = await safe.plan()
    assert [each["code"] for each in again.json()["obstacles"]] == ["nothing-left"]


async def test_what_is_withheld_while_it_is_approved_does_not_leave(safe: Safe) -> None:
    await safe.sell(108)
    payout = (await safe.plan()).json()
    database = safe.stall.database
    async with database.work() as session:
        await payout_queries.locked(session, UUID(payout["id"]))
        approving = asyncio.create_task(safe.act(payout["id"], "approvals"))
        await somebody_waits(database)
        stopping = asyncio.create_task(safe.act(payout["id"], "withholdings", safe.stall.operator))
        await somebody_waits(database, 2)
    approved, withheld = await asyncio.gather(approving, stopping)

    assert (approved.status_code, withheld.status_code) == (201, 201)
    assert await safe.state(payout["id"]) == "withheld"
    assert (await safe.outgoing(approved.json())).status == "withheld"
    assert (await safe.has())["payable"] == 0


async def test_no_more_is_planned_than_is_earmarked_whoever_is_first(safe: Safe) -> None:
    await safe.sell(108)
    too_much = await safe.plan(principalCents=1_080_001)
    assert said(too_much) == (409, "/problems/earmark-too-small")
    assert too_much.json()["payableCents"] == 1_080_000
    unknown = await safe.plan(tranche=2)
    assert said(unknown)[0] == 404

    both = await asyncio.gather(*(safe.plan(principalCents=600_000) for _ in range(2)))
    assert sorted(answer.status_code for answer in both) == [201, 409]
    assert await safe.payable() == [
        (480_000, 100_800, []),
        *[(0, 0, ["report-not-accepted"])] * 2,
    ]


async def test_who_is_not_checked_or_has_a_new_account_is_not_paid(safe: Safe) -> None:
    await safe.sell(108)
    planned = (await safe.plan()).json()
    async with safe.stall.database.work() as session:
        seller = await session.get_one(Organisation, safe.stall.listing.entrepreneur_id)
        seller.iban, seller.iban_changed_at = "NL02ABNA0123456789", clock.now()
    refused = await safe.act(planned["id"], "approvals")

    codes = [each["code"] for each in refused.json()["obstacles"]]
    assert codes == ["not-checked", "account-new", "account-new"]
    page = await safe.get("/earmark")
    assert [each["code"] for each in page["destinations"]["bank"]] == codes[:2]
    assert [each["code"] for each in page["destinations"]["provider"]] == [
        *("not-checked", "provider-not-ready"),
    ]
    withheld = await safe.act(planned["id"], "withholdings")
    assert withheld.json()["state"] == "withheld"
    assert (await safe.has())["start_part"] == 1_080_000


async def test_what_failed_is_owed_and_retried_once_or_earmarked_again(safe: Safe) -> None:
    await safe.sell(108)
    payout = await safe.approved()
    await safe.leaves_by_bank(payout)
    assert await safe.state(payout["id"]) == "sent"
    assert said(await safe.act(payout["id"], "withholdings"))[0] == 409
    await safe.fails(payout)
    assert await safe.state(payout["id"]) == "failed"
    told = [mail.text for mail in await make.mails(safe.stall.database)]
    assert any("(AC04)" in text and "De rekening is opgeheven." in text for text in told)
    assert (await safe.has())["payable"] == 1_306_800
    assert (await safe.payable())[0] == (0, 0, ["nothing-left"])

    retry = await safe.act(payout["id"], "retries", safe.planner, rail="bank")
    assert retry.status_code == 201, retry.text
    twice = await safe.act(payout["id"], "retries", safe.planner, rail="bank")
    assert said(twice) == (409, "/problems/payout-state-forbids")
    assert said(await safe.act(payout["id"], "withholdings"))[0] == 409
    approved = await safe.act(retry.json()["id"], "approvals")
    assert approved.status_code == 201, approved.text
    assert await safe.stall.pages(f"payout/{retry.json()['id']}") == []
    await safe.leaves_by_bank(approved.json())
    await safe.fails(approved.json())

    given_up = await safe.act(retry.json()["id"], "withholdings")
    assert given_up.status_code == 201, given_up.text
    assert await safe.stall.pages(f"payout/{retry.json()['id']}") == [
        "Payout of the start part withheld",
        "Dr payable 1306800",
        "   Cr start_part 1080000",
        "   Cr vat_sale 226800",
    ]
    assert (await safe.payable())[0] == (1_080_000, 226_800, [])
    told = [mail.subject for mail in await make.mails(safe.stall.database)]
    assert "Een uitbetaling is niet aangekomen" in told


async def test_what_payments_withhold_is_earmarked_again(safe: Safe) -> None:
    await safe.sell(108)
    payout = await safe.approved()
    path = f"{safe.scheme}/outgoings/{payout['outgoingId']}/withholdings"
    answer = await safe.post(path, safe.approver, {"reason": "The account is wrong."})
    assert answer.status_code == 201

    assert await safe.state(payout["id"]) == "withheld"
    assert await safe.has() == {
        "start_part": 1_080_000,
        "result_part": 0,
        "vat_sale": 226_800,
        "payable": 0,
    }
    decisions = (await safe.get(f"/payouts/{payout['id']}/decisions"))["items"]
    assert [each["state"] for each in decisions] == ["planned", "approved", "withheld"]
    assert decisions[-1]["reason"] == "The account is wrong."


async def test_what_an_entrepreneur_owes_is_netted_with_what_is_paid_next(safe: Safe) -> None:
    _, small = await safe.sell(100, 8)
    payout = await safe.approved()
    # Nobody waits: the buyer is refunded though all is approved, and what is approved leaves.
    refund = await safe.stall.act(small, "refunds", safe.approver)
    assert refund.status_code == 201, refund.text
    assert (await safe.state(payout["id"]), payout["nettedCents"]) == ("approved", 0)
    assert (await safe.get("/earmark"))["owedCents"] == 96_800
    await safe.leaves_by_bank(payout)
    await safe.fails(payout)

    planned = await safe.act(payout["id"], "retries", safe.planner, rail="bank")
    retry = (await safe.act(planned.json()["id"], "approvals")).json()
    assert (retry["amountCents"], retry["nettedCents"]) == (1_306_800, 96_800)
    assert (await safe.outgoing(retry)).amount_cents == 1_210_000
    assert (await safe.get("/earmark"))["owedCents"] == 0
    await safe.leaves_by_bank(retry)
    await safe.fails(retry)
    assert (await safe.has())["payable"] == 1_210_000
    assert (await safe.act(retry["id"], "withholdings")).status_code == 201
    assert await safe.stall.pages(f"payout/{retry['id']}") == [
        *("Payout of the start part netted with what the entrepreneur owes",),
        *("Dr payable 96800", "   Cr receivable 96800"),
        *("Payout of the start part withheld", "Dr payable 1210000", "Dr receivable 96800"),
        *("   Cr start_part 1080000", "   Cr vat_sale 226800"),
    ]

    whole = await safe.approved(principalCents=60_000)
    assert (whole["state"], whole["outgoingId"]) == ("settled", None)
    assert (whole["amountCents"], whole["nettedCents"]) == (72_600, 72_600)
    assert (await safe.get("/earmark"))["owedCents"] == 24_200
    assert (await safe.has())["payable"] == 0
    [letter] = [
        mail.text for mail in await make.mails(safe.stall.database) if "verrekend" in mail.text
    ]
    assert "726,00" in letter

    await _pays_back(safe)


async def _pays_back(safe: Safe) -> None:
    """Have what is left of the claim asked for, no more and once, and paid by bank."""
    path = f"{safe.scheme}/repayments"
    asked = {"entrepreneurId": str(safe.stall.listing.entrepreneur_id)}
    much = await safe.post(path, safe.planner, {**asked, "amountCents": 24_201})
    assert (*said(much), much.json()["owedCents"]) == (409, "/problems/less-owed", 24_200)
    expected = await safe.post(path, safe.planner, asked)
    assert (expected.status_code, expected.json()["amountCents"]) == (201, 24_200)
    assert said(await safe.post(path, safe.planner, asked)) == (409, "/problems/less-owed")
    for owed in (0, -24_200):
        await safe.stall.bring(UUID(expected.json()["id"]))
        assert (await safe.get("/earmark"))["owedCents"] == owed


async def test_money_that_may_be_taken_back_waits(safe: Safe) -> None:
    [order_id] = await safe.sell(108)
    await safe.stall.change(
        "UPDATE payments SET way = 'sepa_debit', creditor_reference = NULL"
        " WHERE purpose = :purpose",
        purpose=f"order/{order_id}",
    )
    assert (await safe.payable())[0] == (0, 0, ["money-waits"])
    assert [each["code"] for each in (await safe.plan()).json()["obstacles"]] == ["money-waits"]
    await safe.stall.change(
        "UPDATE receipts SET received_at = :then", then=clock.now() - timedelta(days=56, minutes=1)
    )
    assert (await safe.payable())[0] == (1_080_000, 226_800, [])
    await safe.stall.change("UPDATE orders SET state = 'disputed'")
    assert (await safe.payable())[0] == (0, 0, ["money-waits"])


async def test_vat_of_another_project_is_never_paid(safe: Safe) -> None:
    [order_id, second] = await safe.sell(108, 12)
    refund = await safe.stall.act(second, "refunds", safe.approver)
    assert refund.status_code == 201, refund.text
    # The entrepreneur has VAT of other projects, too.
    payout = await safe.approved()

    assert (payout["principalCents"], payout["vatCents"]) == (1_080_000, 226_800)
    assert order_id != second
    page = await safe.get("/earmark")
    assert (page["earmark"]["vatCents"], page["earmark"]["paidVatCents"]) == (226_800, 226_800)


async def test_the_operator_is_told_once_of_what_is_overdue(safe: Safe) -> None:
    await safe.sell(108)
    payout = await safe.approved()
    await overdue.alert(safe.stall.database)
    async with safe.stall.database.work() as session:
        row = await session.get_one(Payout, UUID(payout["id"]))
        row.due_on = clock.today() - timedelta(days=1)
    for _ in range(2):
        await overdue.alert(safe.stall.database)

    late = [
        mail
        for mail in await make.mails(safe.stall.database)
        if mail.subject == "Een uitbetaling is te laat"
    ]
    assert len({mail.to for mail in late}) == len(late) == 3


async def test_the_operator_takes_what_it_earned_when_two_people_say_so(safe: Safe) -> None:
    await safe.sell(108)
    path, fee = f"{safe.scheme}/withdrawals", {"kind": "fee", "amountCents": 54_000}
    nowhere = await safe.post(path, safe.planner, fee)
    assert said(nowhere) == (409, "/problems/operator-account-unfit")
    async with safe.stall.database.work() as session:
        operator = await of_operator(session, safe.stall.listing.scheme_id)
        operator.iban, operator.iban_changed_at = THEIR_IBAN, clock.now()
    assert said(await safe.post(path, safe.planner, fee))[0] == 409
    async with safe.stall.database.work() as session:
        operator = await of_operator(session, safe.stall.listing.scheme_id)
        operator.iban_changed_at = clock.now() - timedelta(days=60)

    planned = await safe.post(path, safe.planner, fee)
    assert planned.status_code == 201, planned.text
    more = await safe.post(path, safe.planner, {**fee, "amountCents": 1})
    assert said(more) == (409, "/problems/earnings-too-small")
    vat = await safe.post(path, safe.planner, {"kind": "vat", "amountCents": 11_340})
    approvals = [
        f"{safe.scheme}/outgoings/{each.json()['id']}/approvals" for each in (planned, vat)
    ]
    assert said(await safe.post(approvals[0], safe.planner, {}))[0] == 409
    for approval in approvals:
        assert (await safe.post(approval, safe.approver, {})).status_code == 201
    for each in (planned, vat):
        await safe.leaves_by_bank({"outgoingId": each.json()["id"]})
    assert await safe.stall.pages("outgoing/") == [
        f"Fee for scheme/{safe.stall.listing.scheme_id} sent",
        "Dr fee_income 54000",
        "   Cr outgoing 54000",
        f"Vat for scheme/{safe.stall.listing.scheme_id} sent",
        "Dr vat_fee 11340",
        "   Cr outgoing 11340",
    ]


async def test_the_operator_takes_no_fees_that_it_spent_on_costs_and_losses(safe: Safe) -> None:
    await safe.sell(108)
    scheme_id = safe.stall.listing.scheme_id
    async with safe.stall.database.work() as session:
        operator = await of_operator(session, scheme_id)
        operator.iban, operator.iban_changed_at = THEIR_IBAN, clock.now() - timedelta(days=60)
        await journal.post(
            session,
            Draft(
                kind="bank.charged",
                reference=f"bank-transaction/{new_id()}/charged",
                narration="Costs, and a loss",
                occurred_at=clock.now(),
                lines=(
                    debit(chart.PROVIDER_FEES.of(scheme_id), 1_000, scheme_id),
                    debit(chart.OPERATOR_LOSS.of(scheme_id), 500, scheme_id),
                    credit(chart.BANK.of(scheme_id), 1_500, scheme_id),
                ),
            ),
        )
    path = f"{safe.scheme}/withdrawals"

    too_much = await safe.post(path, safe.planner, {"kind": "fee", "amountCents": 52_501})

    assert said(too_much) == (409, "/problems/earnings-too-small")
    assert too_much.json()["availableCents"] == 52_500
    rest = await safe.post(path, safe.planner, {"kind": "fee", "amountCents": 52_500})
    assert rest.status_code == 201, rest.text


async def test_checks_that_ran_out_keep_money_where_it_is(safe: Safe) -> None:
    await safe.sell(108)
    yesterday = clock.today() - timedelta(days=1)
    async with safe.stall.database.work() as session:
        admission = await session.get_one(Admission, safe.admission_id)
        await make.a_check(session, admission, CheckKind.SANCTIONS, valid_until=yesterday)

    refused = await safe.plan()

    assert [each["detail"] for each in refused.json()["obstacles"]] == [
        "Not checked, or not any more: sanctions."
    ]
