"""From a figure to its evidence by links alone; each list as a file; all of it written down."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
import sqlalchemy as sa

from app.audits.actions.readings import LEFT_OUT, impersonal
from app.audits.models import AuditReading
from app.audits.routes import listing
from app.core import clock
from app.core.ids import new_id
from app.ledger.models import Ledger
from app.organisations.models import Organisation, User
from app.schemes.models import AuditorAppointment
from app.transparency import verifier
from app.transparency.queries import key_of, keys
from app.transparency.verifier import Verified
from tests import make
from tests.audits.conftest import Audit, Audited, Json
from tests.ledger.conftest import Change
from tests.make import contents
from tests.orders.conftest import said


async def _proven(audit: Audit, document: Json) -> Verified:
    """Check a proof as a stranger does: offline, with nothing but the log's keys."""
    async with audit.database.reading() as session:
        known = [key_of(key) for key in await keys(session)]
    return verifier.verify(json.dumps(document), known)


async def test_a_figure_leads_link_by_link_to_a_proof_and_to_the_evidence(audit: Audit) -> None:
    order_id, claim = await audit.approved_claim()

    [mine] = (await audit.get("/v1/audits")).json()
    [place] = mine["authorities"]
    figures = await audit.read(place["href"])
    cents = {each["figure"]: each for each in figures["figures"]}
    assert (cents["imposed"]["amount"], cents["fulfilled"]["amount"]) == (5_000_000, 90_000)
    assert cents["waived"]["amount"] == 0
    assert (await audit.read(cents["waived"]["href"]))["items"] == []
    [row] = (await audit.read(cents["fulfilled"]["href"]))["items"]
    assert row["fulfilledCents"] == cents["fulfilled"]["amount"]

    # From the contract six clicks lead to a proof.
    [contract] = (await audit.read(figures["contracts"]["href"]))["items"]
    assert await audit.read(row["links"]["contract"]) == contract
    obligation = await audit.read(contract["links"]["obligation"])
    [fulfilment] = (await audit.read(obligation["links"]["fulfilments"]))["items"]
    order = await audit.read(fulfilment["links"]["order"])
    entries = (await audit.read(order["links"]["entries"]))["items"]
    proof = await audit.read(entries[-1]["links"]["proof"])
    assert f"/fulfilments/{fulfilment['id']}" == claim
    assert (order["id"], order["firstSerial"]) == (str(order_id), fulfilment["firstSerial"])
    assert (await _proven(audit, proof)).proven.index == proof["index"]
    assert (await audit.client.get(proof["links"]["leaf"])).json()["index"] == proof["index"]

    await _of_units_alone(audit, entries)
    await _decided_and_proven(audit, fulfilment)
    [imposed] = (await audit.read(obligation["links"]["entries"] + "&account=imposed"))["items"]
    whole = await audit.read((await audit.read(imposed["links"]["entry"]))["links"]["proof"])
    assert (await _proven(audit, whole)).content is not None
    assert "imposed" in whole["content"]


async def _of_units_alone(audit: Audit, entries: list[Json]) -> None:
    """An authority's side sees how units moved; the operator's sees the money too."""
    assert [each["kind"] for each in entries] == ["order.issued", "fulfilment.approved"]
    issued, approved = ([line["account"] for line in each["lines"]] for each in entries)
    assert set(issued) == {"for_sale", "owned"}
    assert {"owned", "retired", "fulfilled"} <= set(approved)
    assert (await audit.read(entries[1]["links"]["proof"]))["content"] is None
    order_id = entries[0]["lines"][0]["aboutId"]
    there = f"/v1/audits/orders/{order_id}/entries"
    whole = (await audit.read(there, audit.operator))["items"]
    paid = next(each for each in whole if each["kind"] == "order.paid")
    assert paid["evidence"]
    assert "bank" in {line["account"] for line in paid["lines"]}
    hidden = await audit.get(paid["links"]["entry"])
    assert said(hidden) == (404, "/problems/not-found")
    proof = await audit.read(paid["links"]["proof"], audit.operator)
    assert (await _proven(audit, proof)).content is not None
    assert "deposit" in proof["content"]


async def _decided_and_proven(audit: Audit, fulfilment: Json) -> None:
    decisions = (await audit.read(fulfilment["links"]["decisions"]))["items"]
    assert [each["kind"] for each in decisions] == ["drafted", "submitted", "approved"]
    assert decisions[2]["decidedBy"] == f"user:{audit.first.officer.user_id}"
    proof = await audit.read(decisions[2]["links"]["proof"])
    assert (await _proven(audit, proof)).content is not None
    assert "approved" in proof["content"]

    [file] = (await audit.read(fulfilment["links"]["evidence"]))["items"]
    content = (await audit.get(file["links"]["content"])).content
    assert content == contents.a_pdf()
    assert hashlib.sha256(content).hexdigest() == file["sha256"]


