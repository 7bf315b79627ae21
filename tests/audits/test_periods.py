"""Period reports: frozen as known, and the same byte by byte, whatever was corrected later."""

import hashlib
import io
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import httpx
import openpyxl
import pytest
import rfc8785

from app.audits.periods import Figures, PeriodKind, canonical, differences, named, printing, written
from app.audits.periods.content import Counted, Moved
from app.core import clock
from app.core.ids import new_id
from app.ledger import positions
from app.transparency.actions import publishing
from tests.audits.conftest import Audit, faults_behind_its_back
from tests.fulfilments.conftest import Claims
from tests.make import Member
from tests.orders.conftest import said
from tests.orders.undoing import refund

PATH = "/v1/period-reports"


@pytest.fixture
def claims(audit: Audit) -> Claims:
    """What the buyer and the authorities do."""
    return audit.claims


async def _approved(claims: Claims, units: int) -> UUID:
    order_id = await claims.stall.ordered(units)
    await claims.stall.pay(order_id)
    await claims.bought(108 - units)
    await claims.split(order_id, units, 0)
    claim = await claims.draft(order_id, claims.first, units)
    await claims.post(f"{claim}/submissions")
    assert said(await claims.decide(claim, claims.first))[0] == 201
    await _sealed(claims)
    return order_id


async def _sealed(claims: Claims) -> None:
    await positions.sequence_all(claims.stall.database)
    await publishing.seal(claims.stall.database)


async def _freeze(claims: Claims, by: Member, keeper_id: object, **more: Any) -> httpx.Response:  # noqa: ANN401  JSON.
    asked = {"keeperId": str(keeper_id), "period": str(clock.today().year), **more}
    return await claims.stall.client.post(PATH, json=asked, headers=by.headers)


async def _authority_id(claims: Claims) -> str:
    path = f"/v1/obligations/{claims.first.obligation_id}"
    found = await claims.stall.client.get(path, headers=claims.first.officer.headers)
    return str(found.json()["authorityId"])


def _lines(content: dict[str, Any], section: str) -> dict[tuple[str, str], dict[str, Any]]:
    rows = [row for row in content["rows"] if row["section"] == section]
    return {(row["subject"], row["account"]): row for row in rows}


async def test_a_frozen_report_stays_as_it_is_and_later_corrections_are_told(
    claims: Claims,
) -> None:
    client, officer = claims.stall.client, claims.first.officer
    order_id = await _approved(claims, 10)
    authority_id = await _authority_id(claims)
    frozen = await _freeze(claims, officer, authority_id)
    assert frozen.status_code == 201, frozen.text
    report = frozen.json()
    path = f"{PATH}/{report['id']}"

    await _says_what_counts(claims, path, report["sha256"])
    assert said(await refund(claims.stall, order_id, 4))[0] == 201
    await _sealed(claims)
    again = await client.get(f"{path}/recomputation", headers=officer.headers)
    assert again.json() == {"isEqual": True, "sha256": report["sha256"], "differences": []}
    same = await _freeze(claims, officer, authority_id, position=report["position"])
    assert same.json() == report
    newer = await _freeze(claims, officer, authority_id)
    assert newer.json()["sha256"] != report["sha256"]
    listed = await client.get(f"{PATH}?keeperId={authority_id}", headers=officer.headers)
    assert [each["id"] for each in listed.json()["items"]] == [newer.json()["id"], report["id"]]
    await _tells_restatements(claims, path, report["position"])
    for name, change in BEHIND_ITS_BACK.items():
        none, some = await faults_behind_its_back(claims.stall.database, name, change)
        assert (none, some > 0) == (0, True), name


BEHIND_ITS_BACK = {
    "reports-frozen": "UPDATE period_reports SET content = content || ' '::bytea",
    "invoices-parties": "UPDATE invoices SET drawn_up_by_id = issuer_id",
    "projects-valued": "UPDATE listings SET threshold_units = threshold_units - 1",
    "obligations-of-contracts": "UPDATE contracts SET has_clause = NOT has_clause",
}


async def _says_what_counts(claims: Claims, path: str, sha256: str) -> None:
    headers = claims.first.officer.headers
    content = await claims.stall.client.get(f"{path}/content", headers=headers)
    assert hashlib.sha256(content.content).hexdigest() == sha256
    assert content.content == rfc8785.dumps(content.json())
    obligation = str(claims.first.obligation_id)
    owed = _lines(content.json(), "obligation")
    assert owed[obligation, "imposed"]["closing"] == 5_000_000
    assert owed[obligation, "fulfilled"]["closing"] == 150_000
    [kind] = _lines(content.json(), "fulfilment").values()
    assert (kind["subject"], kind["closing"], kind["closingCount"]) == ("rikx", 150_000, 1)
    balance = _lines(content.json(), "account")
    assert balance["social_return", "owed"]["closing"] == 4_850_000


async def _tells_restatements(claims: Claims, path: str, position: int) -> None:
    client, headers = claims.stall.client, claims.first.officer.headers
    told = (await client.get(f"{path}/restatements", headers=headers)).json()
    assert told["position"] > position
    found = {(each["section"], each["account"]): each for each in told["restatements"]}
    counted = found["fulfilment", "fulfilled"]
    assert (counted["knownThen"]["closing"], counted["knownNow"]["closing"]) == (150_000, 90_000)
    assert (counted["knownNow"]["credit"], counted["knownNow"]["closingCount"]) == (60_000, 1)
    then = await client.get(f"{path}/restatements?position={position}", headers=headers)
    assert then.json()["restatements"] == []


