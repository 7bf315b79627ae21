"""Reports over HTTP: written, submitted, returned, accepted, measured; and projects that run."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.core import clock
from app.core.database import Database
from app.organisations.models import Organisation, Role
from app.projects.actions import report_reminders, running
from app.projects.models import Project, ProjectState
from app.schemes.models import Scheme
from tests import make
from tests.make import Member, contents
from tests.make.orders import Buyer, a_buyer, an_order
from tests.make.reports import a_plan_of, a_report, a_running_project
from tests.projects.conftest import events_of, said

INTERIM = {"kind": "interim"}
ANY = {"If-Match": "*"}
PDF = {
    "Content-Type": "application/pdf",
    "Content-Disposition": "attachment; filename*=UTF-8''contracten.pdf",
}
COUNTED = [{"group": "participatiewet", "category": "found-work", "people": 4}]


@dataclass(frozen=True, slots=True)
class Venture:
    """A project that is funded and about to start, and who has to do with it."""

    client: httpx.AsyncClient
    project_id: UUID
    order_id: UUID
    writer: Member
    owner: Member
    judge: Member
    auditor: dict[str, str]
    buyer: Buyer

    async def get(self, path: str, by: dict[str, str]) -> Any:  # noqa: ANN401  JSON.
        """Read something, and insist that it may be read."""
        answer = await self.client.get(path, headers=by)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(
        self, path: str, by: Member, body: object = None, **headers: str
    ) -> httpx.Response:
        """Do something about the project."""
        path = f"/v1/projects/{self.project_id}/{path}"
        return await self.client.post(path, json=body, headers={**by.headers, **headers})

    async def save(self, path: str, tag: str, content: object) -> httpx.Response:
        """Save a draft of a report."""
        return await self.client.patch(
            f"/v1/projects/{self.project_id}/{path}/draft",
            json=content,
            headers={**self.writer.headers, "If-Match": tag},
        )

    async def reported(self, of_kind: str) -> str:
        """Write a whole report and submit it; gives its path below the project."""
        begun = await self.post("reports", self.writer, {"kind": of_kind, "content": a_report()})
        assert begun.status_code == 201, begun.text
        path = f"reports/{begun.json()['id']}"
        submitted = await self.post(f"{path}/submissions", self.owner, **ANY)
        assert submitted.status_code == 201, submitted.text
        return path

    async def state(self) -> str:
        """Say where the project stands."""
        read = await self.get(f"/v1/projects/{self.project_id}", self.writer.headers)
        return str(read["state"])


@pytest.fixture
async def venture(client: httpx.AsyncClient, database: Database) -> Venture:
    """A funded project."""
    async with database.work() as session:
        listing = await a_running_project(session, state=ProjectState.FUNDED)
        scheme = await session.get_one(Scheme, listing.scheme_id)
        seller = await session.get_one(Organisation, listing.entrepreneur_id)
        operator = await session.get_one(Organisation, scheme.operator_id)
        buyer = await a_buyer(session, scheme)
        order = await an_order(session, listing, buyer.organisation)
        auditor = await make.a_user(session)
        await make.an_auditor(session, operator, auditor)
        return Venture(
            *(client, listing.project_id, order.id),
            await make.a_member(session, Role.MEMBER, seller),
            await make.a_member(session, Role.APPROVER, seller),
            await make.a_member(session, Role.APPROVER, operator),
            await make.signed_in(session, auditor),
            buyer,
        )


async def test_a_draft_is_saved_as_it_is_written_and_submitted_when_it_is_whole(
    venture: Venture,
) -> None:
    early = await venture.post("reports", venture.writer, INTERIM)
    assert said(early) == (409, "/problems/project-state-forbids")
    started = await venture.post("starts", venture.owner, {"reason": "All is ready."})
    assert (started.status_code, started.json()["kind"]) == (201, "started")
    begun = await venture.post("reports", venture.writer, INTERIM)
    assert begun.status_code == 201
    again = await venture.post("reports", venture.writer, INTERIM)
    assert said(again) == (409, "/problems/report-open")
    path = f"reports/{begun.json()['id']}"
    whole = f"/v1/projects/{venture.project_id}/{path}"
    # Drafts are nobody's but the entrepreneur's.
    hidden = await venture.client.get(whole, headers=venture.judge.headers)
    assert hidden.status_code == 404
    listed = f"/v1/projects/{venture.project_id}/reports"
    assert (await venture.get(listed, venture.judge.headers))["items"] == []

    tag = begun.headers["ETag"]
    assert (await venture.save(path, tag, {**a_report(), "counts": []})).status_code == 200
    assert (await venture.save(path, tag, a_report())).status_code == 412
    naming = {"milestones": [{"number": 1, "reachedOn": None, "remark": "j@example.nl was ill."}]}
    [named] = (await venture.save(path, "*", naming)).json()["errors"]
    assert (named["pointer"], named["code"]) == ("#/milestones/0/remark", "names-somebody")
    lacks = await venture.get(f"{whole}/completeness", venture.writer.headers)
    assert [lack["code"] for lack in lacks["lacks"]] == ["group-missing", "group-missing"]
    refused = await venture.post(f"{path}/submissions", venture.owner, **ANY)
    assert said(refused) == (409, "/problems/report-incomplete")
    assert (await venture.save(path, "*", {"counts": a_report()["counts"]})).status_code == 200
    submitted = await venture.post(f"{path}/submissions", venture.owner, **ANY)
    assert (submitted.status_code, submitted.json()["number"]) == (201, 1)
    late = await venture.save(path, "*", {"counts": []})
    assert said(late) == (409, "/problems/report-state-forbids")


async def test_evidence_is_known_by_its_hash_and_buyers_read_what_is_public(
    venture: Venture,
) -> None:
    await venture.post("starts", venture.owner, {"reason": "All is ready."})
    begun = await venture.post("reports", venture.writer, {**INTERIM, "content": a_report()})
    path = f"reports/{begun.json()['id']}"
    whole = f"/v1/projects/{venture.project_id}/{path}"
    kept, dropped = [
        await venture.client.post(
            f"{whole}/evidence?promise=1&isPublic=true",
            content=contents.a_pdf(),
            headers={**venture.writer.headers, **PDF},
        )
        for _ in range(2)
    ]
    assert kept.status_code == 201, kept.text
    gone = await venture.client.delete(
        f"{whole}/evidence/{dropped.json()['id']}", headers=venture.writer.headers
    )
    assert gone.status_code == 204
    of_order = f"/v1/orders/{venture.order_id}/reports"
    assert await venture.get(of_order, venture.buyer.clerk.headers) == []
    submitted = await venture.post(f"{path}/submissions", venture.owner, **ANY)
    [frozen] = submitted.json()["evidence"]
    assert frozen["sha256"] == hashlib.sha256(contents.a_pdf()).hexdigest()
    assert (frozen["promise"], frozen["isPublic"]) == (1, True)

    # The operator's side and its auditors read all of it; the buyers what is public.
    page = await venture.get(whole, venture.auditor)
    assert page["submitted"]["content"]["confidential"] == "Een deelnemer is uitgevallen."
    assert (page["expectedCostsCents"], page["reportedCostsCents"]) == (1_080_000, 900_000)
    [public] = await venture.get(of_order, venture.buyer.clerk.headers)
    assert public["results"] == page["results"]
    assert "confidential" not in public["content"]
    content = f"{of_order}/evidence/{frozen['id']}/content"
    early = await venture.client.get(content, headers=venture.buyer.clerk.headers)
    assert (early.status_code, public["state"], public["evidence"]) == (404, "submitted", [])
    accepted = {"kind": "accepted", "reason": "As we saw."}
    await venture.post(f"{path}/decisions", venture.judge, accepted)
    [public] = await venture.get(of_order, venture.buyer.clerk.headers)
    assert (public["state"], public["evidence"]) == ("accepted", [frozen])
    given = await venture.client.get(content, headers=venture.buyer.clerk.headers)
    assert given.content == contents.a_pdf()


async def test_a_report_is_returned_with_remarks_and_accepted_when_it_comes_again(
    venture: Venture, database: Database
) -> None:
    await venture.post("starts", venture.owner, {"reason": "All is ready."})
    path = await venture.reported("interim")
    remarks = [{"pointer": "#/summary", "text": "Say what became of the twelfth."}]
    returned = {"kind": "returned", "reason": "Not clear yet.", "remarks": remarks}
    own = await venture.post(f"{path}/decisions", venture.owner, returned)
    assert said(own)[0] == 403
    back = await venture.post(f"{path}/decisions", venture.judge, returned)
    assert back.json()["remarks"] == remarks
    of_order = f"/v1/orders/{venture.order_id}/reports"
    assert await venture.get(of_order, venture.buyer.clerk.headers) == []
    second = await venture.post(f"{path}/submissions", venture.owner, **ANY)
    assert second.json()["number"] == 2
    accepted = {"kind": "accepted", "reason": "As we saw."}
    short = await venture.post(f"{path}/decisions", venture.judge, {**accepted, "result": "short"})
    assert said(short) == (409, "/problems/result-unsaid")
    taken = await venture.post(f"{path}/decisions", venture.judge, accepted)
    assert taken.json()["state"] == "accepted"
    twice = await venture.post(f"{path}/decisions", venture.judge, accepted)
    assert said(twice) == (409, "/problems/report-state-forbids")
    assert await events_of(database, UUID(path.removeprefix("reports/"))) == [
        *("report.begun", "report.submitted", "report.returned"),
        *("report.submitted", "report.accepted"),
    ]
    letters = [mail.subject for mail in await make.mails(database)]
    assert letters.count("Er wacht een verslag op u") == 2
    assert letters.count("Uw verslag is beoordeeld") == 2
    assert (await venture.post("reports", venture.writer, INTERIM)).status_code == 201


async def test_the_final_report_completes_the_project_and_is_measured(venture: Venture) -> None:
    await venture.post("starts", venture.judge, {"reason": "They are ready."})
    twice = await venture.post("starts", venture.judge, {"reason": "They are ready."})
    assert said(twice) == (409, "/problems/project-state-forbids")
    path = await venture.reported("final")
    assert await venture.state() == "reporting"
    unsaid = {"kind": "accepted", "reason": "As we saw."}
    assert said(await venture.post(f"{path}/decisions", venture.judge, unsaid)) == (
        *(409, "/problems/result-unsaid"),
    )
    await venture.post(f"{path}/decisions", venture.judge, {**unsaid, "result": "achieved"})
    assert await venture.state() == "completed"
    late = await venture.post("reports", venture.writer, INTERIM)
    assert said(late) == (409, "/problems/project-state-forbids")

    measured = {"counts": COUNTED, "reason": "Asked the employers."}
    found = await venture.post(f"{path}/measurements", venture.judge, measured)
    assert found.status_code == 201, found.text
    twice = await venture.post(
        f"{path}/measurements", venture.judge, {**measured, "counts": COUNTED * 2}
    )
    assert twice.status_code == 400
    market = await venture.client.get(f"/v1/market/projects/{venture.project_id}")
    [row] = [row for row in market.json()["results"] if row["category"] == "found-work"]
    # No authority's rules say from how many people on everybody may see a count.
    assert (row["isSuppressed"], row["reportedPeople"], row["measuredPeople"]) == (True, None, None)


async def test_projects_start_and_end_on_the_days_of_their_plans(database: Database) -> None:
    plans = [a_plan_of(1, 50), a_plan_of(0, 0), a_plan_of(-50, -1)]
    async with database.work() as session:
        listings = [
            await a_running_project(session, plan=plan, state=ProjectState.FUNDED) for plan in plans
        ]

    await running.follow_plans(database)
    await running.follow_plans(database)

    async with database.reading() as session:
        states = [
            (await session.get_one(Project, listing.project_id)).state for listing in listings
        ]
    assert states == [ProjectState.FUNDED, ProjectState.RUNNING, ProjectState.REPORTING]


async def test_entrepreneurs_are_reminded_and_on_the_day_the_operator_is_told(
    venture: Venture, database: Database
) -> None:
    await report_reminders.remind(database)
    assert await make.mails(database) == []  # It has not started.
    await venture.post("starts", venture.judge, {"reason": "They are ready."})

    await report_reminders.remind(database)
    await report_reminders.remind(database)

    # The interim report was due ten days ago; the final one is not due for eighty.
    due = clock.today() - timedelta(days=10)
    told = {mail.to: mail for mail in await make.mails(database)}
    assert {mail.subject for mail in told.values()} == {
        "Er moet een verslag van uw project komen",
        "Er is een verslag niet gekomen",
    }
    assert all(str(due.year) in mail.text for mail in told.values())
    assert len(told) == len(await make.mails(database)) == 2
