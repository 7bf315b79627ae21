"""Statements that are imported: what comes in, what it is for, and what nobody knows."""

import asyncio

import pytest

from app.core import clock
from app.core.ids import new_id
from app.ledger.chart import BANK, PROVIDER_FEES, SUSPENSE, UNALLOCATED
from app.payments.models import (
    PaymentStatus,
    ProviderPayout,
    ProviderPayoutStatus,
    ReceiptPlace,
    Way,
)
from app.payments.sepa.references import printed
from tests import make
from tests.make.statements import (
    THEIR_IBAN,
    Detail,
    Line,
    a_debit,
    a_payment,
    a_statement,
)
from tests.payments.banking import Desk
from tests.projects.conftest import said


async def test_a_payment_is_found_by_its_reference(desk: Desk) -> None:
    payment = await desk.expect(125_000)

    answer = await desk.bank_says(
        a_payment("1250.00", f"factuur {printed(payment.creditor_reference or '').lower()}")
    )

    (statement,) = answer.json()["statements"]
    file = await desk.client.get(
        f"{desk.path}/bank-statements/{statement['id']}/file", headers=desk.member.headers
    )
    assert file.content.startswith(b"<?xml")
    assert file.headers["content-type"] == "application/xml"
    assert file.headers["content-disposition"].startswith("attachment")
    assert (statement["entryCount"], statement["newCount"]) == (1, 1)
    assert (statement["openingCents"], statement["closingCents"]) == (100_000, 225_000)
    assert (await desk.payment(payment)).status is PaymentStatus.SUCCEEDED
    (receipt,) = await desk.receipts()
    assert (receipt.place, receipt.payment_id) == (ReceiptPlace.BOOKED, payment.id)
    assert receipt.payer_iban == THEIR_IBAN
    assert await desk.outcomes() == ["received"]
    assert await desk.has(BANK) == await desk.has(UNALLOCATED, payment.owner_id) == 125_000


async def test_the_same_file_twice_and_files_that_overlap_count_each_entry_once(
    desk: Desk,
) -> None:
    payment = await desk.expect(100_000)
    one = a_payment("600.00", payment.creditor_reference or "", bank_reference="B-1")
    two = a_payment("400.00", payment.creditor_reference or "", bank_reference="B-2")
    first = await desk.bank_says(one)
    again = await desk.bank_says(one)
    later = await desk.bank_says(one, two, number="2026-085-b")
    both = await asyncio.gather(*(desk.upload(a_statement(one, two, number="x")) for _ in "ab"))
    await make.jobs_done(desk.database)

    assert again.json() == first.json()
    assert later.json()["statements"][0]["newCount"] == 1
    assert [answer.status_code for answer in both] == [201, 201]
    assert both[0].json() == both[1].json()
    assert await desk.outcomes() == ["received"] * 2
    assert await desk.has(BANK) == 100_000
    assert (await desk.payment(payment)).status is PaymentStatus.SUCCEEDED


async def test_a_payment_in_parts_succeeds_with_the_last_one_and_more_is_kept(desk: Desk) -> None:
    payment = await desk.expect(100_000)
    reference = payment.creditor_reference or ""

    await desk.bank_says(a_payment("999.99", reference))
    assert (await desk.payment(payment)).status is PaymentStatus.EXPECTED
    await desk.bank_says(a_payment("50.00", reference), number="2")

    assert (await desk.payment(payment)).status is PaymentStatus.SUCCEEDED
    assert await desk.has(UNALLOCATED, payment.owner_id) == 104_999


async def test_a_late_payment_is_taken_all_the_same(desk: Desk) -> None:
    payment = await desk.expect(100_000)
    async with desk.database.work() as session:
        (await session.get_one(type(payment), payment.id)).status = PaymentStatus.EXPIRED

    await desk.bank_says(a_payment("1000.00", payment.creditor_reference or ""))

    assert (await desk.payment(payment)).status is PaymentStatus.SUCCEEDED


async def test_two_payments_in_one_transfer_are_told_apart_if_they_add_up(desk: Desk) -> None:
    one, two = await desk.expect(30_000), await desk.expect(70_000)
    text = f"{one.creditor_reference} en {two.creditor_reference}"

    await desk.bank_says(a_payment("1000.00", text), a_payment("999.00", text))

    assert [(receipt.amount_cents, receipt.payment_id) for receipt in await desk.receipts()] == [
        (30_000, one.id),
        (70_000, two.id),
        (99_900, None),
    ]
    assert await desk.outcomes() == ["received", "suspense"]


async def test_without_a_reference_amount_and_account_decide_if_only_one_fits(desk: Desk) -> None:
    await desk.change_iban(desk.payer_id, THEIR_IBAN, 5)
    payment = await desk.expect(100_000)

    await desk.bank_says(a_payment("1000.00", "for impact"), a_payment("1000.01", "for impact"))

    assert await desk.outcomes() == ["received", "suspense"]
    assert (await desk.payment(payment)).status is PaymentStatus.SUCCEEDED
    await desk.expect(50_000)
    await desk.expect(50_000)
    await desk.bank_says(a_payment("500.00", "for impact"), number="2")
    assert (await desk.outcomes())[-1] == "suspense"


