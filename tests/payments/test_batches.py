"""What leaves by bank: who may be paid, the file, what the bank says of it, and what comes back."""

from datetime import date
from uuid import UUID

from lxml import etree

from app.core import clock
from app.ledger.chart import BANK, OUTGOING, PAYABLE, SUSPENSE
from app.payments.models import OutgoingKind, OutgoingStatus, ReceiptPlace
from app.payments.sepa.bank_days import is_bank_day
from app.payments.sepa.pain001 import NAMESPACE
from tests import make
from tests.make.statements import (
    OUR_IBAN,
    THEIR_IBAN,
    Detail,
    Line,
    a_debit,
    a_payment,
    a_statement,
)
from tests.payments.banking import Desk
from tests.payments.sepa.test_pain import a_report, a_verdict
from tests.projects.conftest import said

OTHER_IBAN = "NL02ABNA0123456789"


async def test_a_payout_leaves_in_a_file_settles_and_may_come_back(desk: Desk) -> None:
    one, two = await desk.owe(40_000), await desk.owe(60_000)
    made = await desk.batch(one, two)
    assert made.status_code == 201, made.text
    batch = made.json()
    path = f"{desk.path}/bank-batches/{batch['id']}/file"
    file = await desk.client.get(path, headers=desk.approver.headers)
    again = await desk.client.get(path, headers=desk.second.headers)

    assert (batch["transferCount"], batch["totalCents"]) == (2, 100_000)
    assert is_bank_day(date.fromisoformat(batch["executeOn"]))
    assert file.content == again.content
    ids = etree.fromstring(file.content).findall(f".//{{{NAMESPACE}}}EndToEndId")
    assert sorted(found.text for found in ids) == sorted([one.hex, two.hex])
    assert await desk.has(OUTGOING) == 100_000
    assert await desk.has(PAYABLE, desk.entrepreneur_id) == 0

    await desk.bank_says(a_debit("400.00", one.hex), a_debit("600.00", two.hex.upper()))
    assert await desk.outcomes() == ["settled", "settled"]
    assert (await desk.outgoing(one)).status is OutgoingStatus.SETTLED
    assert await desk.has(OUTGOING) == 0

    back = Detail("600.00", end_to_end_id=two.hex, returned="AC04")
    await desk.bank_says(Line("600.00", details=(back,)), number="2")
    came_back = await desk.outgoing(two)
    assert (came_back.status, came_back.failure) == (OutgoingStatus.FAILED, "AC04")
    assert await desk.has(PAYABLE, desk.entrepreneur_id) == 60_000
    assert await desk.has(BANK) == 100_000 - 40_000


async def test_what_the_bank_books_as_one_settles_all_that_it_did_not_reject(desk: Desk) -> None:
    ids = [await desk.owe(cents) for cents in (10_000, 20_000, 30_000)]
    batch_id = UUID((await desk.batch(*ids)).json()["id"])
    await report(desk, batch_id, a_verdict(ids[1], "RJCT", "AC06"))
    line = Line("400.00", "DBIT", family="PMNT/ICDT/ESCT", details=())
    batch = f"<NtryDtls><Btch><PmtInfId>{batch_id.hex}</PmtInfId></Btch></NtryDtls>"

    back = Detail("300.00", end_to_end_id=ids[2].hex, returned="AC04")
    content = a_statement(Line("300.00", details=(back,)), line).replace(
        b"<NtryDtls></NtryDtls>", batch.encode()
    )
    assert (await desk.upload(content)).status_code == 201
    await make.jobs_done(desk.database)

    standing = [(await desk.outgoing(outgoing_id)).status for outgoing_id in ids]
    assert standing == [OutgoingStatus.SETTLED, OutgoingStatus.FAILED, OutgoingStatus.FAILED]
    assert await desk.outcomes() == ["returned", "settled"]
    assert await desk.has(OUTGOING) == 0


