"""Everything else that counts: what was bought socially, hours, help in kind, certificates."""

import asyncio
import hashlib
from datetime import timedelta
from typing import Any

from app.core import clock
from app.core.ids import new_id
from tests.fulfilments.conftest import Claims, Debt
from tests.make import contents
from tests.orders.conftest import said

BOUGHT = {
    "kind": "social-purchase",
    "supplier": "pso-30-plus",
    "supplierNumber": "24123456",
    "invoiceNumber": "2026-0117",
    "priceCents": 300_000,
    "invoicedOn": "2026-01-15",
    "description": "Catering of a conference.",
}
MENTORED = {
    "kind": "in-kind",
    "activity": "mentoring",
    "minutes": 90 * 60,
    "firstOn": "2026-01-05",
    "lastOn": "2026-01-16",
    "description": "Coaching on the job.",
}


async def drafted(claims: Claims, debt: Debt, claim: dict[str, Any]) -> str:
    """Prepare a claim of some kind, and give its path."""
    path = f"/organisations/{claims.stall.buyer.organisation.id}/fulfilments"
    answer = await claims.post(path, obligationId=str(debt.obligation_id), claim=claim)
    assert answer.status_code == 201, answer.text
    assert answer.json()["claim"] == claim
    return f"/fulfilments/{answer.json()['id']}"


async def test_a_social_purchase_counts_after_it_was_drafted_and_written_anew(
    claims: Claims,
) -> None:
    first = claims.first
    claim = await drafted(claims, first, BOUGHT)
    client, headers = claims.stall.client, claims.stall.buyer.clerk.headers
    dearer = {**BOUGHT, "priceCents": 400_000, "invoicedOn": str(clock.today())}
    stale = await client.put(
        f"/v1{claim}", json={"claim": dearer}, headers={**headers, "If-Match": '"7"'}
    )
    assert said(stale) == (412, "/problems/precondition-failed")
    now = {**headers, "If-Match": '"1"'}
    other = await client.put(f"/v1{claim}", json={"claim": MENTORED}, headers=now)
    assert said(other) == (409, "/problems/other-kind")
    written = await client.put(f"/v1{claim}", json={"claim": dearer}, headers=now)
    assert (written.json()["claim"], written.headers["ETag"]) == (dearer, '"2"')
    would = await client.get(f"/v1{claim}/assessment", headers=headers)
    assert (would.json()["counts"], would.json()["valueCents"]) == (True, 200_000)

    assert said(await claims.decide(claim, first)) == (404, "/problems/not-found")
    submitted = await claims.post(f"{claim}/submissions")
    assert (submitted.json()["state"], submitted.json()["valueCents"]) == ("submitted", 200_000)
    now = {**headers, "If-Match": "*"}
    late = await client.put(f"/v1{claim}", json={"claim": BOUGHT}, headers=now)
    assert said(late) == (409, "/problems/fulfilment-state-forbids")
    approved = await claims.decide(claim, first)
    assert approved.json()["steps"][1]["figures"] == "4,000.00 × 50 % = 2,000.00"
    balance = await claims.balance(first)
    assert (balance["approved"], balance["open"]) == (200_000, 4_800_000)
    assert await claims.stall.pages(f"fulfilment/{claim.rpartition('/')[2]}") == [
        "Social purchase: fulfils an obligation",
        "Dr fulfilled 200000",
        "   Cr owed 200000",
    ]

    revoked = await claims.post(f"{claim}/revocations", first.officer, reason="It was not social.")
    assert (revoked.json()["state"], revoked.json()["revokedCents"]) == ("revoked", 200_000)
    assert await claims.balance(first) == {"imposed": 5_000_000, "open": 5_000_000}


async def test_an_invoice_counts_once_and_a_claim_is_taken_back_before_it_is_decided(
    claims: Claims,
) -> None:
    first, second = claims.first, claims.second
    claim, again = (
        await drafted(claims, first, BOUGHT),
        await drafted(claims, second, {**BOUGHT, "invoiceNumber": "2026 / 0117"}),
    )
    early = await claims.post(f"{claim}/withdrawals")
    assert said(early) == (409, "/problems/fulfilment-state-forbids")
    assert (await claims.post(f"{claim}/submissions")).status_code == 201
    twice = await claims.post(f"{again}/submissions")
    assert said(twice) == (409, "/problems/invoice-claimed")

    back = await claims.post(f"{claim}/withdrawals")
    assert (back.status_code, back.json()["state"]) == (201, "returned")
    late = await claims.decide(claim, first)
    assert said(late) == (409, "/problems/fulfilment-state-forbids")
    told = await claims.stall.client.get(
        f"/v1{claim}/decisions", headers=claims.stall.buyer.clerk.headers
    )
    assert [each["kind"] for each in told.json()["items"]] == ["drafted", "submitted", "withdrawn"]
    assert (await claims.post(f"{again}/submissions")).status_code == 201


async def test_of_two_who_claim_an_invoice_at_once_one_does(claims: Claims) -> None:
    paths = [
        await drafted(claims, claims.first, BOUGHT),
        await drafted(claims, claims.second, BOUGHT),
    ]
    answers = await asyncio.gather(*(claims.post(f"{path}/submissions") for path in paths))
    refused = [said(answer) for answer in answers if answer.status_code != 201]
    assert refused == [(409, "/problems/invoice-claimed")]


