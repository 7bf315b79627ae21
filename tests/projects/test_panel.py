"""Experts are assigned, decline, are replaced, get more time, and are spread evenly."""

import asyncio
from collections import Counter
from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.database import Database
from app.core.jobs import Job
from app.organisations.models import Organisation, User
from app.projects import queries
from app.projects.actions import panel, score_reminders
from app.projects.models import Project, Round
from app.schemes.models import PanelMember
from tests import make
from tests.projects.valuing import Case, a_case, assigned, opened, score
from tests.schemes.conftest import said

WHY = {"reason": "My brother works for the entrepreneur."}


async def assign(
    client: httpx.AsyncClient, case: Case, expert: object, replaces: str | None = None
) -> httpx.Response:
    body = {"panelMemberId": str(expert), "replacesId": replaces}
    return await client.post(f"{case.path}/assignments", json=body, headers=case.member.headers)


async def test_an_expert_reads_the_whole_plan_and_is_told(
    client: httpx.AsyncClient, database: Database
) -> None:
    case = await a_case(database)
    [first] = await assigned(client, case, 0)
    read = await client.get(f"/v1/assignments/{first}", headers=case.expert_headers[0])
    assert read.json()["plan"]["thresholdUnits"] == 108
    assert read.json()["plan"]["partners"] != "", "the confidential part as well"
    assert [each["code"] for each in read.json()["rubric"]] == ["work", "feasibility"]
    listed = await client.get("/v1/me/assignments", headers=case.expert_headers[0])
    assert [each["id"] for each in listed.json()["items"]] == [first]
    elsewhere = await client.get(f"/v1/assignments/{first}", headers=case.expert_headers[1])
    assert said(elsewhere) == (404, "/problems/not-found")
    mail = (await make.mails(database))[-1]
    assert mail.subject == "U wordt gevraagd een project te waarderen"
    assert "Chauffeurs voor het doelgroepenvervoer" in mail.text


@pytest.mark.parametrize("as_registered", [False, True])
async def test_an_expert_of_the_same_organisation_is_never_assigned(
    client: httpx.AsyncClient, database: Database, *, as_registered: bool
) -> None:
    case = await a_case(database, experts=4)
    async with database.work() as session:
        project = await session.get_one(Project, case.id)
        owner = await session.get_one(Organisation, project.entrepreneur_id)
        if as_registered:
            theirs = await make.an_organisation(session, "DAM Holding")
            theirs.register_number = owner.register_number
            owner = theirs
        user = await session.get_one(User, case.expert_users[0])
        await make.a_membership(session, owner, user)
    refused = await assign(client, case, case.experts[0])
    assert said(refused) == (409, "/problems/conflict-of-interest")
    spread = await client.post(
        f"/v1/rounds/{case.round_id}/assignments", headers=case.member.headers
    )
    chosen = {each["panelMember"]["id"] for each in spread.json()["assignments"]}
    assert chosen == {str(expert) for expert in case.experts[1:]}
    assert spread.json()["shortages"] == [{"projectId": str(case.id), "missing": 2}]


async def test_a_conflict_that_came_later_is_found_before_scores_are_opened(
    client: httpx.AsyncClient, database: Database
) -> None:
    case = await a_case(database, experts=4)
    ids = await assigned(client, case)
    for index, each in enumerate(ids):
        assert (await score(client, case, index, each)).status_code == 201
    async with database.work() as session:
        owner = await session.get_one(Organisation, case.entrepreneur.organisation_id)
        await make.a_membership(session, owner, await session.get_one(User, case.expert_users[0]))
    assert said(await score(client, case, 0, ids[0])) == (409, "/problems/conflict-of-interest")
    assert await opened(database, case)
    seen = (await client.get(f"{case.path}/panel", headers=case.member.headers)).json()
    recused = [each for each in seen["assignments"] if each["recusal"]]
    assert [(each["id"], each["recusal"]["kind"]) for each in recused] == [(ids[0], "detected")]
    assert recused[0]["findings"] is None


