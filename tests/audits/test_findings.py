"""Findings: raised by an auditor, answered by who is audited, seen by nobody else."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from app.audits.actions import findings
from app.core import clock
from app.core.database import Database
from app.core.ids import new_id
from app.organisations.models import Membership, Organisation, Role, User
from app.schemes.models import AuditorAppointment
from tests import make
from tests.audits.conftest import Audit, Json
from tests.audits.test_samples import drawn
from tests.make import Member, contents
from tests.orders.conftest import said

Headers = dict[str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """An audited authority with a clerk, and an auditor who works for a firm with a colleague."""

    audit: Audit
    clerk: Member
    colleague: Member
    """Of the auditor's firm; audits nobody."""

    @property
    def auditor(self) -> Headers:
        """How the auditor calls."""
        return self.audit.authority.headers

    @property
    def admin(self) -> Headers:
        """How the admin of who is audited calls."""
        return self.audit.authority.admin.headers

    async def post(
        self,
        path: str,
        headers: Headers,
        if_match: str = "*",
        **body: Any,  # noqa: ANN401  JSON.
    ) -> httpx.Response:
        """Send something."""
        more = {"Idempotency-Key": str(new_id()), "If-Match": if_match}
        return await self.audit.client.post(f"/v1{path}", json=body, headers={**headers, **more})

    async def raised(self, **more: Any) -> Json:  # noqa: ANN401  JSON.
        """Have a finding raised for the firm, about the contract."""
        body = {
            "severity": "high",
            "title": "The evidence is older than the contract",
            "description": "The invoice is of 2025-03-01.",
            "dueOn": str(clock.today() + timedelta(days=14)),
            "remindOn": str(clock.today() + timedelta(days=7)),
            "subject": {"kind": "obligation", "id": str(self.audit.first.obligation_id)},
            "raisedForId": str(self.colleague.organisation_id),
        }
        path = f"/organisations/{self.audit.authority.organisation_id}/findings"
        answer = await self.post(path, self.auditor, **body | more)
        assert answer.status_code == 201, answer.text
        found: Json = answer.json()
        return found

    async def letters(self, database: Database, since: int) -> list[tuple[str, str]]:
        """Say what was mailed to whom, after so many mails."""
        return [(mail.to, mail.subject) for mail in (await make.mails(database))[since:]]


@pytest.fixture
async def case(audit: Audit, database: Database) -> Case:
    """A clerk of the audited authority, and a colleague at the auditor's firm."""
    async with database.work() as session:
        body = await session.get_one(Organisation, audit.authority.organisation_id)
        clerk = await make.a_member(session, Role.MEMBER, body)
        firm = await make.an_organisation(session, "Controle Maas B.V.")
        user = await session.get_one(User, audit.authority.auditor_id)
        await make.a_membership(session, firm, user, Role.MEMBER)
        return Case(audit, clerk, await make.a_member(session, Role.VIEWER, firm))


async def test_a_finding_is_raised_assigned_answered_reopened_and_closed(
    case: Case, database: Database
) -> None:
    before = len(await make.mails(database))
    finding = await case.raised()
    path = finding["links"]["finding"].removeprefix("/v1")
    assert (await case.audit.read(finding["links"]["subject"]))["id"] == finding["subjectId"]
    assert all("wacht op antwoord" in about for _, about in await case.letters(database, before))
    early = await case.post(f"{path}/answers", case.clerk.headers, text="It is not ours.")
    assert said(early) == (403, "/problems/role-too-small")
    stranger = await case.post(
        f"{path}/assignments", case.admin, userId=str(case.colleague.user_id), text="Look at it."
    )
    assert said(stranger) == (404, "/problems/not-found")

    before = len(await make.mails(database))
    assigned = await case.post(
        f"{path}/assignments", case.admin, userId=str(case.clerk.user_id), text="Look at it."
    )
    assert (assigned.status_code, assigned.headers["etag"]) == (201, '"2"')
    assert len(await case.letters(database, before)) == 1
    stale = await case.post(f"{path}/answers", case.clerk.headers, '"1"', text="It is right.")
    assert said(stale) == (412, "/problems/precondition-failed")
    for headers in (case.auditor, case.clerk.headers):
        assert await attached(case, path, headers) == 201
    answered = await case.post(f"{path}/answers", case.clerk.headers, '"2"', text="It is right.")
    assert answered.json()["state"] == "answered"
    twice = await case.post(f"{path}/answers", case.clerk.headers, text="It is right.")
    assert said(twice) == (409, "/problems/finding-state-forbids")

    later = str(clock.today() + timedelta(days=30))
    reopened = await case.post(f"{path}/reopenings", case.auditor, text="No.", dueOn=later)
    assert (reopened.json()["state"], reopened.json()["dueOn"]) == ("assigned", later)
    await case.post(f"{path}/answers", case.clerk.headers, text="We revoke it.")
    closed = await case.post(f"{path}/conclusions", case.auditor, text="Agreed.")
    assert closed.json()["closedAt"] is not None
    assert await attached(case, path, case.auditor) == 409
    await _all_of_it_is_told(case, finding)


async def _all_of_it_is_told(case: Case, finding: Json) -> None:
    path = finding["links"]["finding"]
    steps = (await case.audit.read(finding["links"]["steps"]))["items"]
    assert [step["kind"] for step in steps] == [
        *("raised", "assigned", "file-attached", "file-attached", "answered"),
        *("reopened", "answered", "closed"),
    ]
    files = (await case.audit.client.get(f"{path}/files", headers=case.clerk.headers)).json()
    assert [each["side"] for each in files] == ["auditor", "audited"]
    assert files[0]["file"]["sha256"] == steps[2]["said"]
    given = await case.audit.get(f"{path}/files/{files[1]['id']}/content")
    assert given.content == contents.a_pdf()


