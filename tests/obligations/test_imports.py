"""Imports of contracts over HTTP: rows all or none, packages contract by contract."""

import asyncio
import io
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from app.core import clock, sheets
from app.core.ids import new_id
from app.core.jobs import Job
from app.obligations.actions import packages
from app.organisations.models import Organisation
from tests import make
from tests.make.packages import OCID, a_contract, a_package, a_release, a_workbook, an_award
from tests.obligations.conftest import Deal
from tests.schemes.conftest import said

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = (
    *("reference", "awardedOn", "title", "kind", "hasClause", "contractor.scheme"),
    *("contractor.identifier", "contractor.legalName", "contractSumCents", "startsOn", "endsOn"),
)


def a_row(reference: str, **changes: object) -> list[object]:
    """One contract of EUR 300,000 as a Dutch spreadsheet has it."""
    cells = {
        "reference": reference,
        "awardedOn": "1-11-2024",
        "title": "Groenonderhoud",
        "kind": "works",
        "hasClause": "ja",
        "contractor.scheme": "NL-KVK",
        "contractor.identifier": 1234567,
        "contractor.legalName": "Groen B.V.",
        "contractSumCents": 30_000_000,
        "startsOn": "2024-12-01",
        "endsOn": "2025-11-30",
        **changes,
    }
    return [cells[name] for name in COLUMNS]


def a_csv(*rows: list[object]) -> bytes:
    return sheets.written([list(COLUMNS), *([str(cell) for cell in row] for row in rows)]).encode()


async def send(
    deal: Deal, content: bytes, kind: str = "text/csv", dry: str = "", key: str | None = None
) -> httpx.Response:
    return await deal.client.post(
        f"{deal.hall.path}/contract-imports{dry}",
        content=content,
        headers={
            **deal.hall.member.headers,
            "Content-Type": kind,
            "Idempotency-Key": key or str(new_id()),
        },
    )


async def test_the_same_file_as_csv_and_as_xlsx_is_as_one(deal: Deal) -> None:
    rows = [a_row("2026-1"), a_row("2026-2", hasClause="nee"), a_row("2026-3", kind="supplies")]
    workbook = a_workbook([COLUMNS, *rows])

    dry = await send(deal, workbook, XLSX, "/dry-run")
    assert dry.status_code == 200, dry.text
    assert (dry.json()["faultCount"], dry.json()["counts"]["registered"]) == (0, 3)
    assert (await deal.get(f"/authorities/{deal.hall.id}/contracts"))["items"] == []
    first = await send(deal, workbook, XLSX)
    assert first.status_code == 201, first.text
    assert [each["outcome"] for each in first.json()["contracts"]] == ["registered"] * 3
    again = await send(deal, a_csv(*rows))
    assert [each["outcome"] for each in again.json()["contracts"]] == ["unchanged"] * 3
    assert again.json()["contracts"][0]["contractId"] == first.json()["contracts"][0]["contractId"]
    changed = await send(deal, a_csv(rows[0], a_row("2026-2", contractSumCents=50_000_000)))
    assert [each["outcome"] for each in changed.json()["contracts"]] == ["unchanged", "amended"]
    # The same at the same time is as once, too.
    dearer = a_csv(a_row("2026-3", kind="supplies", contractSumCents=40_000_000))
    both = await asyncio.gather(send(deal, dearer), send(deal, dearer))
    outcomes = sorted(answer.json()["contracts"][0]["outcome"] for answer in both)
    assert outcomes == ["amended", "unchanged"]
    contracts = (await deal.get(f"/authorities/{deal.hall.id}/contracts"))["items"]
    assert [each["terms"]["number"] for each in contracts] == [1, 2, 2]
    assert contracts[0]["parties"][0]["identifier"] == "01234567"
    # What follows waits for its confirmation: an import moves nothing in the books.
    obligations = (await deal.get(f"/authorities/{deal.hall.id}/obligations"))["items"]
    assert {each["state"] for each in obligations} == {"registered"}
    assert [each["computedCents"] for each in obligations] == [1_500_000, 2_000_000, 2_500_000]