async def report(desk: Desk, batch_id: UUID, parts: str, message: str = "R-1") -> dict[str, object]:
    said_ = f"<OrgnlPmtInfAndSts><PmtInfSts>ACSP</PmtInfSts>{parts}</OrgnlPmtInfAndSts>"
    content = a_report(payments=said_, batch_id=batch_id)
    content = content.replace(b"<MsgId>R-1<", f"<MsgId>{message}<".encode())
    answer = await desk.upload(content, f"bank-batches/{batch_id}/status-reports")
    assert answer.status_code == 201, answer.text
    await make.jobs_done(desk.database)
    return dict(answer.json())


async def test_what_the_bank_rejects_is_owed_again_once(desk: Desk) -> None:
    one, two = await desk.owe(40_000), await desk.owe(60_000)
    batch_id = UUID((await desk.batch(one, two)).json()["id"])

    first = await report(desk, batch_id, a_verdict(two, "RJCT", "AC04"))
    assert await report(desk, batch_id, a_verdict(two, "RJCT", "AC04")) == first
    # A rejection is the last word, whatever comes after it.
    await report(desk, batch_id, a_verdict(two, "ACSP"), "R-2")

    assert (first["acceptedCount"], first["rejectedCount"]) == (1, 1)
    rejected = await desk.outgoing(two)
    assert (rejected.status, rejected.failure) == (OutgoingStatus.FAILED, "AC04")
    assert await desk.has(PAYABLE, desk.entrepreneur_id) == 60_000
    assert await desk.has(OUTGOING) == 40_000
    transfers = await desk.client.get(
        f"{desk.path}/bank-batches/{batch_id}/transfers", headers=desk.member.headers
    )
    assert [(each["verdict"], each["reason"]) for each in transfers.json()["items"]] == [
        ("accepted", None),
        ("rejected", "AC04"),
    ]


async def test_a_report_about_another_batch_is_refused(desk: Desk) -> None:
    outgoing_id = await desk.owe()
    batch_id = (await desk.batch(outgoing_id)).json()["id"]

    answer = await desk.upload(
        a_report("<GrpSts>RJCT</GrpSts>"), f"bank-batches/{batch_id}/status-reports"
    )

    assert said(answer) == (409, "/problems/report-of-other-batch")
    assert (await desk.outgoing(outgoing_id)).status is OutgoingStatus.SENT


async def test_nothing_leaves_to_an_account_that_was_changed_lately(desk: Desk) -> None:
    outgoing_id = await desk.owe()
    await desk.change_iban(desk.entrepreneur_id, THEIR_IBAN, 0)
    (unchecked,) = (await desk.batch(outgoing_id)).json()["heldBack"]
    assert "bank-account" in unchecked["reason"]
    await desk.check_account()

    answer = await desk.batch(outgoing_id)
    listed = await desk.client.get(
        f"{desk.path}/bank-batch-candidates", headers=desk.member.headers
    )

    assert said(answer) == (409, "/problems/payee-not-ready")
    (held,) = answer.json()["heldBack"]
    assert held["outgoingId"] == str(outgoing_id)
    assert "was changed" in held["reason"]
    assert [each["heldBack"] for each in listed.json()["items"]] == [held["reason"]]
    assert (await desk.outgoing(outgoing_id)).status is OutgoingStatus.APPROVED


async def test_nothing_leaves_to_an_account_that_is_not_the_receivers_any_more(desk: Desk) -> None:
    payout = await desk.owe()
    refund = await desk.owe(kind=OutgoingKind.REFUND, iban=OTHER_IBAN)
    await desk.change_iban(desk.entrepreneur_id, OTHER_IBAN, 90)
    await desk.check_account()

    answer = await desk.batch(payout, refund)

    assert said(answer) == (409, "/problems/payee-not-ready")
    reasons = {held["outgoingId"]: held["reason"] for held in answer.json()["heldBack"]}
    assert all("not the receiver's own" in reason for reason in reasons.values())
    assert set(reasons) == {str(payout), str(refund)}