async def test_a_recused_expert_is_replaced_once(
    client: httpx.AsyncClient, database: Database
) -> None:
    case = await a_case(database, experts=4)
    ids = await assigned(client, case, 0, 1)
    early = await assign(client, case, case.experts[2], ids[0])
    assert said(early) == (409, "/problems/not-recused")
    path = f"/v1/assignments/{ids[0]}/recusals"
    declared = await client.post(path, json=WHY, headers=case.expert_headers[0])
    assert declared.json()["kind"] == "declared"
    twice = await client.post(path, json=WHY, headers=case.member.headers)
    assert said(twice) == (409, "/problems/already-recused")
    assert said(await score(client, case, 0, ids[0])) == (409, "/problems/already-recused")
    again = await assign(client, case, case.experts[0])
    assert said(again) == (409, "/problems/already-assigned")
    substitute = await assign(client, case, case.experts[2], ids[0])
    assert (substitute.status_code, substitute.json()["replacesId"]) == (201, ids[0])
    third = await assign(client, case, case.experts[3], ids[0])
    assert said(third) == (409, "/problems/not-recused")
    reported = await client.post(
        f"/v1/assignments/{ids[1]}/recusals", json=WHY, headers=case.member.headers
    )
    assert reported.json()["kind"] == "reported"


async def test_who_left_the_panel_is_not_assigned(
    client: httpx.AsyncClient, database: Database
) -> None:
    case = await a_case(database, experts=2)
    [first] = await assigned(client, case, 0)
    async with database.work() as session:
        for expert in case.experts:
            member = await session.get_one(PanelMember, expert)
            member.ended_at = clock.now()
        other = await make.an_expert(session, await make.a_scheme(session))
    assert said(await assign(client, case, case.experts[1])) == (409, "/problems/expert-left")
    assert said(await score(client, case, 0, first)) == (409, "/problems/expert-left")
    assert said(await assign(client, case, other.id)) == (404, "/problems/not-found")


async def test_scores_must_fit_the_rubric(client: httpx.AsyncClient, database: Database) -> None:
    case = await a_case(database)
    [first] = await assigned(client, case, 0)
    path = f"/v1/assignments/{first}/scores"
    for scores in ({"work": 4}, {"work": 6, "feasibility": 3}, {"work": 4, "charm": 3}):
        sheet = make.a_sheet(scores=scores)
        answer = await client.post(path, json=sheet, headers=case.expert_headers[0])
        assert said(answer) == (409, "/problems/scores-off-rubric")
    sheet = make.a_sheet(-1)
    answer = await client.post(path, json=sheet, headers=case.expert_headers[0])
    assert answer.status_code == 400


async def test_below_the_quorum_scores_stay_sealed_until_there_is_more_time(
    client: httpx.AsyncClient, database: Database
) -> None:
    case = await a_case(database, experts=4)
    ids = await assigned(client, case)
    for index in (0, 1):
        await score(client, case, index, ids[index])
    async with database.reading() as session:
        due_at = (await session.get_one(Round, case.round_id)).scores_due_at
    path = f"{case.path}/score-extensions"
    with clock.travelled(due_at + timedelta(minutes=1)):
        async with database.work() as session:
            case_headers = [
                await make.signed_in(session, await session.get_one(User, user))
                for user in case.expert_users
            ]
            approver = await make.signed_in(
                session, await session.get_one(User, case.approver.user_id)
            )
            await panel.open_due(session)
            wanted = await session.scalar(
                sa.select(sa.func.count()).where(
                    Job.kind == panel.OPEN_SCORES.name, Job.unique_key.is_not(None)
                )
            )
        assert wanted == 1
        assert not await opened(database, case)
        late = await client.post(
            f"/v1/assignments/{ids[2]}/scores", json=make.a_sheet(), headers=case_headers[2]
        )
        assert said(late) == (409, "/problems/scores-due")
        body = {"dueAt": due_at.isoformat(), "reason": "One expert was ill."}
        passed = await client.post(path, json=body, headers=approver)
        assert said(passed) == (409, "/problems/too-early-to-extend")
        body["dueAt"] = (clock.now() + timedelta(days=5)).isoformat()
        assert (await client.post(path, json=body, headers=approver)).status_code == 201
        now = await client.post(
            f"/v1/assignments/{ids[2]}/scores", json=make.a_sheet(), headers=case_headers[2]
        )
        assert now.status_code == 201
        assert not await opened(database, case), "one of four has time yet"
    with clock.travelled(due_at + timedelta(days=6)):
        assert await opened(database, case)
    body["dueAt"] = (due_at + timedelta(days=90)).isoformat()
    closed = await client.post(path, json=body, headers=case.approver.headers)
    assert said(closed) == (409, "/problems/scores-opened")