async def test_every_fault_of_every_row_is_told_and_nothing_is_written(deal: Deal) -> None:
    await send(deal, a_csv(a_row("known")))
    content = a_csv(
        a_row("fine"),
        a_row("2026-1", kind="gardening", contractSumCents="12,50"),
        a_row("2026-1", endsOn="2020-01-01"),
        a_row("twice"),
        a_row("twice"),
        a_row("known", awardedOn="2024-11-02"),
        a_row("silent", contractSumCents=""),
        a_row("old", awardedOn="1999-01-01"),
    )
    formula = a_row("=1+1")
    with_formula = content + b";".join(str(cell).encode() for cell in formula) + b"\r\n"

    for dry in ("/dry-run", ""):
        answer = await send(deal, with_formula, dry=dry)
        faults = answer.json()["faults"]
        assert {(fault["row"], fault["column"], fault["code"]) for fault in faults} == {
            (3, "kind", "enum"),
            (3, "contractSumCents", "int-type"),
            (4, None, "value-error"),
            (5, "reference", "repeated-reference"),
            (6, "reference", "repeated-reference"),
            (7, None, "other-award-date"),
            (8, None, "rules-silent"),
            (9, None, "no-rules-apply"),
            (10, "reference", "formula"),
        }
        assert answer.status_code == (200 if dry else 400)
    assert answer.json()["type"] == "/problems/rows-refused"
    listed = (await deal.get(f"/authorities/{deal.hall.id}/contracts"))["items"]
    assert [each["reference"] for each in listed] == ["known"]


async def test_a_row_takes_the_place_of_what_a_contractor_reported_otherwise(deal: Deal) -> None:
    report = deal.contract(authorityId=str(deal.hall.id), reference="2026-1")
    report.pop("parties")
    path = f"/organisations/{deal.contractor.organisation_id}/contract-reports"
    await deal.post(path, report, by=deal.contractor)
    await deal.post(path, {**report, "reference": "2026-2"}, by=deal.contractor)
    gone = [*a_row("2026-2"), "ja"]
    answer = await send(deal, a_csv(a_row("2026-1")))
    rows = [[*COLUMNS, "isCancelled"], [str(cell) for cell in gone]]
    ended = await send(deal, sheets.written(rows).encode())

    assert [each["outcome"] for each in answer.json()["contracts"]] == ["registered"]
    assert [each["outcome"] for each in ended.json()["contracts"]] == ["amended"], ended.text
    again = await send(deal, a_csv(a_row("2026-1")))
    assert [each["outcome"] for each in again.json()["contracts"]] == ["unchanged"]


async def test_a_fault_that_shows_only_when_rows_are_taken_undoes_the_others(deal: Deal) -> None:
    answer = await send(deal, a_csv(a_row("fine"), a_row("silent", contractSumCents="")))
    assert said(answer) == (400, "/problems/rows-refused")
    assert (await deal.get(f"/authorities/{deal.hall.id}/contracts"))["items"] == []


async def test_a_party_is_named_once_under_whatever_name(deal: Deal) -> None:
    content = sheets.written(
        [
            [*COLUMNS, "jointParties"],
            [*map(str, a_row("2026-1")), "NL-KVK | 0123.4567 | Groen Beheer B.V."],
        ]
    ).encode()
    answer = await send(deal, content)
    assert said(answer) == (400, "/problems/rows-refused")
    [fault] = answer.json()["faults"]
    assert (fault["row"], fault["code"]) == (2, "value-error")


NO_ROWS = [
    (b"\xff\xfe", "text/csv", 400, "invalid-request"),
    ("reference;awardedOn\né".encode("latin-1"), "text/csv", 400, "invalid-request"),
    (b"reference;nobody\n1;2\n", "text/csv", 400, "invalid-request"),
    (b'reference\n"1', "text/csv", 400, "invalid-request"),
    (b'{"contracts": [', "application/json", 400, "invalid-request"),
    (b'{"contracts": [{}]}', "application/json", 400, "rows-refused"),
    (b"PK\x03\x04" + b"\0" * 50, XLSX, 400, "file-damaged"),
    (b"reference\n", XLSX, 415, "file-type-not-allowed"),
    (b"reference\n" + b"x" * 3_000_000, "text/csv", 413, "body-too-large"),
    (b"reference\n", "text/html", 415, "unsupported-media-type"),
]


@pytest.mark.parametrize(("content", "kind", "status", "problem"), NO_ROWS, ids=range(len(NO_ROWS)))
async def test_what_is_no_file_of_rows_is_refused(
    deal: Deal, content: bytes, kind: str, status: int, problem: str
) -> None:
    assert said(await send(deal, content, kind)) == (status, f"/problems/{problem}")


async def upload(
    deal: Deal, content: bytes, query: str = "", name: str = "package.json"
) -> httpx.Response:
    return await deal.client.post(
        f"{deal.hall.path}/ocds-imports{query}",
        content=content,
        headers={
            **deal.hall.member.headers,
            "Content-Type": "application/json",
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        },
    )