def _lists(audit: Audit, claim: str, order_id: object) -> Iterator[tuple[str, Audited]]:
    authority = f"/v1/audits/authorities/{audit.authority.keeper_id}"
    scheme = f"/v1/audits/schemes/{audit.operator.keeper_id}"
    obligation = f"/v1/audits/obligations/{audit.first.obligation_id}"
    for path in (
        *(f"{authority}/contracts", f"{authority}/obligations?figure=owed", f"{authority}/entries"),
        *(f"{obligation}/fulfilments", f"{obligation}/entries?account=owed"),
        *(f"/v1/audits{claim}/{what}" for what in ("entries", "decisions", "evidence")),
        *(f"/v1/audits/orders/{order_id}/{what}" for what in ("entries", "evidence")),
    ):
        yield path, audit.authority
    for path in (f"{scheme}/orders", f"{scheme}/payouts", f"{scheme}/entries"):
        yield path, audit.operator


async def test_every_list_is_exported_as_it_is_shown(audit: Audit) -> None:
    order_id, claim = await audit.approved_claim()
    shown = 0
    for path, by in _lists(audit, claim, order_id):
        rows: list[Json] = []
        joint, more = "&" if "?" in path else "?", ""
        while True:
            page = await audit.read(f"{path}{joint}limit=2{more}", by)
            rows += page["items"]
            if page["next"] is None:
                break
            more = f"&after={page['next']}&position={page['position']}"
        shown += len(rows)
        files = {
            name: (await audit.get(there, by)).content for name, there in page["links"].items()
        }
        told = json.loads(files["json"])
        assert told["items"] == rows, path
        assert (told["next"], told["links"]) == (None, page["links"])
        assert told["about"]["rows"] == len(rows)
        assert told["about"]["position"] == page["position"]
        asked = urlsplit(told["about"]["query"])
        assert asked.path == path.partition("?")[0]
        assert parse_qs(urlsplit(path).query).items() <= parse_qs(asked.query).items()
        assert _of_csv(files["csv"]) == _of_workbook(files["xlsx"]) == list(map(_flat, rows)), path
    assert shown > 20


def _flat(row: Json) -> Json:
    """Say what a table should hold of a row."""
    flat: Json = {}
    for name, value in row.items():
        if name == "links":
            flat |= {f"links.{each}": there or "" for each, there in value.items()}
        elif value is None or isinstance(value, str):
            flat[name] = value or ""
        else:
            flat[name] = json.dumps(value, ensure_ascii=False)
    return flat


def _of_csv(content: bytes) -> list[Json]:
    reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    return [
        {name: cell for name, cell in row.items() if not name.startswith("about.")}
        for row in reader
    ]


def _of_workbook(content: bytes) -> list[Json]:
    workbook: Any = openpyxl.load_workbook(io.BytesIO(content))
    header, *rows = workbook["rows"].iter_rows(values_only=True)
    return [
        {name: "" if cell is None else str(cell) for name, cell in zip(header, row, strict=True)}
        for row in rows
    ]