async def test_experts_are_reminded_who_have_not_scored(
    client: httpx.AsyncClient, database: Database
) -> None:
    case = await a_case(database)
    ids = await assigned(client, case)
    await score(client, case, 0, ids[0])
    async with database.reading() as session:
        due_at = (await session.get_one(Round, case.round_id)).scores_due_at
        jobs = list(
            await session.scalars(
                sa.select(Job).where(Job.kind == score_reminders.REMIND.name).order_by(Job.run_at)
            )
        )
    moments = Counter(job.run_at for job in jobs)
    assert moments == {due_at - timedelta(days=7): 3, due_at - timedelta(days=2): 3}
    before = len(await make.mails(database))
    with clock.travelled(due_at - timedelta(days=7)):
        async with database.work() as session:
            for job in jobs[:3]:
                assignment = await queries.assignments.one(session, job.arguments["assignment_id"])
                assert assignment is not None
                await score_reminders.remind(session, assignment.id, 7)
    mails = (await make.mails(database))[before:]
    assert [mail.subject for mail in mails] == ["Uw scores worden binnenkort verwacht"] * 2


async def test_projects_are_spread_evenly_and_only_once(
    client: httpx.AsyncClient, database: Database
) -> None:
    case = await a_case(database, experts=7)
    async with database.work() as session:
        of_round = await session.get_one(Round, case.round_id)
        for _ in range(3):
            await make.a_project(session, of_round)
    await assigned(client, case, 0, 1)
    path = f"/v1/rounds/{case.round_id}/assignments"
    answers = await asyncio.gather(
        *(client.post(path, headers=case.member.headers) for _ in range(3))
    )
    assert {answer.status_code for answer in answers} == {201}
    made = [each for answer in answers for each in answer.json()["assignments"]]
    assert len(made) == 4 * 5 - 2
    async with database.reading() as session:
        loads = await queries.panel.loads(session, case.round_id)
    assert sorted(loads.values()) == [2, 3, 3, 3, 3, 3, 3]


async def test_who_has_more_experts_than_needed_gets_no_further_ones(
    client: httpx.AsyncClient, database: Database
) -> None:
    case = await a_case(database, experts=9)
    await assigned(client, case, *range(6))
    path = f"/v1/rounds/{case.round_id}/assignments"
    spread = await client.post(path, headers=case.member.headers)
    assert spread.json() == {"assignments": [], "shortages": []}


async def test_no_expert_is_asked_where_the_policy_fixes_the_value(
    client: httpx.AsyncClient, database: Database
) -> None:
    fixed = {"kind": "fixed", "unitsPerProject": 120, "description": "One workshop of a day"}
    case = await a_case(database, policy=make.terms(valuation=fixed))
    assert said(await assign(client, case, case.experts[0])) == (409, "/problems/no-panel-here")
    path = f"/v1/rounds/{case.round_id}/assignments"
    spread = await client.post(path, headers=case.member.headers)
    assert said(spread) == (409, "/problems/no-panel-here")