async def imported(deal: Deal, content: bytes, query: str = "") -> tuple[Any, list[Any]]:
    """Send a package and have it worked on; give the import and its outcomes."""
    answer = await upload(deal, content, query)
    assert answer.status_code == 201, answer.text
    await make.jobs_done(deal.database)
    path = answer.headers["location"].removeprefix("/v1")
    return await deal.get(path), (await deal.get(f"{path}/outcomes"))["items"]


async def test_a_package_becomes_contracts_and_obligations_once(deal: Deal) -> None:
    number = await _number_of(deal)
    buyer = {"id": "B", "identifier": {"scheme": "NL-KVK", "id": number}}
    other = {"identifier": {"scheme": "NL-KVK", "id": "11111111"}}
    releases = [
        a_release(buyer=buyer),
        a_release(ocid="ocds-213czf-2", contracts=[a_contract(value=None)]),
        a_release(
            ocid="ocds-213czf-3",
            contracts=[a_contract(value={"amount": 1, "currency": "GBP"}), a_contract(id="C2")],
        ),
        a_release(ocid="ocds-213czf-4", buyer=other),
        a_release(ocid="ocds-213czf-5", contracts=[a_contract(status="cancelled")]),
        a_release(ocid="ocds-213czf-6", awards=[an_award(suppliers=[])]),
    ]
    wanted = [
        (f"{OCID}/C1", "registered", None),
        ("ocds-213czf-2/C1", "refused", "rules-silent"),
        ("ocds-213czf-3/C1", "refused", "other-currency"),
        ("ocds-213czf-3/C2", "registered", None),
        ("ocds-213czf-4", "passed-over", "other-buyer"),
        ("ocds-213czf-5/C1", "passed-over", "cancelled"),
        ("ocds-213czf-6/C1", "refused", "no-supplier"),
    ]
    package = a_package(*releases)

    dry, outcomes = await imported(deal, package, "?assumeClause=true&dryRun=true")
    assert dry["state"] == "done"
    assert [(o["sourceKey"], o["outcome"], o["code"]) for o in outcomes] == wanted
    assert (await deal.get(f"/authorities/{deal.hall.id}/contracts"))["items"] == []
    done, outcomes = await imported(deal, package, "?assumeClause=true")
    assert [(o["sourceKey"], o["outcome"], o["code"]) for o in outcomes] == wanted
    assert done["counts"] == {
        "registered": 2,
        "amended": 0,
        "unchanged": 0,
        "refused": 3,
        "passedOver": 2,
    }
    again, _ = await imported(deal, package, "?assumeClause=true")
    assert (again["counts"]["registered"], again["counts"]["unchanged"]) == (0, 2)
    # Changed, and cancelled: each becomes an amendment of the contract that is known.
    value = {"amount": 1_200_000, "currency": "EUR"}
    amended = a_contract(value=value, amendments=[{"rationale": "More schools"}])
    cancelled = [a_contract(id="C2", status="cancelled")]
    _, outcomes = await imported(
        deal,
        a_package(
            a_release(contracts=[amended], awards=[]),
            a_release(ocid="ocds-213czf-3", contracts=cancelled),
            a_release(awards=[an_award(suppliers=[{"id": "S2"}])]),
        ),
        "?assumeClause=true",
    )
    assert [o["outcome"] for o in outcomes] == ["refused", "amended", "refused"]
    assert [o["code"] for o in outcomes] == ["other-award-date", None, "other-parties"]
    amended_again, outcomes = await imported(
        deal, a_package(a_release(contracts=[amended])), "?assumeClause=true"
    )
    assert [o["outcome"] for o in outcomes] == ["amended"]
    assert amended_again["counts"]["amended"] == 1
    contract = await deal.get(f"/contracts/{outcomes[0]['contractId']}")
    assert (contract["origin"], contract["terms"]["reason"]) == ("import", "More schools")
    obligations = (await deal.get(f"/authorities/{deal.hall.id}/obligations"))["items"]
    assert [each["computedCents"] for each in obligations] == [6_000_000, 0]
    listed = await deal.get(f"/authorities/{deal.hall.id}/ocds-imports")
    assert len(listed["items"]) == 5


async def _number_of(deal: Deal) -> str:
    async with deal.database.reading() as session:
        organisation = await session.get_one(Organisation, deal.hall.organisation_id)
        return organisation.register_number


async def test_without_its_clause_a_contract_is_listed_as_lacking_one(deal: Deal) -> None:
    done, _ = await imported(deal, a_package(a_release()))
    assert done["counts"]["registered"] == 1
    found = await deal.get(f"/authorities/{deal.hall.id}/completeness")
    assert (found["aboveThreshold"], found["withoutClause"]) == (1, 1)
    assert (await deal.get(f"/authorities/{deal.hall.id}/obligations"))["items"] == []


