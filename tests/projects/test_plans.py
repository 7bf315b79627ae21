"""A plan's way: begun, written, submitted, returned, judged, objected to."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.database import Database
from app.organisations.models import Organisation, User
from app.projects.actions.reminders import remind
from app.projects.models import PlanDraft, ProjectState, Round, RoundState
from app.schemes.models import Admission, AdmissionState
from tests import make
from tests.projects.conftest import Fair, said

REMARKS = [{"pointer": "#/costs/0", "text": "Which cars, and for how long?"}]
CALL = "Ask sanne@bakkerijnoord.example."


async def begun(client: httpx.AsyncClient, fair: Fair) -> str:
    answer = await client.post(
        f"/v1/organisations/{fair.entrepreneur_id}/projects",
        json={"roundId": str(fair.round_id)},
        headers=fair.writer.headers,
    )
    assert said(answer) == (201, None)
    return str(answer.headers["Location"])


async def saved(
    client: httpx.AsyncClient, fair: Fair, path: str, content: dict[str, Any]
) -> httpx.Response:
    read = await client.get(f"{path}/plan", headers=fair.writer.headers)
    headers = {**fair.writer.headers, "If-Match": read.headers["ETag"]}
    return await client.patch(f"{path}/plan", json=content, headers=headers)


async def submitted(client: httpx.AsyncClient, fair: Fair, path: str) -> httpx.Response:
    headers = {**fair.owner.headers, "If-Match": "*"}
    return await client.post(f"{path}/submissions", headers=headers)


async def judged(
    client: httpx.AsyncClient, fair: Fair, path: str, kind: str, **more: object
) -> httpx.Response:
    return await client.post(
        f"{path}/eligibility-decisions",
        json={"kind": kind, "reason": "As the conditions say.", **more},
        headers=fair.approver.headers,
    )


async def sees_remarks(client: httpx.AsyncClient, fair: Fair) -> None:
    """Say whether the entrepreneur's desk shows what is to be done, and that nothing is sold."""
    desk = await client.get(
        f"/v1/organisations/{fair.entrepreneur_id}/desk", headers=fair.writer.headers
    )
    [on_desk] = desk.json()["projects"]
    assert on_desk["remarks"] == REMARKS
    assert on_desk["project"]["state"] == "returned"
    assert on_desk["units"] == {"issued": 0, "sold": 0, "reserved": 0, "forSale": 0}
    assert on_desk["expectedCents"] == 0