async def test_a_reference_of_another_scheme_is_none_of_ours(desk: Desk) -> None:
    async with desk.database.work() as session:
        other = await make.a_scheme(session)
        foreign = await make.a_payment(session, other, way=Way.BANK)

    await desk.bank_says(a_payment("1000.00", foreign.creditor_reference or ""))

    assert await desk.outcomes() == ["suspense"]
    assert await desk.has(SUSPENSE) == 100_000


async def test_what_nobody_knows_is_in_suspense_till_a_person_says_what_it_is_for(
    desk: Desk,
) -> None:
    payment = await desk.expect(100_000)
    await desk.bank_says(a_payment("1000.00", "bijdrage mei"))
    (receipt,) = await desk.receipts()
    assert (receipt.place, await desk.has(SUSPENSE)) == (ReceiptPlace.SUSPENSE, 100_000)
    path, body = f"receipts/{receipt.id}/assignments", {"paymentId": str(payment.id)}
    reason = {"reason": "The company mailed on 5 May that it forgot the reference."}

    nobody = await desk.post(path, {"paymentId": str(new_id()), **reason})
    assigned = await desk.post(path, {**body, **reason})

    assert said(nobody) == (404, "/problems/not-found")
    assert assigned.status_code == 201
    assert await desk.has(SUSPENSE) == 0
    assert await desk.has(UNALLOCATED, payment.owner_id) == 100_000
    assert (await desk.payment(payment)).status is PaymentStatus.SUCCEEDED
    assert said(await desk.post(path, {**body, **reason})) == (
        409,
        "/problems/receipt-state-forbids",
    )


async def test_what_leaves_and_nobody_sent_is_explained_by_a_person(desk: Desk) -> None:
    await desk.bank_says(a_debit("12.50", "NOTPROVIDED"))
    assert await desk.outcomes() == ["unexplained"]
    assert await desk.has(BANK) == 0
    (transaction,) = await desk.transactions()
    path = f"bank-transactions/{transaction.id}/costs"

    answer = await desk.post(path, {"reason": "The bank's account fee of May."})

    assert answer.json()["outcome"] == "cost"
    assert await desk.has(PROVIDER_FEES) == 1_250
    assert await desk.has(BANK) == -1_250
    again = await desk.post(path, {"reason": "The bank's account fee of May."})
    assert said(again) == (409, "/problems/transaction-explained")


@pytest.mark.parametrize("by_name", [True, False])
async def test_a_payout_of_the_provider_is_recognised(desk: Desk, by_name: bool) -> None:  # noqa: FBT001  A case.
    async with desk.database.work() as session:
        payout = ProviderPayout(
            scheme_id=desk.scheme_id,
            amount_cents=500_000,
            status=ProviderPayoutStatus.UNDER_WAY,
            statement_text="BAAT 0A1B2C3D4E5F",
            external_id=f"po_{new_id().hex}",
            wanted_by="system:test",
            wanted_at=clock.now(),
        )
        session.add(payout)
    said_ = ("STRIPE", "/x/") if by_name else ("Onbekend", "baat 0a1b2c 3d4e5f")

    await desk.bank_says(
        Line("5000.00", details=(Detail("5000.00", name=said_[0], typed=(said_[1],)),))
    )

    assert await desk.outcomes() == ["provider_payout"]
    async with desk.database.reading() as session:
        found = await session.get_one(ProviderPayout, payout.id)
    assert found.status is ProviderPayoutStatus.ARRIVED
    assert await desk.has(BANK) == 500_000


async def test_a_missing_statement_shows(desk: Desk) -> None:
    await desk.bank_says(a_payment("10.00", "one"), opening="0.00")
    answer = await desk.bank_says(a_payment("20.00", "two"), opening="15.00", number="2")

    (statement,) = answer.json()["statements"]
    assert (statement["expectedCents"], statement["openingCents"]) == (1_000, 1_500)


async def test_what_is_no_statement_of_ours_is_refused_and_nothing_is_kept(desk: Desk) -> None:
    foreign = await desk.upload(a_statement(a_payment("1.00", "x"), iban=THEIR_IBAN))
    broken = await desk.upload(a_statement(a_payment("1.00", "x"), closing="1.00"))
    text = await desk.upload(b"%PDF-1.7")
    bomb = await desk.upload(b'<!DOCTYPE a [<!ENTITY a "a">]><a>&a;</a>')

    assert said(foreign) == (409, "/problems/statement-of-unknown-account")
    assert said(broken) == (400, "/problems/invalid-request")
    assert broken.json()["errors"][0]["code"] == "does-not-add-up"
    assert text.status_code == 415
    assert bomb.json()["errors"][0]["code"] == "has-dtd"
    assert await desk.transactions() == []


async def test_an_account_keeps_the_money_of_one_scheme(desk: Desk) -> None:
    body = {"iban": "NL91 ABNA 0417 1643 00", "holderName": "Stichting Rijnmond"}
    taken = await desk.post("bank-accounts", body)
    closed = await desk.post(
        f"bank-accounts/{desk.account_id}/closures", {"reason": "We changed banks."}
    )
    late = await desk.upload(a_statement())
    anew = await desk.post("bank-accounts", {**body, "bic": "ABNANL2A"})

    assert said(taken) == (409, "/problems/bank-account-taken")
    assert closed.json()["closingReason"] == "We changed banks."
    assert late.status_code == 409
    assert anew.status_code == 201
