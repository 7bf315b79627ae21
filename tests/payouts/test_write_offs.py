"""What an entrepreneur owes and will not pay: given up by two people, borne by the operator."""

from typing import Any

import httpx

from app.core.invariants import all_faults
from app.payouts.invariants import INVARIANTS
from tests import make
from tests.orders.conftest import said
from tests.payouts.conftest import REASON, Safe

APPROVED = {"kind": "approved", **REASON}
REJECTED = {"kind": "rejected", **REASON}


async def proposed(safe: Safe, **more: Any) -> httpx.Response:  # noqa: ANN401  JSON.
    """Propose that the entrepreneur need not pay."""
    asked = {"entrepreneurId": str(safe.stall.listing.entrepreneur_id), **REASON, **more}
    return await safe.post(f"{safe.scheme}/write-offs", safe.planner, asked)


async def test_a_debt_is_written_off_by_two_people_and_borne_by_the_operator(safe: Safe) -> None:
    _, small = await safe.sell(100, 8)
    assert said(await proposed(safe)) == (409, "/problems/less-owed")
    await safe.approved()
    await safe.stall.act(small, "refunds", safe.approver)
    assert (await safe.get("/earmark"))["owedCents"] == 96_800
    much = await proposed(safe, amountCents=96_801)
    assert (*said(much), much.json()["owedCents"]) == (409, "/problems/less-owed", 96_800)

    first = await proposed(safe, amountCents=1_800)
    assert (first.status_code, first.json()["state"]) == (201, "proposed")
    assert said(await proposed(safe)) == (409, "/problems/write-off-pending")
    path = f"{safe.scheme}/write-offs/{first.json()['id']}/decisions"
    assert (await safe.post(path, safe.approver, REJECTED)).json()["state"] == "rejected"
    assert said(await safe.post(path, safe.approver, APPROVED)) == (
        409,
        "/problems/write-off-decided",
    )

    own = await safe.post(
        f"{safe.scheme}/write-offs",
        safe.approver,
        {"entrepreneurId": str(safe.stall.listing.entrepreneur_id), **REASON},
    )
    path = f"{safe.scheme}/write-offs/{own.json()['id']}/decisions"
    assert said(await safe.post(path, safe.approver, APPROVED)) == (409, "/problems/same-person")


async def test_what_is_written_off_is_owed_no_more(safe: Safe) -> None:
    _, small = await safe.sell(100, 8)
    await safe.approved()
    await safe.stall.act(small, "refunds", safe.approver)
    asked = {"entrepreneurId": str(safe.stall.listing.entrepreneur_id), "amountCents": 6_800}
    assert (await safe.post(f"{safe.scheme}/repayments", safe.planner, asked)).status_code == 201
    # What it is expected to pay back is not given up.
    whole = await proposed(safe)
    assert whole.json()["amountCents"] == 90_000
    path = f"{safe.scheme}/write-offs/{whole.json()['id']}/decisions"
    approved = await safe.post(path, safe.approver, APPROVED)
    assert (approved.status_code, approved.json()["state"]) == (201, "approved")
    assert await safe.stall.pages(f"write-off/{whole.json()['id']}") == [
        "Written off: the operator bears what the entrepreneur does not pay back",
        "Dr operator_loss 90000",
        "   Cr receivable 90000",
    ]
    assert (await safe.get("/earmark"))["owedCents"] == 6_800
    letters = [mail.text for mail in await make.mails(safe.stall.database)]
    assert any("moet worden terugbetaald" in text and "68,00" in text for text in letters)
    assert any("niet meer hoeft terug te betalen" in " ".join(text.split()) for text in letters)
    async with safe.stall.database.snapshot() as session:
        assert [fault async for fault in all_faults(session, INVARIANTS)] == []
