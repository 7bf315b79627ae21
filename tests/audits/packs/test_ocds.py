"""The contracts of a pack as OCDS: right by its schema, and found again by an import."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from app.audits.packs import ocds
from app.core.ids import new_id
from app.organisations.models import Organisation
from app.schemes.models import Authority
from tests.audits.packs.conftest import Desk, contents
from tests.make.obligations import a_contract
from tests.make.payments import jobs_done

SCHEMAS = Path(__file__).with_name("ocds")


def _faults(package: Any) -> list[str]:  # noqa: ANN401  JSON.
    release, whole = (
        json.loads((SCHEMAS / f"{name}-schema.json").read_text())
        for name in ("release", "release-package")
    )
    registry = jsonschema_rs.Registry([(release["id"], release)])
    validator = jsonschema_rs.Draft4Validator(whole, registry=registry, validate_formats=True)
    return [
        f"{list(each.instance_path)}: {each.message}" for each in validator.iter_errors(package)
    ]


async def test_programs_for_open_contracting_read_what_was_imposed_and_what_counts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However many contracts there are, some are in memory.
    monkeypatch.setattr(ocds, "AT_ONCE", 1)
    async with desk.claims.stall.database.work() as session:
        authority = await session.get_one(Authority, desk.authority_id)
        buyer = await session.get_one(Organisation, desk.claims.stall.buyer.organisation.id)
        for title in ("Without a clause", "With a tender"):
            told = {"has_clause": False, "tender_sum_cents": 12_345, "title": title}
            await a_contract(session, authority, buyer, **told)
    _told, pack = await desk.made(desk.auditor)
    package = json.loads(contents(pack)["obligations/ocds.json"])

    assert _faults(package) == []
    assert _faults({**package, "publishedDate": "today"})  # It can fail.
    release, *others = package["releases"]
    assert [each["contracts"][0]["title"] for each in others] == [
        "Without a clause",
        "With a tender",
    ]
    buyer, supplier = release["parties"]
    assert (buyer["roles"], supplier["roles"]) == (["buyer"], ["supplier"])
    implementation = release["contracts"][0]["implementation"]
    [milestone] = implementation["milestones"]
    assert (milestone["id"], milestone["status"]) == (
        str(desk.claims.first.obligation_id),
        "scheduled",
    )
    assert "50000.00" in milestone["description"]
    [counts] = implementation["transactions"]
    assert counts["value"] == {"amount": 1500.0, "currency": "EUR"}
    assert (counts["payer"]["id"], counts["payee"]["id"]) == (supplier["id"], buyer["id"])
    await _found_again(desk, pack)


async def _found_again(desk: Desk, pack: bytes) -> None:
    """Import it where it comes from: there is nothing to register or to amend."""
    client, officer = desk.claims.stall.client, desk.claims.first.officer
    path = f"/v1/authorities/{desk.authority_id}/ocds-imports"
    sent = await client.post(
        path,
        content=contents(pack)["obligations/ocds.json"],
        headers={
            **officer.headers,
            "Content-Type": "application/json",
            "Content-Disposition": "attachment; filename*=UTF-8''ocds.json",
            "Idempotency-Key": str(new_id()),
        },
    )
    assert sent.status_code == 201, sent.text
    await jobs_done(desk.claims.stall.database)
    address = f"{path}/{sent.json()['id']}/outcomes"
    outcomes = (await client.get(address, headers=officer.headers)).json()["items"]
    assert [(each["outcome"], each["detail"]) for each in outcomes] == [("unchanged", None)] * 3
