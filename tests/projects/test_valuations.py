"""Valuations: adopted by somebody else, recomputed by anybody, superseded and never edited."""

from math import floor
from statistics import median
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app.core.database import Database
from app.organisations.models import Organisation, Role, User
from app.projects.contents import public_document
from app.projects.models import (
    Project,
    ProjectDecision,
    ProjectDecisionKind,
    ProjectState,
    Round,
    RoundState,
    Valuation,
)
from tests import make
from tests.projects.test_scores import recomputed as commitment_of
from tests.projects.valuing import Case, a_case, adopt, assigned, opened, score
from tests.schemes.conftest import said

FIXED = {"kind": "fixed", "unitsPerProject": 120, "description": "One workshop of a day"}
WHY = {"reason": "It came to light that they are related."}


async def found(
    client: httpx.AsyncClient, database: Database, *estimates: int, experts: int = 0
) -> tuple[Case, list[str]]:
    """A case whose experts have scored, and whose scores are open."""
    case = await a_case(database, experts=max(experts, len(estimates)))
    ids = await assigned(client, case, *range(len(estimates)))
    for index, estimate in enumerate(estimates):
        assert (await score(client, case, index, ids[index], estimate)).status_code == 201
    assert await opened(database, case)
    return case, ids


def recomputed(document: dict[str, Any]) -> int:
    """Do the arithmetic again from the document alone, with none of our code."""
    assert document["rules"]["aggregation"] == "median"
    assert document["rules"]["rounding"] == "down"
    assert len(document["scores"]) >= document["rules"]["quorum"]
    rubric = {each["code"]: each for each in document["rules"]["rubric"]}
    for sheet in document["scores"]:
        assert commitment_of(sheet) == sheet["commitmentMade"]
        assert sheet["planVersionId"] == document["planVersion"]["id"]
        weighted = sum(
            rubric[code]["weight"] * (value - 1) * 5 for code, value in sheet["scores"].items()
        )
        numerator, denominator = map(int, sheet["weightedScore"].split("/"))
        assert weighted * denominator == numerator * 100
    estimates: list[int] = [sheet["estimateUnits"] for sheet in document["scores"]]
    return floor(median(estimates))


async def test_dam_nederland_is_valued(client: httpx.AsyncClient, database: Database) -> None:
    case, ids = await found(client, database, 112, 108, 121, 109)
    path = f"{case.path}/valuation"
    assert (await client.get(path, headers=case.entrepreneur.headers)).status_code == 404
    proposal = await client.get(f"{path}/proposal", headers=case.member.headers)
    assert proposal.json()["document"]["aggregation"]["arithmetic"] == (
        "median of 108, 109, 112, 121 = 221/2; rounded down = 110"
    )

    adopted = await adopt(client, case)

    assert adopted.status_code == 201
    assert (adopted.json()["thresholdUnits"], adopted.json()["impactUnits"]) == (108, 110)
    read = await client.get(path, headers=case.entrepreneur.headers)
    document = read.json()["document"]
    assert document == proposal.json()["document"]
    assert recomputed(document) == 110
    assert document["policy"]["number"] == 1
    assert {sheet["assignmentId"] for sheet in document["scores"]} == set(ids)
    assert make.a_sheet()["remarks"] in read.text
    assert make.a_sheet()["panelRemarks"] not in read.text
    async with database.reading() as session:
        project = await session.get_one(Project, case.id)
        assert project.state is ProjectState.VALUED
        decided = await session.scalars(
            sa.select(ProjectDecision.kind).where(ProjectDecision.project_id == case.id)
        )
        assert ProjectDecisionKind.VALUED in set(decided)
        [valuation] = await session.scalars(sa.select(Valuation))
        public = public_document(valuation.read_document()).model_dump_json(by_alias=True)
    assert make.a_sheet()["remarks"] not in public
    mail = (await make.mails(database))[-1]
    assert (mail.to, mail.subject) == (case.entrepreneur.email, "Uw project is gewaardeerd")
    assert "110 RIKX" in mail.text


async def test_why_experts_got_more_time_is_not_public(
    client: httpx.AsyncClient, database: Database
) -> None:
    case = await a_case(database)
    ids = await assigned(client, case)
    more = {"dueAt": "2099-01-01T00:00:00Z", "reason": "Ibrahim is in hospital."}
    path = f"{case.path}/score-extensions"
    assert (await client.post(path, json=more, headers=case.approver.headers)).status_code == 201
    for index, each in enumerate(ids):
        await score(client, case, index, each)
    assert await opened(database, case)
    assert more["reason"] in (await adopt(client, case)).text
    async with database.reading() as session:
        [valuation] = await session.scalars(sa.select(Valuation))
    public = public_document(valuation.read_document())
    assert "hospital" not in public.model_dump_json(by_alias=True)


