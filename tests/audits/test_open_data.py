"""Open data: what everybody may use, and nothing that gives one person away."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from app.audits.open_data import DATASETS, Kept, OpenFormat, closed_quarters, file_of, keeping
from app.audits.open_data.hiding import Moved, hidden_kinds
from app.core import clock
from app.core.ids import new_id
from app.core.installation import Installation
from app.organisations.models import UserSession
from app.projects.models import ReportDecision, ReportKind, ReportState, ReportVersion, Result
from tests.audits.conftest import Audit
from tests.make.reports import a_submitted_report
from tests.orders.conftest import said
from tests.orders.undoing import refund

PATH = "/v1/open-data"


@pytest.fixture
def later() -> Iterator[None]:
    """Have the clock set back after a test that sets it forward."""
    yield
    clock.shift(timedelta(0))


def _this_quarter() -> str:
    today = clock.today()
    return f"{today.year}-Q{(today.month + 2) // 3}"


async def _table(client: httpx.AsyncClient, path: str) -> list[dict[str, str]]:
    answer = await client.get(f"{PATH}/{path}/rows.csv")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))


async def _reported(audit: Audit) -> None:
    """Have a final report accepted: eight and three took part, five of the eight found work."""
    author = audit.authority.admin.user_id
    async with audit.database.work() as session:
        report = await a_submitted_report(
            session,
            audit.claims.stall.listing.project_id,
            author,
            of_kind=ReportKind.FINAL,
        )
        report.state, report.result = ReportState.ACCEPTED, Result.SHORT
        version = sa.select(ReportVersion.id).where(ReportVersion.report_id == report.id)
        session.add(
            ReportDecision(
                report_id=report.id,
                report_version_id=await session.scalar(version),
                state=ReportState.ACCEPTED,
                reason="As it was.",
                remarks=[],
                decided_by_id=author,
            )
        )


@pytest.mark.usefixtures("later")
async def test_a_closed_quarter_says_what_became_known_in_it_and_hides_small_counts(
    app: FastAPI, audit: Audit
) -> None:
    client, quarter = audit.client, _this_quarter()
    order_id, _ = await audit.approved_claim()
    await _reported(audit)
    going_on = await client.get(f"{PATH}/reach/{quarter}/rows.csv")
    assert said(going_on) == (404, "/problems/quarter-not-published")
    clock.shift(timedelta(days=95))
    async with audit.database.work() as session:
        # Whoever was signed in is so still.
        still = {"expires_at": clock.now() + timedelta(hours=1), "last_used_at": clock.now()}
        await session.execute(sa.update(UserSession).values(still))
        # A demo is made today, and its books begin before.
        await session.execute(sa.update(Installation).values(created_at=clock.now()))

    [dataset] = [
        each for each in (await client.get(PATH)).json()["datasets"] if each["name"] == "purchases"
    ]
    assert [files["quarter"] for files in dataset["files"]] == [quarter]
    [sold] = await _table(client, f"purchases/{quarter}")
    assert (sold["boughtUnits"], sold["returnedUnits"], sold["retiredUnits"]) == ("108", "0", "6")
    assert sold["priceCents"] == str(108 * 10_000)
    [counted] = await _table(client, f"fulfilments/{quarter}")
    assert (counted["kind"], counted["addedCents"], counted["fulfilments"]) == (
        *("rikx", "90000"),
        "1",
    )
    owed = await _table(client, f"obligations/{quarter}")
    assert {row["authorityName"] for row in owed} == {"Gemeente"}
    assert {row["isSuppressed"] for row in [counted, *owed]} == {"false"}
    [imposed] = [row for row in owed if row["account"] == "imposed"][:1]
    assert int(imposed["addedCents"]) > 0
    # Three of twelve are too few, and the nine would give them away beside the total.
    people = await _table(client, f"reach/{quarter}")
    shown = {(row["dimension"], row["name"]): row["people"] for row in people}
    assert shown["total", ""] == "12"
    groups = {
        name: told for (dimension, name), told in shown.items() if dimension == "target-group"
    }
    assert groups == {"participatiewet": "", "jobs-agreement": ""}
    await _results(audit, quarter)

    kept: Kept = app.state.open_data
    await _stays_published(audit, kept, order_id, f"{PATH}/purchases/{quarter}/rows.json")


async def _results(audit: Audit, quarter: str) -> None:
    """Small counts are hidden, on the project's own page as well."""
    results = await _table(audit.client, f"results/{quarter}")
    assert {(row["category"], row["targetGroup"]): row["people"] for row in results} == {
        ("found-work", ""): "5",
        ("found-work", "participatiewet"): "5",
        ("took-part", ""): "11",
        ("took-part", "jobs-agreement"): "",
        ("took-part", "participatiewet"): "",
    }
    page = await audit.client.get(f"/v1/market/projects/{audit.claims.stall.listing.project_id}")
    shown = {
        (row["category"], row["group"]): (row["reportedPeople"], row["isSuppressed"])
        for row in page.json()["results"]
    }
    assert shown == {
        ("took-part", "participatiewet"): (None, True),
        ("found-work", "participatiewet"): (5, False),
        ("took-part", "jobs-agreement"): (None, True),
    }