async def test_hours_and_help_in_kind_share_one_limit_and_a_certificate_fills_the_rest(
    claims: Claims,
) -> None:
    # A tenth of EUR 12,500 is the most that hours of either kind may fill.
    second = claims.second
    ten_hours = {**MENTORED, "minutes": 600}
    workshops = {**ten_hours, "kind": "activity-hours", "activity": "workshop"}
    certificate = {"kind": "pso", "step": "2", "validUntil": str(clock.today())}
    for claim, cents in ((ten_hours, 75_000), (workshops, 50_000), (certificate, 625_000)):
        path = await drafted(claims, second, claim)
        submitted = await claims.post(f"{path}/submissions")
        assert submitted.json().get("valueCents") == cents, submitted.text
        assert (await claims.decide(path, second)).status_code == 201
    for claim in (ten_hours, certificate):
        again = await claims.post(f"{await drafted(claims, second, claim)}/submissions")
        assert said(again) == (409, "/problems/does-not-count")


async def test_what_is_not_done_or_not_laid_down_is_refused(claims: Claims) -> None:
    tomorrow = str(clock.today() + timedelta(days=1))
    early = await drafted(claims, claims.first, {**MENTORED, "lastOn": tomorrow})
    assert said(await claims.post(f"{early}/submissions")) == (409, "/problems/not-done-yet")
    unknown = await drafted(claims, claims.first, {**MENTORED, "activity": "cooking"})
    refused = await claims.post(f"{unknown}/submissions")
    assert said(refused) == (409, "/problems/does-not-count")
    assert "mentoring, workshop" in refused.json()["detail"]
    old = {"kind": "pso", "step": "1", "validUntil": "2026-01-01"}
    expired = await drafted(claims, claims.first, old)
    assert said(await claims.post(f"{expired}/submissions")) == (
        409,
        "/problems/certificate-expired",
    )
    path = f"/organisations/{claims.stall.buyer.organisation.id}/fulfilments"
    elsewhere = await claims.post(path, obligationId=str(new_id()), claim=BOUGHT)
    assert said(elsewhere) == (404, "/problems/not-found")
    await _names_somebody(claims, path)


async def _names_somebody(claims: Claims, path: str) -> None:
    for naming, pointer in (
        ({"description": "Lunch by j.jansen@example.nl"}, "#/claim/description"),
        ({"description": "Lunch by 111.222.333"}, "#/claim/description"),
        ({"participant": "J. Jansen"}, "#/claim/participant"),
    ):
        claim = {**BOUGHT, **naming}
        named = await claims.post(path, obligationId=str(claims.first.obligation_id), claim=claim)
        assert said(named) == (400, "/problems/invalid-request")
        assert [each["pointer"] for each in named.json()["errors"]] == [pointer]
    # Other long numbers are fine.
    lunch = {**BOUGHT, "description": "Invoice 111222334, 20260115."}
    await drafted(claims, claims.first, lunch)


async def test_what_proves_a_claim_is_frozen_when_it_is_submitted(claims: Claims) -> None:
    first, headers = claims.first, claims.stall.buyer.clerk.headers
    claim = await drafted(claims, first, BOUGHT)
    client, place = claims.stall.client, f"/v1{claim}/evidence"
    name = "attachment; filename*=UTF-8''factuur.pdf"
    sent = {**headers, "Content-Type": "application/pdf", "Content-Disposition": name}

    async def attached() -> tuple[int, str]:
        answer = await client.post(place, content=contents.a_pdf(), headers=sent)
        return answer.status_code, answer.json().get("id", "")

    kept, dropped = (await attached())[1], (await attached())[1]
    assert (await client.delete(f"{place}/{dropped}", headers=headers)).status_code == 204
    await claims.post(f"{claim}/submissions")
    assert (await attached())[0] == 409
    late = await client.delete(f"{place}/{kept}", headers=headers)
    assert said(late) == (409, "/problems/fulfilment-state-forbids")
    [seen] = (await client.get(place, headers=first.officer.headers)).json()
    assert seen["file"]["sha256"] == hashlib.sha256(contents.a_pdf()).hexdigest()
    given = await client.get(f"{place}/{kept}/content", headers=first.officer.headers)
    assert given.content == contents.a_pdf()

    # What comes after a return is the claimant's until it is submitted; what was seen stays.
    assert (await claims.decide(claim, first, "returned")).status_code == 201
    _, new = await attached()
    assert (await client.delete(f"{place}/{kept}", headers=headers)).status_code == 204
    mine = (await client.get(place, headers=headers)).json()
    theirs = (await client.get(place, headers=first.officer.headers)).json()
    assert ([each["id"] for each in mine], [each["id"] for each in theirs]) == ([new], [kept])
    hidden = await client.get(f"{place}/{new}/content", headers=first.officer.headers)
    still = await client.get(f"{place}/{kept}/content", headers=first.officer.headers)
    assert (hidden.status_code, still.status_code) == (404, 200)
