"""Importing and exporting over HTTP: all rows or none, once, by those who may."""

import csv
import io
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from app.core.database import Database
from app.core.events import Event
from app.core.ids import new_id
from app.organisations.models import Organisation
from app.projects.models import PlanVersion, Project, ProjectState, Round, RoundState
from app.projects.queries import exports
from tests import make
from tests.projects.conftest import Fair, events_of, said
from tests.projects.test_rounds import a_request, in_days

PLANS = [make.a_plan(), {"title": {"nl": "Leerwerkplek"}, "thresholdUnits": 40}]
SHEET = "title.nl;thresholdUnits;costs\r\nLeerwerkplek;40;materials | 100000 | Hout\r\n"
FAULTY = SHEET + "Tweede;veel;gratis | 1 | Hout\r\nBel 111222333;40;materials | 1 | Hout\r\n"


async def send(  # noqa: PLR0913  Each may matter to a test.
    client: httpx.AsyncClient,
    path: str,
    rows: str | list[dict[str, Any]],
    headers: dict[str, str],
    *,
    item: str = "plan",
    key: str | None = None,
) -> httpx.Response:
    """Send rows as CSV, if they are text, or as JSON."""
    headers = {"Idempotency-Key": key or str(new_id()), **headers}
    if isinstance(rows, str):
        csv_headers = {**headers, "Content-Type": "text/csv"}
        return await client.post(path, content=rows.encode(), headers=csv_headers)
    document = {f"{item}s": [{item: row} for row in rows]}
    return await client.post(path, json=document, headers=headers)


def imports_of(fair: Fair) -> str:
    return f"/v1/organisations/{fair.entrepreneur_id}/rounds/{fair.round_id}/plan-imports"


async def count(database: Database, kind: type[Project | Round | PlanVersion | Event]) -> int:
    async with database.reading() as session:
        return int(await session.scalar(sa.select(sa.func.count()).select_from(kind)) or 0)