async def test_an_operator_reads_rounds_and_people_read_pages_and_rows(claims: Claims) -> None:
    client, operator = claims.stall.client, claims.stall.operator
    await _approved(claims, 10)
    scheme_id = claims.stall.listing.scheme_id
    report = (await _freeze(claims, operator, scheme_id)).json()
    path = f"{PATH}/{report['id']}"

    content = (await client.get(f"{path}/content", headers=operator.headers)).json()
    of_round = {account: row for (_, account), row in _lines(content, "round").items()}
    units = {name: of_round[name]["closing"] for name in ("issued", "owned", "retired", "for_sale")}
    assert units == {"issued": 120, "owned": 98, "retired": 10, "for_sale": 12}
    assert of_round["start_part"]["closing"] == 108 * 10_000
    assert _lines(content, "account")["money", "bank"]["closing"] > 0
    assert _lines(content, "obligation") == {}

    dutch = await client.get(f"{path}/document.html?language=nl", headers=operator.headers)
    english = await client.get(f"{path}/document.html?language=en", headers=operator.headers)
    assert dutch.headers["content-type"] == "text/html; charset=utf-8"
    assert "Proefbalans" in dutch.text
    assert report["sha256"] in dutch.text
    assert "Trial balance" in english.text
    assert "10800.00" in english.text
    rows = await client.get(f"{path}/rows.csv", headers=operator.headers)
    lines = rows.text.splitlines()
    assert lines[0].startswith('\ufeff"section";"subject";"name"')
    assert len(lines) == 1 + len(content["rows"])
    assert rows.headers["content-disposition"].startswith("attachment; filename")
    book = await client.get(f"{path}/rows.xlsx", headers=operator.headers)
    [sheet] = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets
    assert sheet.max_row == len(lines)
    assert [cell.value for cell in sheet[1]] == list(printing.HEADER)
    assert (await client.get(f"{path}/rows.xls", headers=operator.headers)).status_code == 400

    await _refuses(claims, path, report["position"])


async def _refuses(claims: Claims, path: str, position: int) -> None:
    client, operator = claims.stall.client, claims.stall.operator
    scheme_id = claims.stall.listing.scheme_id
    assert said(await _freeze(claims, claims.second.officer, scheme_id))[0] == 404
    assert said(await client.get(path, headers=claims.second.officer.headers))[0] == 404
    later = await _freeze(claims, operator, scheme_id, period="2090-Q1")
    assert said(later) == (409, "/problems/period-not-begun")
    beyond = await _freeze(claims, operator, scheme_id, position=10**9)
    assert said(beyond) == (404, "/problems/not-known-yet")
    assert said(await _freeze(claims, operator, scheme_id, period="2026-Q5"))[0] == 400
    await claims.bought(1)
    await positions.sequence_all(claims.stall.database)
    unsigned = await _freeze(claims, operator, scheme_id, position=position + 1)
    assert said(unsigned)[1] == "/problems/leaf-pending"


def test_periods_have_names() -> None:
    quarter, month, year = named("2026-Q2"), named("2026-12"), named("2026")

    assert (quarter.kind, quarter.begins_on, quarter.ends_before) == (
        *(PeriodKind.QUARTER, date(2026, 4, 1)),
        date(2026, 7, 1),
    )
    assert quarter.begins_at.astimezone(UTC) == datetime(2026, 3, 31, 22, tzinfo=UTC)
    assert (month.begins_on, month.ends_before) == (date(2026, 12, 1), date(2027, 1, 1))
    assert (year.begins_on, year.ends_before) == (date(2026, 1, 1), date(2027, 1, 1))
    with pytest.raises(ValueError, match="Write a period as"):
        named("2026-13-01")


def test_figures_are_added_up_on_the_side_of_their_account() -> None:
    one, other, owner = new_id(), new_id(), new_id()
    moved = [
        Moved("imposed", one, opening=-100, debit=0, credit=50),
        Moved("owed", one, opening=100, debit=50, credit=30),
        Moved("fulfilled", one, opening=0, debit=30, credit=0),
        Moved("imposed", other, opening=-7, debit=0, credit=0),
        Moved("for_sale", owner, opening=0, debit=120, credit=20),
    ]
    counted = [Counted("rikx", 0, 0, debit=30, credit=0, closing_count=1)]
    figures = Figures(moved, counted, {owner: other})

    content = written(one, named("2026-Q2"), 9, 12, figures)

    accounts = {key[1]: row["closing"] for key, row in _lines(content, "account").items()}
    assert accounts == {"for_sale": 100, "imposed": 157, "owed": 120, "fulfilled": 30}
    assert _lines(content, "obligation")[str(one), "imposed"]["opening"] == 100
    assert _lines(content, "round")[str(other), "for_sale"]["credit"] == 20
    assert canonical(content) == canonical(written(one, named("2026-Q2"), 9, 12, figures))
    less = written(one, named("2026-Q2"), 9, 12, Figures(moved, [], {owner: other}))
    [lost] = differences(content, less)
    assert (lost.section, lost.subject, lost.now) == ("fulfilment", "rikx", None)
    [found] = differences(less, content)
    assert (found.then, found.now) == (None, lost.then)