async def test_a_list_that_is_too_long_for_one_file_is_taken_in_parts(
    audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    await audit.approved_claim()
    there = f"/v1/audits/schemes/{audit.operator.keeper_id}/entries?format=json"
    whole = (await audit.read(there, audit.operator))["items"]
    monkeypatch.setattr(listing, "LARGEST_PAGE", 2)
    monkeypatch.setattr(listing, "MOST_EXPORTED_ROWS", 4)
    refused = await audit.get(there, audit.operator)
    assert said(refused) == (409, "/problems/export-too-long")
    until = refused.json()["until"]
    first = await audit.read(f"{there}&until={until}", audit.operator)
    assert first["items"] == whole[:4]
    assert f"until={until}" in first["about"]["query"]
    second = await audit.read(f"{there}&after={until}&until={whole[6]['id']}", audit.operator)
    assert second["items"] == whole[4:7]


async def test_a_list_stays_as_it_was_known_at_a_position(audit: Audit) -> None:
    await audit.seal()
    there = f"/v1/audits/authorities/{audit.authority.keeper_id}"
    before = await audit.read(there)
    position = before["position"]
    await audit.approved_claim()

    again = await audit.read(f"{there}?position={position}")
    assert again["figures"] == before["figures"]
    listed = await audit.read(f"{there}/obligations?figure=fulfilled&position={position}")
    assert listed["items"] == []
    ahead = await audit.get(f"{there}?position=999999")
    assert said(ahead) == (404, "/problems/not-known-yet")


async def test_what_an_auditor_reads_is_written_down_before_it_is_shown(audit: Audit) -> None:
    _, claim = await audit.approved_claim()
    evidence = await audit.read(f"/v1/audits{claim}/evidence?limit=9")
    await audit.get(evidence["links"]["csv"])
    [file] = evidence["items"]
    await audit.get(file["links"]["content"])
    await audit.get(f"/v1/authorities/{audit.authority.keeper_id}/dashboard?asOf=j@jansen.example")
    await audit.get(f"/v1/audits{claim}/evidence?who=j.jansen@example.nl")

    mine = (await audit.read("/v1/me/audit-readings"))["items"]
    readings = f"/v1/organisations/{audit.authority.organisation_id}/audit-readings"
    answer = await audit.client.get(readings, headers=audit.authority.admin.headers)
    assert answer.json()["items"] == mine
    told = [(each["operation"], each["rows"], each["query"]) for each in reversed(mine)]
    position = str(evidence["position"])
    assert told == [
        ("listAuditedEvidence", 1, {"limit": "9"}),
        ("listAuditedEvidence", None, {"position": position, "format": "csv"}),
        ("downloadFulfilmentEvidence", None, {}),
        ("listAuditedEvidence", 1, {"who": "(left out)"}),
    ]
    assert mine[1]["sha256"] == file["sha256"]
    assert mine[0]["pathParameters"] == {"fulfilment_id": claim.rpartition("/")[2]}
    assert {each["userId"] for each in mine} == {str(audit.authority.auditor_id)}
    others = (await audit.get("/v1/me/audit-readings", audit.operator)).json()
    assert others["items"] == []
    [approved] = (await audit.read(f"/v1/audits{claim}/entries?account=fulfilled"))["items"]
    await _read_of_two(audit, approved["id"])


async def _read_of_two(audit: Audit, entry_id: str) -> None:
    """Let one person audit both, and say at whom it is written down what they read."""
    both = {audit.authority.organisation_id: "authority", audit.operator.organisation_id: "scheme"}
    async with audit.database.work() as session:
        operator = await session.get_one(Organisation, audit.operator.organisation_id)
        user = await session.get_one(User, audit.authority.auditor_id)
        await make.an_auditor(session, operator, user)
        of_both = {audit.authority.keeper_id: "authority", audit.operator.keeper_id: "scheme"}
        ledgers = sa.select(Ledger).where(Ledger.keeper_id.in_(of_both))
        keepers = {of_both[each.keeper_id]: each for each in await session.scalars(ledgers)}

    async def written(path: str) -> set[str]:
        before = clock.now()
        await audit.read(path)
        async with audit.database.reading() as session:
            query = sa.select(AuditReading.organisation_id).where(AuditReading.read_at >= before)
            return {both[organisation_id] for organisation_id in await session.scalars(query)}

    assert await written("/v1/ledgers") == {"authority", "scheme"}
    for name, ledger in keepers.items():
        assert await written(f"/v1/ledgers?keeperId={ledger.keeper_id}") == {name}
        assert await written(f"/v1/ledgers/{ledger.id}/trial-balance") == {name}
    assert await written("/v1/me/schemes") == {"scheme"}
    # What was approved stands in the books of both, what was imposed in the authority's.
    there = f"/v1/audits/obligations/{audit.first.obligation_id}/entries?limit=1"
    [imposed] = (await audit.read(there))["items"]
    for route in ("ledger-entries", "audits/entries"):
        assert await written(f"/v1/{route}/{entry_id}") == {"authority", "scheme"}
        assert await written(f"/v1/{route}/{imposed['id']}/proof") == {"authority"}


def test_a_reading_keeps_ids_and_positions_and_leaves_people_out() -> None:
    # 111222333 is how a citizen's number is written.
    asked = {
        "after": "0195b0a4-6a1c-7d3e-8f10-a111222333bc",
        "position": "111222333",
        "reference": "111222333",
        "who": "j.jansen@example.nl",
        "figure": "owed",
        "long": "x" * 201,
    }
    left_out = dict.fromkeys(("reference", "who", "long"), LEFT_OUT)
    assert impersonal(asked.items()) == asked | left_out


async def test_what_cannot_be_written_down_is_not_shown(audit: Audit, as_owner: Change) -> None:
    there = f"/v1/audits/authorities/{audit.authority.keeper_id}"
    await as_owner("DROP TABLE audit_readings")
    refused = await audit.get(there)
    assert refused.status_code == 500
    officer = audit.first.officer.headers
    assert (await audit.client.get(there, headers=officer)).status_code == 200


async def test_an_appointment_that_is_over_or_not_begun_shows_nothing(audit: Audit) -> None:
    order_id, claim = await audit.approved_claim()
    paths = [path for path, by in _lists(audit, claim, order_id) if by is audit.authority]
    paths.append(f"/v1/audits/obligations/{audit.first.obligation_id}")

    async def statuses(by: Audited) -> set[int]:
        return {(await audit.get(path, by)).status_code for path in paths}

    async def appointed(**changes: object) -> None:
        async with audit.database.work() as session:
            query = sa.update(AuditorAppointment).where(
                AuditorAppointment.user_id == audit.authority.auditor_id
            )
            await session.execute(query.values(**changes))

    today, day = clock.today(), timedelta(days=1)
    assert await statuses(audit.authority) == {200}
    await appointed(starts_on=today + day)
    assert await statuses(audit.authority) == {404}
    await appointed(starts_on=today - day, ended_at=clock.now())
    assert await statuses(audit.authority) == {404}
    assert (await audit.get("/v1/audits")).json() == []

    # The operator's auditor sees its side of an order, and nothing of an authority's.
    assert (await audit.get(f"/v1/audits/orders/{order_id}", audit.operator)).status_code == 200
    assert (await audit.get(f"/v1/audits{claim}", audit.operator)).status_code == 404
    unknown = await audit.get(f"/v1/audits/orders/{new_id()}", audit.operator)
    assert said(unknown) == (404, "/problems/not-found")