async def test_a_dry_run_tells_all_and_changes_nothing(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    events = await count(database, Event)
    path, headers = imports_of(fair), fair.writer.headers
    tried = await client.post(
        f"{path}/dry-run", content=FAULTY, headers={**headers, "Content-Type": "text/csv"}
    )
    assert said(tried) == (200, None)
    report = tried.json()
    assert (report["rows"], report["faultCount"]) == (3, 3)
    assert [(each["row"], each["column"]) for each in report["faults"]] == [
        (3, "thresholdUnits"),
        (3, "costs"),
        (4, "title.nl"),
    ]
    [good] = report["plans"]
    assert (good["row"], good["title"]["nl"]) == (2, "Leerwerkplek")
    assert {"code": "missing", "pointer": "#/startsOn"}.items() <= next(
        each for each in good["lacks"] if each["pointer"] == "#/startsOn"
    ).items()

    refused = await send(client, path, FAULTY, headers)
    assert said(refused) == (400, "/problems/rows-refused")
    assert refused.json()["faults"] == report["faults"]
    assert refused.json()["faultCount"] == 3
    assert await count(database, Project) == 0
    assert await count(database, Event) == events


async def test_drafts_are_imported_once_and_go_out_as_they_came(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    path, headers = imports_of(fair), fair.writer.headers
    first = await send(client, path, PLANS, headers, key="the-key")
    again = await send(client, path, PLANS, headers, key="the-key")
    assert said(first) == (201, None)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    assert [each["row"] for each in first.json()["projects"]] == [1, 2]
    async with database.reading() as session:
        projects = (await session.scalars(sa.select(Project).order_by(Project.id))).all()
    assert [str(project.id) for project in projects] == [
        each["projectId"] for each in first.json()["projects"]
    ]
    assert {project.state for project in projects} == {ProjectState.DRAFT}
    assert await count(database, PlanVersion) == 0
    assert await events_of(database, fair.entrepreneur_id) == ["plans.imported"]

    export = f"/v1/organisations/{fair.entrepreneur_id}/plan-export"
    out = await client.get(export, params={"roundId": str(fair.round_id)}, headers=headers)
    assert [row["plan"] for row in out.json()["plans"]] == PLANS
    table = await client.get(export, params={"format": "csv"}, headers=headers)
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="plans.csv"' in table.headers["Content-Disposition"]
    assert said(await send(client, path, table.text, headers)) == (201, None)
    out = await client.get(export, headers=headers)
    plans = [row["plan"] for row in out.json()["plans"]]
    whole, part = plans[2:]
    assert whole == {name: value for name, value in PLANS[0].items() if value != ""} | {
        name: {"nl": PLANS[0][name]["nl"], "en": ""}
        for name in ("title", "summary", "objectives", "activities")
    }
    assert part["title"] == {"nl": "Leerwerkplek", "en": ""}


async def test_the_operator_takes_along_what_was_submitted(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    async with database.work() as session:
        in_round = await session.get_one(Round, fair.round_id)
        owner = await session.get_one(Organisation, fair.entrepreneur_id)
        for number in range(3):
            plan = make.a_plan(notes=f"=cmd|{number}", partners="Vertrouwelijk.")
            await make.a_project(session, in_round, owner, state=ProjectState.SUBMITTED, plan=plan)
    await a_draft(database, fair)
    path = f"/v1/rounds/{fair.round_id}/plan-export"
    told = (await client.get(path, headers=fair.viewer.headers)).json()["plans"]
    assert [row["plan"]["notes"] for row in told] == ["=cmd|0", "=cmd|1", "=cmd|2"]
    assert {row["about"]["version"] for row in told} == {1}
    table = await client.get(path, params={"format": "csv"}, headers=fair.viewer.headers)
    rows = list(csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff")), delimiter=";"))
    assert [row["notes"] for row in rows] == ["'=cmd|0", "'=cmd|1", "'=cmd|2"]
    assert said(await client.get(path, headers=fair.owner.headers))[0] == 404


async def a_draft(database: Database, fair: Fair) -> None:
    """Have a plan written that the operator does not know of."""
    async with database.work() as session:
        await fair.a_project(session, ProjectState.DRAFT)


async def test_a_file_goes_on_after_its_first_batch(
    client: httpx.AsyncClient, database: Database, fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.work() as session:
        for _ in range(4):
            await fair.a_project(session, ProjectState.SUBMITTED)
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    path = f"/v1/rounds/{fair.round_id}/plan-export"
    told = (await client.get(path, headers=fair.viewer.headers)).json()["plans"]
    ids = [row["about"]["projectId"] for row in told]
    assert len(ids) == 4
    assert ids == sorted(ids)


async def test_rounds_move_to_another_scheme(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    async with database.work() as session:
        await fair.a_round(session, RoundState.DRAFT)
        operator = await session.get_one(Organisation, fair.approver.organisation_id)
        other = await make.a_scheme(session, operator)
    headers = fair.approver.headers
    out = await client.get(f"/v1/schemes/{fair.scheme_id}/round-export", headers=headers)
    assert [row["about"]["number"] for row in out.json()["rounds"]] == [1, 2]
    rounds = [row["round"] for row in out.json()["rounds"]]
    path = f"/v1/schemes/{other.id}/round-imports"

    tried = await send(client, f"{path}/dry-run", rounds, headers, item="round")
    assert said(tried) == (200, None)
    assert [(each["row"], each["pointer"], each["code"]) for each in tried.json()["faults"]] == [
        (1, "#/plansOpenAt", "date-cannot-be")
    ]
    refused = await send(client, path, rounds, headers, item="round")
    assert said(refused) == (400, "/problems/rows-refused")
    assert await count(database, Round) == 2

    rounds[0]["plansOpenAt"] = in_days(1)
    made = await send(client, path, rounds, headers, item="round")
    assert said(made) == (201, None)
    assert [each["number"] for each in made.json()["rounds"]] == [1, 2]
    export = f"/v1/schemes/{other.id}/round-export"
    again = (await client.get(export, headers=headers)).json()["rounds"]
    assert [row["about"]["state"] for row in again] == ["draft", "draft"]
    assert again[1]["round"] == rounds[1]
    table = await client.get(export, params={"format": "csv"}, headers=headers)
    twice = await send(client, path, table.text, headers)
    assert [each["number"] for each in twice.json()["rounds"]] == [3, 4]
    whole = (await client.get(export, headers=headers)).json()["rounds"]
    assert [row["round"] for row in whole[2:]] == [row["round"] for row in again]


async def test_all_dates_of_all_rounds_are_looked_at(client: httpx.AsyncClient, fair: Fair) -> None:
    rows = [
        a_request(plansOpenAt=in_days(-1), plansCloseAt=in_days(-2)),
        a_request(),
        a_request(saleEndsAt=in_days(2), name={"nl": "Vijf"}),
        a_request(saleEndsAt=in_days(2)),
    ]
    path = f"/v1/schemes/{fair.scheme_id}/round-imports/dry-run"
    tried = await send(client, path, rows, fair.approver.headers, item="round")
    assert [(each["row"], each["pointer"]) for each in tried.json()["faults"]] == [
        (1, "#/plansOpenAt"),
        (1, "#/plansCloseAt"),
        (1, "#/plansCloseAt"),
        (3, "#/name/en"),
        (3, "#/saleEndsAt"),
        (4, "#/saleEndsAt"),
    ]


async def test_what_could_not_begin_is_not_imported(
    client: httpx.AsyncClient, database: Database, fair: Fair
) -> None:
    headers = fair.writer.headers
    html = {**headers, "Content-Type": "text/html", "Idempotency-Key": "a"}
    other = await client.post(imports_of(fair), content="<p>", headers=html)
    assert said(other) == (415, "/problems/unsupported-media-type")
    large = await send(client, imports_of(fair), "notes\r\n" + "x" * 1_048_576, headers)
    assert said(large) == (413, "/problems/body-too-large")
    no_table = await send(client, imports_of(fair), "titel\r\nx", headers)
    assert said(no_table) == (400, "/problems/invalid-request")
    [fault] = no_table.json()["errors"]
    assert fault["code"] == "unknown-column"
    assert "No column is called titel here. The columns are called " in fault["detail"]
    async with database.work() as session:
        (await session.get_one(Round, fair.round_id)).state = RoundState.VALUING
    for path in (imports_of(fair), f"{imports_of(fair)}/dry-run"):
        assert said(await send(client, path, SHEET, headers)) == (409, "/problems/plans-closed")
    gone = f"/v1/organisations/{fair.entrepreneur_id}/rounds/{new_id()}/plan-imports"
    assert said(await send(client, gone, SHEET, headers)) == (404, "/problems/not-found")
    assert await count(database, Project) == 0
