"""Who has a part in a project does not judge it, and who lost a part in it reads it no more."""

from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from app.audits.models import AuditReading
from app.core import clock
from app.core.database import Database
from app.core.ids import new_id
from app.organisations.models import Organisation, Role, User
from app.projects.models import (
    Objection,
    Project,
    ProjectDecisionKind,
    ProjectState,
)
from app.projects.queries.projects import last_decision
from app.schemes.models import PanelMember, Scheme
from tests import make
from tests.make import Member, contents
from tests.projects.valuing import Case, a_case, adopt, assigned, opened, score
from tests.schemes.conftest import said

WHY = {"reason": "My brother works for the entrepreneur."}


async def test_an_expert_reads_the_files_of_the_plan(
    client: httpx.AsyncClient, database: Database
) -> None:
    case = await a_case(database)
    async with database.work() as session:
        attachment = await make.a_version_with_a_file(session, case.id)
    [first] = await assigned(client, case, 0)
    path = f"/v1/assignments/{first}/attachments"
    given = await client.get(f"{path}/{attachment}/content", headers=case.expert_headers[0])
    assert (given.status_code, given.content) == (200, contents.a_pdf())
    assert given.headers["content-disposition"].startswith("attachment")
    elsewhere = await client.get(f"{path}/{new_id()}/content", headers=case.expert_headers[0])
    assert said(elsewhere) == (404, "/problems/not-found")
    other = await client.get(f"{path}/{attachment}/content", headers=case.expert_headers[1])
    assert said(other) == (404, "/problems/not-found")


@pytest.mark.parametrize("how", ["recused", "left"])
async def test_who_does_not_value_a_plan_any_more_does_not_read_it(
    client: httpx.AsyncClient, database: Database, how: str
) -> None:
    case = await a_case(database)
    async with database.work() as session:
        attachment = await make.a_version_with_a_file(session, case.id)
    [first] = await assigned(client, case, 0)
    path = f"/v1/assignments/{first}"
    if how == "recused":
        await client.post(f"{path}/recusals", json=WHY, headers=case.member.headers)
    else:
        where = f"/v1/schemes/{case.scheme_id}/panel-members/{case.experts[0]}/endings"
        await client.post(where, json=WHY, headers=case.approver.headers)
    for address in (path, f"{path}/attachments/{attachment}/content"):
        answer = await client.get(address, headers=case.expert_headers[0])
        assert said(answer) == (403, "/problems/not-asked-any-more")
    listed = await client.get("/v1/me/assignments", headers=case.expert_headers[0])
    assert [each["id"] for each in listed.json()["items"]] == [first], "that they were asked"


async def test_an_expert_who_came_back_goes_on(
    client: httpx.AsyncClient, database: Database
) -> None:
    case = await a_case(database)
    [first] = await assigned(client, case, 0)
    async with database.work() as session:
        seat = await session.get_one(PanelMember, case.experts[0])
        seat.ended_at = clock.now()
        await session.flush()
        user = await session.get_one(User, case.expert_users[0])
        await make.an_expert(session, await session.get_one(Scheme, case.scheme_id), user)
    assert (await score(client, case, 0, first)).status_code == 201


async def an_insider(database: Database, case: Case) -> Member:
    """Somebody who decides for the operator and acts for the entrepreneur."""
    async with database.work() as session:
        operator = await session.get_one(Organisation, case.approver.organisation_id)
        owner = await session.get_one(Organisation, case.entrepreneur.organisation_id)
        insider = await make.a_member(session, Role.APPROVER, operator)
        user = await session.get_one(User, insider.user_id)
        await make.a_membership(session, owner, user, Role.VIEWER)
        return insider


async def test_nobody_chooses_the_experts_of_their_own_project(
    client: httpx.AsyncClient, database: Database
) -> None:
    case = await a_case(database)
    ids = await assigned(client, case, 0, 1)
    insider = await an_insider(database, case)
    later = {"dueAt": "2099-01-01T00:00:00Z", **WHY}
    calls: dict[str, dict[str, Any]] = {
        f"{case.path}/assignments": {"panelMemberId": str(case.experts[2])},
        f"/v1/assignments/{ids[0]}/recusals": WHY,
        f"{case.path}/score-extensions": later,
    }
    for path, body in calls.items():
        own = await client.post(path, json=body, headers=insider.headers)
        assert said(own) == (403, "/problems/own-affair"), path
        other = await client.post(path, json=body, headers=case.approver.headers)
        assert other.status_code == 201, path


async def test_no_expert_judges_an_objection_to_what_they_found(
    client: httpx.AsyncClient, database: Database
) -> None:
    case = await a_case(database)
    ids = await assigned(client, case)
    for index, each in enumerate(ids):
        await score(client, case, index, each)
    assert await opened(database, case)
    assert (await adopt(client, case)).status_code == 201
    async with database.work() as session:
        operator = await session.get_one(Organisation, case.approver.organisation_id)
        user = await session.get_one(User, case.expert_users[0])
        await make.a_membership(session, operator, user, Role.APPROVER)
        second = await make.a_member(session, Role.APPROVER, operator)
        contested = await last_decision(session, case.id, ProjectDecisionKind.VALUED)
        assert contested is not None
        objection = Objection(
            project_id=case.id,
            decision_id=contested.id,
            grounds="It is worth more.",
            lodged_by_id=case.entrepreneur.user_id,
        )
        session.add(objection)
    path = f"{case.path}/objections/{objection.id}/decisions"
    decision = {"kind": "dismissed", "reason": "We stand by it."}
    expert = await client.post(path, json=decision, headers=case.expert_headers[0])
    assert said(expert) == (403, "/problems/own-decision")
    assert said(await client.post(path, json=decision, headers=second.headers)) == (201, None)


async def test_what_an_auditor_reads_stands_in_the_trail_once(
    client: httpx.AsyncClient, database: Database
) -> None:
    case = await a_case(database)
    await assigned(client, case)
    async with database.work() as session:
        operator = await session.get_one(Organisation, case.approver.organisation_id)
        user = await make.a_user(session)
        await make.an_auditor(session, operator, user)
        headers = await make.signed_in(session, user)
    reading = [case.path, f"{case.path}/panel", f"/v1/rounds/{case.round_id}/settings"]
    for path in reading:
        assert (await client.get(path, headers=headers)).status_code == 200
    async with database.reading() as session:
        noted = await session.scalar(
            sa.select(sa.func.count()).where(AuditReading.user_id == user.id)
        )
    assert noted == len(reading)


async def test_an_eligible_plan_that_asks_for_too_much_can_go_back(
    client: httpx.AsyncClient, database: Database
) -> None:
    case = await a_case(database)
    ids = await assigned(client, case)
    back = {
        "kind": "returned",
        "reason": "Ask for fewer units.",
        "remarks": [{"pointer": "#/thresholdUnits", "text": "The panel found it worth 107."}],
    }
    path = f"{case.path}/eligibility-decisions"
    early = await client.post(path, json=back, headers=case.approver.headers)
    assert said(early) == (409, "/problems/scores-sealed")
    for index, each in enumerate(ids):
        await score(client, case, index, each, 107)
    assert await opened(database, case)
    assert said(await adopt(client, case)) == (409, "/problems/threshold-above-value")
    returned = await client.post(path, json=back, headers=case.approver.headers)
    assert said(returned) == (201, None)
    async with database.reading() as session:
        assert (await session.get_one(Project, case.id)).state is ProjectState.RETURNED