async def test_a_file_that_is_cut_off_takes_nothing(deal: Deal) -> None:
    done, outcomes = await imported(deal, a_package(a_release(), a_release(ocid="ocds-2"))[:-10])

    assert (done["state"], outcomes) == ("refused", [])
    assert done["refusal"].startswith("not-json: ")
    assert (await deal.get(f"/authorities/{deal.hall.id}/contracts"))["items"] == []


async def test_what_is_no_json_is_refused_at_once(deal: Deal) -> None:
    assert said(await upload(deal, b"<html>")) == (415, "/problems/file-type-not-allowed")
    assert said(await upload(deal, b"{}", name="package.csv")) == (
        415,
        "/problems/file-type-mismatch",
    )
    large = io.BytesIO(b'{"releases": [' + b" " * 21_000_000 + b"]}").getvalue()
    assert said(await upload(deal, large)) == (413, "/problems/file-too-large")


async def test_a_job_that_begins_again_goes_on_where_it_was(
    deal: Deal, monkeypatch: pytest.MonkeyPatch
) -> None:

    taken: list[int] = []
    original = packages._take

    async def dying(database: Any, package: Any, item: Any, reading: Any) -> None:  # noqa: ANN401
        if item.number == 3 and len(taken) == 2:
            taken.append(0)
            raise ConnectionError
        taken.append(item.number)
        await original(database, package, item, reading)

    monkeypatch.setattr(packages, "_take", dying)
    releases = [a_release(ocid=f"ocds-213czf-{number}") for number in range(4)]
    answer = await upload(deal, a_package(*releases))
    import_id = answer.json()["id"]
    with pytest.raises(ConnectionError):
        await packages.work(deal.database, import_id)
    for state, is_stuck in (("dead", True), ("done", False)):
        async with deal.database.work() as session:
            ended = {"state": state, "finished_at": clock.now()}
            await session.execute(sa.update(Job).values(ended))
        found = await deal.get(f"/authorities/{deal.hall.id}/ocds-imports/{import_id}")
        assert (found["state"], found["isStuck"]) == ("waiting", is_stuck)
    await packages.work(deal.database, import_id)
    await packages.work(deal.database, import_id)

    assert taken == [1, 2, 0, 3, 4]
    done = await deal.get(f"/authorities/{deal.hall.id}/ocds-imports/{import_id}")
    assert (done["state"], done["counts"]["registered"]) == ("done", 4)


async def test_a_package_with_a_contract_and_its_change_comes_again_without_effect(
    deal: Deal,
) -> None:
    changed = a_contract(value={"amount": 1_200_000, "currency": "EUR"})
    package = a_package(a_release(), a_release(contracts=[changed]))
    _, outcomes = await imported(deal, package, "?assumeClause=true")
    assert [each["outcome"] for each in outcomes] == ["registered", "amended"]
    for dry in ("&dryRun=true", ""):
        _, outcomes = await imported(deal, package, f"?assumeClause=true{dry}")
        assert [(each["outcome"], each["code"]) for each in outcomes] == [
            ("unchanged", "said-before"),
            ("unchanged", None),
        ]
    contract = await deal.get(f"/contracts/{outcomes[0]['contractId']}")
    assert (contract["terms"]["number"], contract["terms"]["contractSumCents"]) == (2, 120_000_000)


async def test_a_package_takes_nothing_away_of_which_it_knows_nothing(deal: Deal) -> None:
    _, [first] = await imported(deal, a_package(a_release()))
    contract_id = first["contractId"]
    terms = (await deal.get(f"/contracts/{contract_id}"))["terms"]
    entered = {"hasClause": True, "labourShareBasisPoints": 6_000}
    members = ("title", "kind", "contractSumCents", "tenderSumCents", "startsOn", "endsOn")
    answer = await deal.post(
        f"/contracts/{contract_id}/amendments",
        {**{name: terms[name] for name in members}, **entered, "reason": "The clause was found."},
    )
    assert answer.status_code == 201, answer.text
    changed = a_contract(value={"amount": 1_200_000, "currency": "EUR"})
    _, outcomes = await imported(deal, a_package(a_release(), a_release(contracts=[changed])))
    assert [each["outcome"] for each in outcomes] == ["unchanged", "amended"]
    terms = (await deal.get(f"/contracts/{contract_id}"))["terms"]
    assert {name: terms[name] for name in entered} == entered
    assert terms["contractSumCents"] == 120_000_000