async def test_a_recusal_is_a_part_of_the_valuation(
    client: httpx.AsyncClient, database: Database
) -> None:
    case = await a_case(database, experts=4)
    ids = await assigned(client, case)
    path = f"/v1/assignments/{ids[3]}/recusals"
    await client.post(path, json=WHY, headers=case.expert_headers[3])
    for index in range(3):
        await score(client, case, index, ids[index])
    assert await opened(database, case)
    document = (await adopt(client, case)).json()["document"]
    assert [
        (each["assignmentId"], each["kind"], each["reason"]) for each in document["recusals"]
    ] == [(ids[3], "declared", WHY["reason"])]


async def test_four_eyes(client: httpx.AsyncClient, database: Database) -> None:
    case, _ids = await found(client, database, 110, 110, 110, experts=4)
    async with database.work() as session:
        operator = await session.get_one(Organisation, case.approver.organisation_id)
        for user_id in case.expert_users:
            user = await session.get_one(User, user_id)
            await make.a_membership(session, operator, user, Role.APPROVER)
        owner = await session.get_one(Organisation, case.entrepreneur.organisation_id)
        insider = await make.a_member(session, Role.APPROVER, operator)
        user = await session.get_one(User, insider.user_id)
        await make.a_membership(session, owner, user, Role.VIEWER)
    for headers in (case.expert_headers[0], case.expert_headers[3]):
        answer = await adopt(client, case, headers)
        assert said(answer) == (403, "/problems/experts-do-not-adopt")
    assert said(await adopt(client, case, insider.headers)) == (403, "/problems/own-affair")
    assert said(await adopt(client, case, case.member.headers))[0] == 403
    assert (await adopt(client, case)).status_code == 201


async def test_the_threshold_lies_within_the_value(
    client: httpx.AsyncClient, database: Database
) -> None:
    case, _ids = await found(client, database, 107, 107, 500)
    answer = await adopt(client, case)
    assert said(answer) == (409, "/problems/threshold-above-value")
    assert (answer.json()["thresholdUnits"], answer.json()["impactUnits"]) == (108, 107)


async def test_a_fixed_value_needs_another_pair_of_eyes(
    client: httpx.AsyncClient, database: Database
) -> None:
    case = await a_case(database, experts=0, policy=make.terms(valuation=FIXED))
    async with database.work() as session:
        project = await session.get_one(Project, case.id)
        operator = await session.get_one(Organisation, case.approver.organisation_id)
        acceptor = await make.a_member(session, Role.APPROVER, operator)
        session.add(
            ProjectDecision(
                project_id=project.id,
                kind=ProjectDecisionKind.ACCEPTED,
                reason="As the conditions say.",
                decided_by=f"user:{acceptor.user_id}",
            )
        )
    own = await adopt(client, case, acceptor.headers)
    assert said(own) == (403, "/problems/own-acceptance")
    adopted = await adopt(client, case)
    assert adopted.json()["impactUnits"] == 120
    assert adopted.json()["document"]["rules"]["unitsPerProject"] == 120
    assert said(await adopt(client, case)) == (409, "/problems/nothing-to-supersede")


async def test_a_late_recusal_leads_to_a_valuation_that_supersedes(
    client: httpx.AsyncClient, database: Database
) -> None:
    case, ids = await found(client, database, 200, 110, 112, 114)
    first = (await adopt(client, case)).json()
    assert said(await adopt(client, case)) == (409, "/problems/nothing-to-supersede")
    path = f"/v1/assignments/{ids[0]}/recusals"
    # Who only prepares does not choose whose scores count, now that they are known.
    prepared = await client.post(path, json=WHY, headers=case.member.headers)
    assert said(prepared) == (403, "/problems/role-too-small")
    recusal = await client.post(path, json=WHY, headers=case.approver.headers)
    assert recusal.status_code == 201
    second = (await adopt(client, case)).json()
    assert (first["impactUnits"], second["impactUnits"]) == (113, 112)
    assert (second["number"], second["supersedesId"]) == (2, first["id"])
    listed = await client.get(f"{case.path}/valuations", headers=case.entrepreneur.headers)
    assert listed.json()["items"] == [first, second]

    await client.post(f"/v1/assignments/{ids[1]}/recusals", json=WHY, headers=case.approver.headers)

    async with database.reading() as session:
        assert (await session.get_one(Project, case.id)).state is ProjectState.ELIGIBLE
    assert said(await adopt(client, case)) == (409, "/problems/quorum-not-met")
    [again] = await assigned(client, case, 2)
    seen = await client.get(f"{case.path}/panel", headers=case.member.headers)
    assert (seen.json()["number"], seen.json()["assignments"][0]["id"]) == (2, again)
    earlier = await client.get(f"{case.path}/panel?number=1", headers=case.member.headers)
    found_before = [each["findings"]["estimateUnits"] for each in earlier.json()["assignments"]]
    assert found_before == [200, 110, 112, 114], "nobody's finding gets lost"
    none = await client.get(f"{case.path}/panel?number=3", headers=case.member.headers)
    assert said(none) == (404, "/problems/not-found")