async def test_a_refund_goes_back_to_the_account_that_paid_without_waiting(desk: Desk) -> None:
    payment = await desk.expect()
    await desk.bank_says(a_payment("1000.00", payment.creditor_reference or ""))
    refund = await desk.owe(
        100_000, kind=OutgoingKind.REFUND, iban=THEIR_IBAN, purpose=payment.purpose
    )

    assert (await desk.batch(refund)).status_code == 201


async def test_a_batch_is_of_approved_outgoings_and_leaves_on_a_bank_day(desk: Desk) -> None:
    outgoing_id = await desk.owe()
    christmas = date(clock.today().year, 12, 25).isoformat()
    assert said(await desk.batch(outgoing_id, executeOn=christmas)) == (
        409,
        "/problems/no-bank-day",
    )
    assert said(await desk.batch(UUID(int=1))) == (404, "/problems/not-found")
    assert (await desk.batch(outgoing_id)).status_code == 201
    # It left: there is no second file with it.
    assert said(await desk.batch(outgoing_id)) == (409, "/problems/outgoing-state-forbids")


async def test_money_that_nobody_expected_goes_back_when_two_people_agree(desk: Desk) -> None:
    await desk.bank_says(a_payment("80.00", "wrong account"))
    (receipt,) = await desk.receipts()
    path, reason = f"receipts/{receipt.id}/send-backs", {"reason": "They paid us by mistake."}
    planned = await desk.post(path, reason)
    assert planned.status_code == 201, planned.text
    outgoing_id = UUID(planned.json()["id"])
    approval = f"outgoings/{outgoing_id}/approvals"

    assert said(await desk.post(path, reason)) == (409, "/problems/receipt-state-forbids")
    assert said(await desk.post(approval, {})) == (409, "/problems/same-person")
    assert (await desk.post(approval, {}, by=desk.second)).status_code == 201
    assert (await desk.batch(outgoing_id)).status_code == 201
    assert await desk.has(SUSPENSE) == 0
    assert (await desk.receipts())[0].place is ReceiptPlace.SENT_BACK

    await desk.bank_says(a_debit("80.00", outgoing_id.hex), number="2")
    back = Detail("80.00", end_to_end_id=outgoing_id.hex, returned="-")
    await desk.bank_says(Line("80.00", details=(back,)), number="3")
    assert (await desk.outgoing(outgoing_id)).status is OutgoingStatus.FAILED
    assert await desk.has(SUSPENSE) == 8_000
    assert (await desk.receipts())[0].place is ReceiptPlace.SUSPENSE


async def test_a_person_says_which_outgoing_left_where_the_bank_lost_our_id(desk: Desk) -> None:
    outgoing_id = await desk.sent(40_000)
    await desk.bank_says(a_debit("400.00", "NOTPROVIDED"), a_debit("400.01", "NOTPROVIDED"))
    right, wrong = await desk.transactions()
    body = {"outgoingId": str(outgoing_id), "reason": "The same day, amount and receiver."}

    refused = await desk.post(f"bank-transactions/{wrong.id}/settlements", body)
    explained = await desk.post(f"bank-transactions/{right.id}/settlements", body)

    assert said(refused) == (409, "/problems/does-not-explain")
    assert explained.json()["outcome"] == "settled"
    assert (await desk.outgoing(outgoing_id)).status is OutgoingStatus.SETTLED


async def test_another_amount_under_our_id_settles_nothing(desk: Desk) -> None:
    outgoing_id = await desk.sent(40_000)

    await desk.bank_says(a_debit("399.00", outgoing_id.hex), a_payment("1.00", OUR_IBAN))

    assert await desk.outcomes() == ["unexplained", "suspense"]
    assert (await desk.outgoing(outgoing_id)).status is OutgoingStatus.SENT