async def _stays_published(audit: Audit, kept: Kept, order_id: UUID, path: str) -> None:
    """What comes later counts later: the quarter stays as it was published."""
    client = audit.client
    before = await client.get(path)
    assert said(await refund(audit.claims.stall, order_id, 4))[0] == 201
    await audit.seal()
    assert len(kept.files) > 1
    kept.files.clear()
    after = await client.get(path)
    assert after.content == before.content
    known = {"If-None-Match": after.headers["etag"]}
    again = await client.get(path, headers=known)
    assert again.status_code == 304


async def test_the_index_says_what_each_file_holds_and_where_it_is(audit: Audit) -> None:
    client = audit.client
    index = (await client.get(PATH)).json()

    assert (index["licence"], index["isTest"]) == ("CC0-1.0", True)
    assert [each["name"] for each in index["datasets"]] == list(DATASETS)
    for dataset in index["datasets"]:
        names = [column["name"] for column in dataset["columns"]]
        for files in dataset["files"]:
            assert files["quarter"] is None
            answer = await client.get(files["json"])
            document = answer.json()
            assert (document["dataset"], document["licence"]) == (dataset["name"], "CC0-1.0")
            assert document["items"], dataset["name"]
            assert all(list(item) == names for item in document["items"])
            assert answer.headers["cache-control"] == "public, max-age=3600"
    projects = await _table(client, "projects")
    assert projects[0]["id"] == str(audit.claims.stall.listing.project_id)
    for wrong in ("nothing/rows.csv", "results/rows.csv", "schemes/2025-Q1/rows.csv"):
        assert said(await client.get(f"{PATH}/{wrong}"))[0] == 404
    for bad in ("schemes/rows.xml", "results/2025-Q5/rows.csv"):
        assert said(await client.get(f"{PATH}/{bad}"))[0] == 400


def test_of_few_placements_no_amount_is_shown_nor_what_would_tell_it() -> None:
    few, many, alone, silent = (new_id() for _ in range(4))
    moved = [
        Moved(few, "building-block", 4, 9_000),
        Moved(few, "pso", 0, 500),
        Moved(few, "rikx", 0, 400),
        Moved(many, "building-block", 5, 9_000),
        Moved(alone, "building-block", 1, 9_000),
        Moved(silent, "building-block", 50, 9_000),
        Moved(silent, "rikx", 0, 400),
    ]

    assert hidden_kinds(moved, {few: 5, many: 5, alone: 5}) == {
        few: {"building-block", "rikx"},
        # Nothing is beside it: its accounts are hidden too.
        alone: {"building-block"},
        # Nobody said how many are too few.
        silent: {"building-block", "rikx"},
    }


def test_only_so_many_files_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_FILES", 2)
    kept = Kept()

    for name in "abc":
        kept.keep((name,), name.encode())

    assert kept.files == {("b",): b"b", ("c",): b"c"}


def test_quarters_close_a_day_after_they_ended() -> None:
    began = datetime(2025, 11, 3, tzinfo=UTC)

    assert closed_quarters(began, datetime(2026, 1, 1, 12, tzinfo=UTC)) == []
    assert closed_quarters(began, datetime(2026, 7, 2, 12, tzinfo=UTC)) == [
        *("2026-Q2", "2026-Q1"),
        "2025-Q4",
    ]


def test_a_cell_is_written_the_same_in_both_forms() -> None:
    dataset, row = DATASETS["results"], ("2026-Q2", None, "took-part", "=A1", None, True)

    written = file_of(dataset, [row], "CC0-1.0", OpenFormat.CSV).decode()

    assert written.splitlines()[1] == '"2026-Q2";"";"took-part";"\'=A1";"";"true"'
    sold = ("2026-Q2", None, None, None, 0, 5, 0, -50_000)
    given_back = file_of(DATASETS["purchases"], [sold], "CC0-1.0", OpenFormat.CSV).decode()
    assert given_back.endswith('"0";"5";"0";"-50000"\r\n')
    assert b'"people": null' in file_of(dataset, [row], "CC0-1.0", OpenFormat.JSON)
