"""Nobody reads sealed scores: through any route, as any caller, or in the database."""

import re

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from app.core.database import Base, Database, connect
from app.core.ids import new_id
from app.core.settings import Settings
from app.organisations.models import Organisation, Role
from app.projects import queries
from app.projects.actions.panel import CommitmentBroken
from app.projects.models import OpenedScores, Project, SealedScores
from app.schemes.models import Scheme
from tests import make
from tests.projects.test_scores import recomputed
from tests.projects.valuing import Headers, a_case, adopt, assigned, opened, score
from tests.schemes.conftest import said

ESTIMATE = 7_654_321
REMARK = "Zeldzaam goed, zegt de kwikstaart."
SECRETS = (str(ESTIMATE), "kwikstaart")


async def everybody(database: Database, case_id: object) -> dict[str, Headers]:
    """Make who may see most of what there is: nobody of them wrote the sheet."""
    async with database.work() as session:
        project = await session.get_one(Project, case_id)
        scheme = await session.get_one(Scheme, project.scheme_id)
        operator = await session.get_one(Organisation, scheme.operator_id)
        auditor = await make.an_auditor(session, operator, auditing := await make.a_user(session))
        assert auditor.user_id == auditing.id
        staff = await make.signed_in(session, await make.a_user(session, staff=True))
        admin = await make.a_member(session, Role.ADMIN, operator)
        return {
            "nobody": {},
            "staff": staff,
            "auditor": await make.signed_in(session, auditing),
            "admin": admin.headers,
        }


async def test_no_route_shows_sealed_scores_to_anybody_else(
    client: httpx.AsyncClient, app: FastAPI, database: Database
) -> None:
    case = await a_case(database, experts=3)
    ids = await assigned(client, case)
    body = make.a_sheet(ESTIMATE, remarks=REMARK, panelRemarks=REMARK)
    path = f"/v1/assignments/{ids[0]}/scores"
    naming = {**body, "panelRemarks": "Known to me: 111222333."}
    named = await client.post(path, json=naming, headers=case.expert_headers[0])
    assert [each["pointer"] for each in named.json()["errors"]] == ["#/panelRemarks"]
    sent = await client.post(path, json=body, headers=case.expert_headers[0])
    assert sent.status_code == 201
    assert not any(secret in sent.text for secret in SECRETS)
    assert not await opened(database, case)
    callers = await everybody(database, case.id)
    callers |= {
        "approver": case.approver.headers,
        "member": case.member.headers,
        "entrepreneur": case.entrepreneur.headers,
        "another expert": case.expert_headers[1],
    }
    known = {
        "project_id": case.id,
        "round_id": case.round_id,
        "scheme_id": case.scheme_id,
        "assignment_id": ids[0],
        "organisation_id": case.approver.organisation_id,
        "number": 1,
    }
    read = 0
    for template, operations in app.openapi()["paths"].items():
        if "get" not in operations:
            continue
        names = re.findall(r"{(\w+)}", template)
        filled = template.format_map({name: known.get(name, new_id()) for name in names})
        for who, headers in callers.items():
            answer = await client.get(f"/v1{filled}", headers=headers)
            read += answer.is_success
            assert answer.status_code != 500, (template, who)
            assert not any(secret in answer.text for secret in SECRETS), (template, who)
    assert read > 50, "hardly anything was read"
    writes = {
        f"{case.path}/valuations": {"reason": "It is time."},
        f"/v1/rounds/{case.round_id}/assignments": None,
        path: make.a_sheet(),
    }
    for write, sheet in writes.items():
        for headers in callers.values():
            answer = await client.post(write, json=sheet, headers=headers)
            assert not any(secret in answer.text for secret in SECRETS)
    own = await client.get(path, headers=case.expert_headers[0])
    assert own.json()["findings"]["estimateUnits"] == ESTIMATE
    assert recomputed(own.json()["findings"]) == sent.json()["commitment"]