async def test_a_plan_is_written_returned_and_found_eligible(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    path = await begun(client, fair)
    await saved(client, fair, path, {"title": {"nl": "Chauffeurs"}})
    early = await submitted(client, fair, path)
    assert said(early) == (409, "/problems/plan-incomplete")
    assert len(early.json()["lacks"]) == 12

    whole = await saved(client, fair, path, make.a_plan(thresholdUnits=100))
    assert whole.json()["content"]["title"] == make.a_plan()["title"] | {"en": ""}
    told = (await client.get(f"{path}/completeness", headers=fair.writer.headers)).json()
    assert (told["complete"], told["smallestThresholdUnits"]) == (False, 108)
    assert [lack["code"] for lack in told["lacks"]] == ["threshold-too-small"]

    await saved(client, fair, path, {"thresholdUnits": 108})
    first = await submitted(client, fair, path)
    assert said(first) == (201, None)
    assert said(await saved(client, fair, path, {"notes": "x"}))[0] == 409
    named = [{**REMARKS[0], "text": "Ask sanne@bakkerijnoord.example what she thinks."}]
    assert said(await judged(client, fair, path, "returned", remarks=named))[0] == 400
    returned = await judged(client, fair, path, "returned", remarks=REMARKS)
    assert returned.json()["data"]["remarks"] == REMARKS
    await sees_remarks(client, fair)

    await saved(client, fair, path, {"notes": "Two cars."})
    second = await submitted(client, fair, path)
    assert second.headers["Location"] == f"{path}/versions/2"
    versions = await client.get(f"{path}/versions", headers=fair.viewer.headers)
    assert [each["content"]["notes"] for each in versions.json()["items"]] == ["", "Two cars."]
    assert said(await judged(client, fair, path, "accepted")) == (201, None)
    read = await client.get(path, headers=fair.viewer.headers)
    assert read.json()["state"] == "eligible"
    decided = await client.get(f"{path}/decisions", headers=fair.writer.headers)
    assert [each["kind"] for each in decided.json()["items"]] == [
        *("accepted", "submitted", "returned", "submitted"),
    ]
    await have_read(database, fair)


async def have_read(database: Database, fair: Fair) -> None:
    """Say whether both sides got their letters of two submissions and two judgements."""
    letters = [(mail.to, mail.subject) for mail in await make.mails(database)]
    for_owner = [subject for to, subject in letters if to == fair.owner.email]
    assert sorted(for_owner) == sorted(
        ["Er is een plan ingediend", "Uw plan is beoordeeld"] * 2,
    )
    assert (fair.approver.email, "Er is een plan ingediend") in letters


async def test_a_draft_takes_what_is_well_formed_and_one_writer_at_a_time(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    path = await begun(client, fair)
    malformed: list[dict[str, Any]] = [
        {"thresholdUnits": 1.5},
        {"startsOn": "soon"},
        {"costs": [{"kind": "gold", "description": "x", "amountCents": 1}]},
        {"costs": [{"kind": "other", "description": "x", "amountCents": -1}]},
        {"targetGroups": [{"group": "ww", "people": 0}]},
        {"targetGroups": [{"group": "ww", "people": 1, "names": ["A"]}]},
        {"place": {"municipality": "Rotterdam", "address": "x"}},
        {"unknown": 1},
    ]
    for content in malformed:
        answer = await saved(client, fair, path, content)
        assert said(answer) == (400, "/problems/invalid-request"), content
    # What somebody wrote before anybody looked is read as it is.
    async with database.work() as session:
        await session.execute(sa.update(PlanDraft).values(content={"bank": CALL}))
    naming = {"summary": {"en": CALL}, "promisedEvidence": ["Contracts", "That of 111.222.333"]}
    named = await saved(client, fair, path, naming)
    assert [(each["pointer"], each["code"]) for each in named.json()["errors"]] == [
        ("#/summary/en", "names-somebody"),
        ("#/promisedEvidence/1", "names-somebody"),
    ]
    await saved(client, fair, path, {"notes": "x", "thresholdUnits": 3})
    emptied = await saved(client, fair, path, {"notes": None})
    assert emptied.json()["content"]["notes"] is None
    assert emptied.json()["content"]["bank"] == CALL
    assert emptied.json()["content"]["thresholdUnits"] == 3
    stale = {**fair.writer.headers, "If-Match": '"1"'}
    assert (await client.patch(f"{path}/plan", json={}, headers=stale)).status_code == 412
    missing = await client.patch(f"{path}/plan", json={}, headers=fair.writer.headers)
    assert missing.status_code == 428


async def test_only_an_admitted_entrepreneur_begins_in_an_open_round(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    async with database.work() as session:
        stranger = await make.a_member(session)
        rounds = {state: await fair.a_round(session, state) for state in RoundState}
    where = f"/v1/organisations/{stranger.organisation_id}/projects"
    wanted = {"roundId": str(fair.round_id)}
    answer = await client.post(where, json=wanted, headers=stranger.headers)
    assert said(answer) == (409, "/problems/not-admitted")
    for state, of_round in rounds.items():
        answer = await client.post(
            f"/v1/organisations/{fair.entrepreneur_id}/projects",
            json={"roundId": str(of_round.id)},
            headers=fair.writer.headers,
        )
        hidden = state in {RoundState.DRAFT, RoundState.CANCELLED}
        expected = (404, "/problems/not-found") if hidden else (409, "/problems/plans-closed")
        assert said(answer) == ((201, None) if state is RoundState.OPEN else expected)


async def test_the_suspended_and_the_late_submit_nothing(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    async with database.work() as session:
        project = await fair.a_project(session, ProjectState.DRAFT)
        await session.execute(
            sa.update(Admission)
            .where(Admission.organisation_id == fair.entrepreneur_id)
            .values(state=AdmissionState.SUSPENDED)
        )
    path = f"/v1/projects/{project.id}"
    assert said(await submitted(client, fair, path)) == (409, "/problems/not-admitted")
    async with database.work() as session:
        in_round = await session.get_one(Round, fair.round_id)
        in_round.plans_close_at = clock.now() - timedelta(seconds=1)
    assert said(await submitted(client, fair, path)) == (409, "/problems/plans-closed")


@pytest.mark.parametrize(("days", "status"), [(None, 409), (3, 201)])
async def test_a_returned_plan_comes_again_within_its_term(
    client: httpx.AsyncClient, database: Database, fair: Fair, days: int | None, status: int
) -> None:
    async with database.work() as session:
        project = await fair.a_project(session, ProjectState.SUBMITTED)
    path = f"/v1/projects/{project.id}"
    until = (clock.now() + timedelta(days=days)).isoformat() if days else None
    await judged(client, fair, path, "returned", remarks=REMARKS, until=until)
    async with database.work() as session:
        in_round = await session.get_one(Round, fair.round_id)
        in_round.state = RoundState.VALUING
        in_round.plans_close_at = clock.now() - timedelta(days=1)
    assert (await submitted(client, fair, path)).status_code == status


@pytest.mark.parametrize("state", [RoundState.VALUING, RoundState.ON_SALE])
async def test_a_late_return_says_until_when(
    client: httpx.AsyncClient, database: Database, fair: Fair, state: RoundState
) -> None:
    async with database.work() as session:
        in_round = await fair.a_round(session, state)
        entrepreneur = await session.get_one(Organisation, fair.entrepreneur_id)
        project = await make.a_project(
            session, in_round, entrepreneur, state=ProjectState.SUBMITTED
        )
    path = f"/v1/projects/{project.id}"
    never = await judged(client, fair, path, "returned", remarks=REMARKS)
    assert said(never) == (409, "/problems/date-cannot-move")
    until = (clock.now() + timedelta(days=3)).isoformat()
    term = await judged(client, fair, path, "returned", remarks=REMARKS, until=until)
    if state is RoundState.VALUING:
        assert said(term) == (201, None)
        return
    assert said(term) == (409, "/problems/date-cannot-move"), "the sale has begun"
    # As an objection upheld leaves it: others are on sale, and this one is judged again.
    assert said(await judged(client, fair, path, "accepted")) == (201, None)


async def test_a_reason_has_lines_and_is_mailed(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    async with database.work() as session:
        project = await fair.a_project(session, ProjectState.SUBMITTED)
    path = f"/v1/projects/{project.id}"
    bell = await judged(client, fair, path, "rejected", reason="Ring \u0007 the bell.")
    assert said(bell) == (400, "/problems/invalid-request")
    rejected = await judged(client, fair, path, "rejected", reason="Too dear.\r\nToo late.")
    assert said(rejected) == (201, None)
    assert rejected.json()["reason"] == "Too dear.\nToo late."
    assert "Too dear.\nToo late." in (await make.mails(database))[-1].text


async def objected(
    client: httpx.AsyncClient, fair: Fair, path: str, decision_id: str
) -> httpx.Response:
    return await client.post(
        f"{path}/objections",
        json={"decisionId": decision_id, "grounds": "The place lies in the region."},
        headers=fair.owner.headers,
    )


@pytest.mark.parametrize(("kind", "state"), [("upheld", "submitted"), ("dismissed", "rejected")])
async def test_an_objection_is_judged_once_by_somebody_else(
    client: httpx.AsyncClient, database: Database, fair: Fair, kind: str, state: str
) -> None:
    async with database.work() as session:
        project = await fair.a_project(session, ProjectState.SUBMITTED)
    path = f"/v1/projects/{project.id}"
    rejection = (await judged(client, fair, path, "rejected")).json()["id"]
    other = await objected(client, fair, path, str(project.id))
    assert said(other) == (409, "/problems/nothing-to-contest")
    lodged = await objected(client, fair, path, rejection)
    assert said(lodged) == (201, None)
    again = await objected(client, fair, path, rejection)
    assert said(again) == (409, "/problems/already-objected")

    where = f"{path}/objections/{lodged.json()['id']}/decisions"
    decision = {"kind": kind, "reason": "The map says so."}
    own = await client.post(where, json=decision, headers=fair.approver.headers)
    assert said(own) == (403, "/problems/own-decision")
    decided = await client.post(where, json=decision, headers=fair.second.headers)
    assert (decided.status_code, decided.json()["state"]) == (201, kind)
    twice = await client.post(where, json=decision, headers=fair.second.headers)
    assert said(twice) == (409, "/problems/objection-closed")
    read = await client.get(path, headers=fair.owner.headers)
    assert read.json()["state"] == state
    letters = [(mail.to, mail.subject) for mail in await make.mails(database)]
    assert (fair.owner.email, "Over uw bezwaar is besloten") in letters
    told = {to for to, subject in letters if "maakt bezwaar tegen een besluit" in subject}
    assert {fair.approver.email, fair.second.email} <= told


async def test_an_objection_comes_within_the_policys_days(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    async with database.work() as session:
        project = await fair.a_project(session, ProjectState.SUBMITTED)
    path = f"/v1/projects/{project.id}"
    with clock.travelled(clock.now() - timedelta(days=43)):
        async with database.work() as session:
            rejected = await fair.a_project(session, ProjectState.REJECTED)
    path = f"/v1/projects/{rejected.id}"
    decided = await client.get(f"{path}/decisions", headers=fair.owner.headers)
    late = await objected(client, fair, path, decided.json()["items"][0]["id"])
    assert said(late) == (409, "/problems/objection-too-late")


@pytest.mark.parametrize(
    ("evening", "status"), [("2026-07-13T21:59", 201), ("2026-07-13T22:01", 409)]
)
async def test_the_last_day_to_object_ends_at_midnight(
    client: httpx.AsyncClient, database: Database, fair: Fair, evening: str, status: int
) -> None:
    with clock.travelled(datetime(2026, 6, 1, 7, tzinfo=UTC)):
        async with database.work() as session:
            rejected = await fair.a_project(session, ProjectState.REJECTED)
    path = f"/v1/projects/{rejected.id}"
    decided = await client.get(f"{path}/decisions", headers=fair.owner.headers)
    with clock.travelled(datetime.fromisoformat(f"{evening}:00+00:00")):
        async with database.work() as session:
            user = await session.get_one(User, fair.owner.user_id)
            headers = await make.signed_in(session, user)
        answer = await client.post(
            f"{path}/objections",
            json={"decisionId": decided.json()["items"][0]["id"], "grounds": "It lies inside."},
            headers=headers,
        )
    assert answer.status_code == status


async def test_nobody_judges_the_project_of_an_organisation_they_act_for(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    async with database.work() as session:
        project = await fair.a_project(session, ProjectState.SUBMITTED)
        entrepreneur = await session.get_one(Organisation, fair.entrepreneur_id)
        user = await make.a_user(session)
        await make.a_membership(session, entrepreneur, user)
        scheme_operator = await session.get_one(Organisation, fair.approver.organisation_id)
        await make.a_membership(session, scheme_operator, user)
        both = await make.signed_in(session, user)
    answer = await client.post(
        f"/v1/projects/{project.id}/eligibility-decisions",
        json={"kind": "accepted", "reason": "It is ours."},
        headers=both,
    )
    assert said(answer) == (403, "/problems/own-affair")


async def test_drafts_are_reminded_of_once_a_week_and_once_two_days_before(
    database: Database, fair: Fair
) -> None:
    async with database.work() as session:
        await fair.a_project(session, ProjectState.DRAFT)
        await fair.a_project(session, ProjectState.SUBMITTED)
        closes_at = (await session.get_one(Round, fair.round_id)).plans_close_at

    async def reminded(days: float) -> int:
        with clock.travelled(closes_at - timedelta(days=days)):
            async with database.work() as session:
                await remind(session)
        found = await make.mails(database)
        return len([mail for mail in found if mail.to == fair.owner.email])

    assert [await reminded(days) for days in (8, 6.9, 5, 1.9, 1)] == [0, 1, 1, 2, 2]


async def test_who_is_late_gets_one_reminder(database: Database, fair: Fair) -> None:
    async with database.work() as session:
        await fair.a_project(session, ProjectState.DRAFT)
        in_round = await session.get_one(Round, fair.round_id)
        in_round.plans_close_at = clock.now() + timedelta(days=1)
    for _ in range(2):
        async with database.work() as session:
            await remind(session)
    assert [mail.to for mail in await make.mails(database)] == [fair.owner.email]


async def test_a_draft_is_its_entrepreneurs_own(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    async with database.work() as session:
        project = await fair.a_project(session, ProjectState.DRAFT)
        stranger = await make.a_member(session)
    path = f"/v1/projects/{project.id}"
    outside = await client.get(f"{path}/plan", headers=stranger.headers)
    operator = await client.get(f"{path}/plan", headers=fair.approver.headers)
    assert said(outside) == (404, "/problems/not-found")
    assert said(operator) == (403, "/problems/role-too-small")
    own = await client.patch(
        f"{path}/plan", json={}, headers={**fair.approver.headers, "If-Match": "*"}
    )
    assert said(own) == (403, "/problems/role-too-small")
    judging = await client.post(
        f"{path}/eligibility-decisions",
        json={"kind": "accepted", "reason": "It is ours."},
        headers=fair.owner.headers,
    )
    assert said(judging) == (403, "/problems/role-too-small")
    async with database.reading() as session:
        found = await session.scalar(
            sa.select(PlanDraft.version).where(PlanDraft.project_id == UUID(str(project.id)))
        )
        assert found == 1