async def attached(case: Case, path: str, headers: Headers) -> int:
    """Attach a file to a finding; say what came of it."""
    sent = {
        **headers,
        "Content-Type": "application/pdf",
        "Content-Disposition": "attachment; filename*=UTF-8''bewijs.pdf",
    }
    answer = await case.audit.client.post(
        f"/v1{path}/files", content=contents.a_pdf(), headers=sent
    )
    return answer.status_code


async def test_both_sides_see_a_finding_and_nobody_else(case: Case, database: Database) -> None:
    finding = await case.raised()
    await case.raised(severity="low", subject=None, raisedForId=None)
    path = finding["links"]["finding"]
    async with database.work() as session:
        staff = await make.signed_in(session, await make.a_user(session, staff=True))
        organisation = await session.get_one(Organisation, case.audit.authority.organisation_id)
        other = await make.a_user(session, "Piet van Elders")
        await make.an_auditor(session, organisation, other)
        another = await make.signed_in(session, other)

    async def status(headers: Headers) -> int:
        return (await case.audit.client.get(path, headers=headers)).status_code

    for headers in (case.auditor, case.admin, case.clerk.headers, case.colleague.headers):
        assert await status(headers) == 200
    buyer = case.audit.claims.stall.buyer.clerk
    for headers in (staff, another, case.audit.operator.headers, buyer.headers):
        assert await status(headers) == 404
    peeking = await case.post(
        f"{path.removeprefix('/v1')}/conclusions", case.colleague.headers, text="Fine."
    )
    assert said(peeking) == (403, "/problems/role-too-small")

    there = f"/v1/organisations/{case.audit.authority.organisation_id}/findings"
    assert len((await case.audit.read(there))["items"]) == 2
    low = await case.audit.read(f"{there}?severity=low&state=raised")
    [row] = low["items"]
    assert (row["raisedForId"], row["links"]["subject"]) == (None, None)
    told = (await case.audit.get(low["links"]["json"])).json()
    assert told["items"] == low["items"]
    assert (await case.audit.read(f"{there}?overdue=true"))["items"] == []
    none = await case.audit.client.get(there, headers=another)
    assert none.json()["items"] == []


async def test_who_is_to_answer_is_reminded_before_the_last_day_and_on_it(
    case: Case, database: Database
) -> None:
    finding = await case.raised()
    path = finding["links"]["finding"].removeprefix("/v1")
    await case.post(
        f"{path}/assignments", case.admin, userId=str(case.clerk.user_id), text="Look at it."
    )
    counted = []
    for days in (1, 7, 8, 14, 15):
        before = len(await make.mails(database))
        with clock.travelled(clock.now() + timedelta(days=days)):
            await findings.remind_due(database)
        counted.append(len(await case.letters(database, before)))
    assert counted == [0, 1, 0, 1, 0]


async def test_a_finding_names_nobody_and_is_about_what_is_audited(case: Case) -> None:
    there = f"/organisations/{case.audit.authority.organisation_id}/findings"
    body = {"severity": "low", "title": "A title", "description": "What was found."}
    body["dueOn"] = str(clock.today() + timedelta(days=3))
    for wrong in (
        {"description": "Ask j.jansen@example.nl."},
        {"title": "About 111.222.333"},
        {"dueOn": "2020-01-01"},
        {"remindOn": str(clock.today() + timedelta(days=4))},
    ):
        refused = await case.post(there, case.auditor, **body | wrong)
        assert said(refused) == (400, "/problems/invalid-request"), wrong
    second = {"kind": "obligation", "id": str(case.audit.claims.second.obligation_id)}
    for wrong_thing in ({"subject": second}, {"raisedForId": str(new_id())}):
        refused = await case.post(there, case.auditor, **body, **wrong_thing)
        assert said(refused) == (404, "/problems/not-found")

    await case.audit.seal()
    sample = await drawn(
        case.audit, case.audit.authority, population="entries", method="random", size=1
    )
    [item] = (await case.audit.read(sample["links"]["items"]))["items"]
    found = await case.raised(subject=None, sampleItemId=item["id"])
    assert (found["subjectKind"], found["subjectId"]) == ("entry", item["thingId"])
    assert found["links"]["subject"] == item["links"]["thing"]


async def test_who_left_hears_nothing_more_of_a_finding(case: Case, database: Database) -> None:
    finding = await case.raised()
    path = finding["links"]["finding"].removeprefix("/v1")
    body = {"userId": str(case.clerk.user_id), "text": "Look at it."}
    assert said(await case.post(f"{path}/assignments", case.admin, **body))[0] == 201
    async with database.work() as session:
        theirs = Membership.user_id == case.clerk.user_id
        await session.execute(sa.delete(Membership).where(theirs))

    before = len(await make.mails(database))
    assert said(await case.post(f"{path}/answers", case.admin, text="It is right."))[0] == 201
    later = str(clock.today() + timedelta(days=30))
    asked = await case.post(f"{path}/reopenings", case.auditor, text="No.", dueOn=later)
    assert said(asked)[0] == 201
    told = {to for to, _ in await case.letters(database, before)}
    async with database.work() as session:
        auditor = await session.get_one(User, case.audit.authority.auditor_id)
        assert auditor.email in told
        assert case.clerk.email not in told
        assert case.audit.authority.admin.email in told
        ended = {"ended_at": clock.now(), "ended_by_id": auditor.id}
        theirs = AuditorAppointment.user_id == auditor.id
        await session.execute(sa.update(AuditorAppointment).where(theirs).values(ended))

    before = len(await make.mails(database))
    assert said(await case.post(f"{path}/answers", case.admin, text="It is right."))[0] == 201
    assert await case.letters(database, before) == []
