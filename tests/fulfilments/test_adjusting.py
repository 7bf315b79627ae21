"""What was recognised follows what came about, once a final report is accepted."""

from uuid import UUID

from app.projects.models import ReportKind
from tests.fulfilments.conftest import Claims
from tests.make.mails import mails
from tests.make.reports import a_submitted_report
from tests.orders.conftest import said
from tests.orders.undoing import refund

RUNNING = "UPDATE projects SET state = 'reporting' WHERE id = :id"


async def reported(claims: Claims, people: int) -> UUID:
    """Let a final report be submitted, and measured: so many of nine in one group, all in another.

    Give its id.
    """
    stall, project_id = claims.stall, claims.stall.listing.project_id
    await stall.change(RUNNING, id=project_id)
    async with stall.database.work() as session:
        author = stall.entrepreneur.user_id
        report = await a_submitted_report(session, project_id, author, of_kind=ReportKind.FINAL)
    await measured(claims, report.id, people)
    return report.id


async def measured(claims: Claims, report_id: UUID, people: int) -> None:
    counts = [{"group": "participatiewet", "category": "took-part", "people": people}]
    path = f"/projects/{claims.stall.listing.project_id}/reports/{report_id}/measurements"
    reason = "Counted on the spot."
    answer = await claims.post(path, claims.stall.operator, counts=counts, reason=reason)
    assert answer.status_code == 201, answer.text


async def accepted(claims: Claims, report_id: UUID) -> None:
    path = f"/projects/{claims.stall.listing.project_id}/reports/{report_id}/decisions"
    body = {"kind": "accepted", "result": "short", "reason": "Fewer people than promised."}
    answer = await claims.post(path, claims.stall.operator, **body)
    assert answer.status_code == 201, answer.text


async def claimed(claims: Claims, order_id: UUID, whose: str, units: int) -> str:
    """Have a claim approved, and give its path."""
    debt = claims.first if whose == "first" else claims.second
    claim = await claims.draft(order_id, debt, units)
    await claims.post(f"{claim}/submissions")
    assert said(await claims.decide(claim, debt))[0] == 201
    return claim


async def test_units_count_for_what_came_about(claims: Claims) -> None:
    stall, first, second = claims.stall, claims.first, claims.second
    order_id, _ = await claims.bought(10, 98)
    await claims.split(order_id, 6, 4)
    await claims.recognise()
    of_first = await claimed(claims, order_id, "first", 4)
    await claimed(claims, order_id, "second", 4)
    before = await claims.balance(first)
    assert (before["approved"], before["provisional"]) == (60_000, 30_000)

    report_id = await reported(claims, 6)
    await accepted(claims, report_id)
    # What is measured later changes nothing of it.
    await measured(claims, report_id, 1)
    for _ in range(2):
        await claims.recognise()

    # Nine of twelve people took part. The second authority's rules say nothing of results.
    after = await claims.balance(first)
    assert (after["approved"], after["provisional"]) == (45_000, 22_500)
    assert (await claims.balance(second))["approved"] == 60_000
    await _told(claims, of_first)
    await _claimed_later(claims, order_id)
    # Whose money goes back counted for nothing anyway, as far as that reaches.
    assert said(await refund(stall, order_id, 1))[0] == 201
    assert (await claims.balance(first))["approved"] == 60_000


async def _told(claims: Claims, claim: str) -> None:
    """The arithmetic is in the fulfilment, in what was decided, in the book and in a letter."""
    stall = claims.stall
    headers = stall.buyer.clerk.headers
    found = (await stall.client.get(f"/v1{claim}", headers=headers)).json()
    assert (found["countedCents"], found["loweredCents"]) == (45_000, 15_000)
    assert found["steps"][-1]["figures"] == "600.00 × 9 / 12 = 450.00"
    decided = (await stall.client.get(f"/v1{claim}/decisions", headers=headers)).json()["items"]
    assert (decided[-1]["kind"], decided[-1]["valueCents"]) == ("adjusted", 15_000)
    assert decided[-1]["reason"] == "Realised, by the final report: 600.00 × 9 / 12 = 450.00"
    assert (await stall.pages(f"fulfilment/{claim.rpartition('/')[2]}"))[-3:] == [
        "Lowered to what came about, by the final report",
        "Dr owed 15000",
        "   Cr fulfilled 15000",
    ]
    shown = (await stall.client.get(f"/v1{claim}/certificate", headers=headers)).json()
    assert (shown["state"], shown["counted"]["valueCents"]) == ("partly-revoked", 45_000)
    assert [each["quantityUnits"] for each in shown["revocations"]] == [0]
    [letter] = [mail for mail in await mails(stall.database) if "minder op" in mail.subject]
    assert "€\N{NO-BREAK SPACE}225,00 minder" in letter.text
    assert "€\N{NO-BREAK SPACE}675,00" in letter.text


async def _claimed_later(claims: Claims, order_id: UUID) -> None:
    """What is claimed after the report is valued by it, also where it was taken back before."""
    headers = claims.stall.buyer.clerk.headers
    claim = await claims.draft(order_id, claims.first, 2)
    for step in ("submissions", "withdrawals"):
        assert said(await claims.post(f"{claim}/{step}"))[0] in {200, 201}
    anew = {"claim": {"kind": "rikx", "quantityUnits": 2}}
    now = {**headers, "If-Match": "*"}
    written = await claims.stall.client.put(f"/v1{claim}", json=anew, headers=now)
    assert (written.status_code, written.json()["valueCents"]) == (200, 0), written.text
    assert said(await claims.post(f"{claim}/submissions"))[0] == 201
    assert said(await claims.decide(claim, claims.first))[0] == 201
    found = (await claims.stall.client.get(f"/v1{claim}", headers=headers)).json()
    assert (found["valueCents"], found["countedCents"]) == (30_000, 22_500)
    path = f"/v1{claim}/certificate"
    shown = (await claims.stall.client.get(path, headers=headers)).json()
    assert (shown["state"], shown["stated"]["valueCents"]) == ("valid", 22_500)
    assert [step["figures"] for step in found["steps"]][2:4] == [
        "200.00 × 150 % = 300.00",
        "300.00 × 9 / 12 = 225.00",
    ]
    after = await claims.balance(claims.first)
    assert (after["approved"], after.get("provisional", 0)) == (67_500, 0)