async def contested(client: httpx.AsyncClient, database: Database, case: Case) -> None:
    """Have the entrepreneur object to its valuation, and somebody else find it right."""
    async with database.work() as session:
        operator = await session.get_one(Organisation, case.approver.organisation_id)
        second = await make.a_member(session, Role.APPROVER, operator)
    decided = await client.get(f"{case.path}/decisions", headers=case.entrepreneur.headers)
    valued = decided.json()["items"][0]
    assert valued["kind"] == "valued"
    objection = {"decisionId": valued["id"], "grounds": "Three of the twelve were left out."}
    lodged = await client.post(
        f"{case.path}/objections", json=objection, headers=case.entrepreneur.headers
    )
    assert lodged.status_code == 201
    where = f"{case.path}/objections/{lodged.json()['id']}/decisions"
    upheld = {"kind": "upheld", "reason": "They were, indeed."}
    own = await client.post(where, json=upheld, headers=case.approver.headers)
    assert said(own) == (403, "/problems/own-decision")
    decision = await client.post(where, json=upheld, headers=second.headers)
    assert decision.status_code == 201
    project = await client.get(case.path, headers=case.entrepreneur.headers)
    assert project.json()["state"] == "eligible"


async def test_a_contested_valuation_is_made_again_by_a_new_sitting(
    client: httpx.AsyncClient, database: Database
) -> None:
    case, _ids = await found(client, database, 110, 110, 110)
    await adopt(client, case)
    await contested(client, database, case)
    assert said(await adopt(client, case)) == (409, "/problems/scores-sealed")
    ids = await assigned(client, case)
    assert said(await adopt(client, case)) == (409, "/problems/scores-sealed")
    for index, each in enumerate(ids):
        await score(client, case, index, each, 130)
    assert await opened(database, case)
    adopted = await adopt(client, case)
    assert (adopted.json()["number"], adopted.json()["impactUnits"]) == (2, 130)


async def test_valuations_and_scores_are_never_changed(
    client: httpx.AsyncClient, database: Database
) -> None:
    case, _ids = await found(client, database, 110, 110, 110)
    await adopt(client, case)
    for table in ("valuations", "sealed_scores", "opened_scores", "recusals", "assignments"):
        for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):  # noqa: S608  Names of our own.
            with pytest.raises(DBAPIError):
                async with database.work() as session:
                    await session.execute(sa.text(statement))


ACTIONS: dict[str, set[ProjectState]] = {
    "assign": {ProjectState.ELIGIBLE},
    "score": {ProjectState.ELIGIBLE},
    "recuse": {ProjectState.ELIGIBLE, ProjectState.VALUED},
    "extend": {ProjectState.ELIGIBLE},
    "adopt": {ProjectState.ELIGIBLE, ProjectState.VALUED},
}


async def act(
    client: httpx.AsyncClient, case: Case, action: str, assignment: str
) -> httpx.Response:
    later = "2099-01-01T00:00:00Z"
    calls: dict[str, tuple[str, Any, dict[str, str]]] = {
        "assign": (
            f"{case.path}/assignments",
            {"panelMemberId": str(case.experts[3])},
            case.member.headers,
        ),
        "score": (
            f"/v1/assignments/{assignment}/scores",
            make.a_sheet(),
            case.expert_headers[0],
        ),
        "recuse": (f"/v1/assignments/{assignment}/recusals", WHY, case.member.headers),
        "extend": (
            f"{case.path}/score-extensions",
            {"dueAt": later, **WHY},
            case.approver.headers,
        ),
        "adopt": (f"{case.path}/valuations", WHY, case.approver.headers),
    }
    path, body, headers = calls[action]
    return await client.post(path, json=body, headers=headers)


@pytest.mark.parametrize("action", ACTIONS)
async def test_every_action_in_every_state(
    client: httpx.AsyncClient, database: Database, action: str
) -> None:
    case = await a_case(database, experts=4)
    ids = await assigned(client, case, 0, 1, 2)
    if action == "adopt":
        for index, each in enumerate(ids):
            await score(client, case, index, each)
        assert await opened(database, case)
    allowed = sorted(ACTIONS[action])
    for state in [*(set(ProjectState) - ACTIONS[action]), *allowed]:
        async with database.work() as session:
            (await session.get_one(Project, case.id)).state = state
        answer = await act(client, case, action, ids[0])
        if state == allowed[0]:
            assert answer.status_code == 201, answer.text
        elif state in allowed:
            assert said(answer) in {
                (409, "/problems/already-recused"),
                (409, "/problems/nothing-to-supersede"),
            }, "it is not the state that forbids"
        else:
            assert said(answer) == (409, "/problems/project-state-forbids"), state
            assert answer.json()["currentState"] == state


@pytest.mark.parametrize("action", ACTIONS)
async def test_nothing_is_valued_in_a_round_that_has_ended(
    client: httpx.AsyncClient, database: Database, action: str
) -> None:
    case = await a_case(database, experts=4)
    ids = await assigned(client, case, 0, 1, 2)
    for state in (RoundState.DRAFT, RoundState.ENDED, RoundState.SETTLED, RoundState.CANCELLED):
        async with database.work() as session:
            (await session.get_one(Round, case.round_id)).state = state
        answer = await act(client, case, action, ids[0])
        assert said(answer) == (409, "/problems/round-state-forbids"), state