async def test_who_reads_the_database_reads_no_scores(
    client: httpx.AsyncClient, database: Database
) -> None:
    case = await a_case(database)
    ids = await assigned(client, case)
    body = make.a_sheet(ESTIMATE, remarks=REMARK, panelRemarks=REMARK)
    path = f"/v1/assignments/{ids[0]}/scores"
    assert (await client.post(path, json=body, headers=case.expert_headers[0])).is_success
    async with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            rows = await session.execute(sa.text(f'SELECT CAST(t AS text) FROM "{table.name}" t'))  # noqa: S608  Names of our own tables.
            written = "\n".join(rows.scalars())
            assert not any(secret in written for secret in SECRETS), table.name


async def test_opened_scores_are_what_the_experts_committed_to(
    client: httpx.AsyncClient, database: Database
) -> None:
    case = await a_case(database)
    ids = await assigned(client, case)
    commitments = [
        (await score(client, case, index, each, 100 + index)).json()["commitment"]
        for index, each in enumerate(ids)
    ]
    assert await opened(database, case)

    seen = (await client.get(f"{case.path}/panel", headers=case.member.headers)).json()

    found = {each["id"]: each for each in seen["assignments"]}
    for index, each in enumerate(ids):
        findings = found[each]["findings"]
        assert findings["estimateUnits"] == 100 + index
        assert findings["panelRemarks"]["text"] == make.a_sheet()["panelRemarks"]
        assert recomputed(findings) == found[each]["commitment"] == commitments[index]


async def test_of_several_sheets_the_last_one_counts(
    client: httpx.AsyncClient, database: Database
) -> None:
    case = await a_case(database)
    ids = await assigned(client, case)
    await score(client, case, 0, ids[0], 1)
    again = await score(client, case, 0, ids[0], 108)
    assert again.json()["number"] == 2
    for index in (1, 2):
        await score(client, case, index, ids[index], 112)
    assert await opened(database, case)
    async with database.reading() as session:
        project = await queries.projects.one(session, case.id)
        assert project is not None
        document = await queries.valuations.proposal(session, project)
    assert document.model_dump()["aggregation"]["values"] == [108, 112, 112]
    assert [each["replaced"] for each in document.model_dump()["scores"]] == [1, 0, 0]
    late = await score(client, case, 0, ids[0], 1)
    assert late.json()["type"] == "/problems/scores-opened"


TAMPERING = {
    "another commitment": "UPDATE sealed_scores SET commitment = repeat('0', 64) WHERE id = :first",
    "another expert's sheet": "UPDATE sealed_scores s SET sealed = o.sealed,"
    " commitment = o.commitment FROM sealed_scores o WHERE s.id = :first AND o.id = :second",
}


@pytest.mark.parametrize("how", TAMPERING)
async def test_a_sheet_that_was_changed_in_the_database_opens_nothing(
    client: httpx.AsyncClient, database: Database, settings: Settings, how: str
) -> None:
    case = await a_case(database)
    ids = await assigned(client, case)
    for index, each in enumerate(ids):
        assert (await score(client, case, index, each, 100 + index)).status_code == 201
    async with database.reading() as session:
        first, second, _ = await session.scalars(sa.select(SealedScores.id))
    # Nobody but who owns the table can, and only where its trigger is switched off.
    owner = connect(settings.owner_url, settings, pool_size=1)
    async with owner.begin() as connection:
        await connection.execute(sa.text("ALTER TABLE sealed_scores DISABLE TRIGGER append_only"))
        values = {"first": first} | ({"second": second} if ":second" in TAMPERING[how] else {})
        changed = await connection.execute(sa.text(TAMPERING[how]), values)
        assert changed.rowcount == 1
        await connection.execute(sa.text("ALTER TABLE sealed_scores ENABLE TRIGGER append_only"))
    await owner.dispose()

    with pytest.raises(CommitmentBroken):
        await opened(database, case)

    seen = (await client.get(f"{case.path}/panel", headers=case.member.headers)).json()
    assert seen["openedAt"] is None
    assert [each["findings"] for each in seen["assignments"]] == [None] * 3
    assert said(await adopt(client, case)) == (409, "/problems/scores-sealed")
    async with database.reading() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(OpenedScores)) == 0
