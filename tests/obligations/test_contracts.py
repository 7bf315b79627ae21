"""Contracts over HTTP: what follows from them, who may tell of them, and which lack a clause."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from app.core import clock
from app.obligations.actions import judging
from app.organisations.models import Organisation, Role
from tests import make
from tests.make import Member
from tests.make.obligations import a_rule_version, rules
from tests.obligations.conftest import REASON, Deal, a_hall
from tests.obligations.test_rules import drafted, publish
from tests.schemes.conftest import said


async def test_an_obligation_follows_from_a_contract_with_its_arithmetic(deal: Deal) -> None:
    contract_id, obligation_id = await deal.registered()

    for reader in (deal.hall.viewer, deal.contractor):
        found = await deal.get(f"/obligations/{obligation_id}", by=reader)
        assert (found["state"], found["computedCents"]) == ("registered", 5_000_000)
        assert found["confirmedCents"] is None
    assert [f"{step['text']}: {step['figures']}" for step in found["steps"]] == [
        "Base: the contract sum: 1,000,000.00",
        "Threshold for contracts for services: 1,000,000.00 ≥ 200,000.00",
        "5 % of the contract sum: 1,000,000.00 × 5 % = 50,000.00",
    ]
    contract = await deal.get(f"/contracts/{contract_id}", by=deal.contractor)
    assert contract["reachesThreshold"] is True
    assert contract["reportInDueOn"] == (clock.today() + timedelta(days=6)).isoformat()
    assert found["rulesId"] == contract["rulesId"] == str(deal.hall.rules_id)
    # Nothing is imposed before the authority confirms.
    assert await deal.balance(obligation_id) == {}


async def test_the_rules_of_the_reference_date_apply_for_good(deal: Deal) -> None:
    today = clock.today()
    async with deal.database.work() as session:
        authority = await make.an_authority(session)
        old = await a_rule_version(session, authority, valid_from=date(2020, 1, 1))
        seven = rules()
        seven["obligation"]["percentage"]["basisPoints"] = 700
        new = await a_rule_version(session, authority, seven, valid_from=date(2024, 7, 1))
    officer = await _works_for(deal, authority.organisation_id)
    found = {}
    for awarded_on in ("2024-06-30", "2024-07-01", "2019-12-31"):
        answer = await deal.post(
            f"/authorities/{authority.id}/contracts",
            deal.contract(reference=awarded_on, awardedOn=awarded_on),
            by=officer,
        )
        found[awarded_on] = answer
    assert found["2024-06-30"].json()["rulesId"] == str(old.id)
    assert found["2024-07-01"].json()["rulesId"] == str(new.id)
    assert said(found["2019-12-31"]) == (409, "/problems/no-rules-apply")
    listed = await deal.get(f"/organisations/{deal.contractor.organisation_id}/obligations",
                            by=deal.contractor)  # fmt: skip
    assert [each["computedCents"] for each in listed["items"]] == [5_000_000, 7_000_000]
    early = deal.contract(awardedOn=(today + timedelta(days=1)).isoformat())
    ahead = await deal.post(f"/authorities/{deal.hall.id}/contracts", early)
    assert said(ahead) == (409, "/problems/contract-ahead")


async def _works_for(deal: Deal, organisation_id: UUID) -> Member:
    async with deal.database.work() as session:
        organisation = await session.get_one(Organisation, organisation_id)
        return await make.a_member(session, Role.MEMBER, organisation)


async def test_a_contract_without_an_end_is_never_overdue(deal: Deal) -> None:
    _, obligation_id = await deal.registered(endsOn="9999-12-31")
    assert (await deal.confirm(obligation_id)).status_code == 201

    for query in ("", "?asOf=9999-12-31T00:00:00Z"):
        shown = await deal.get(f"/authorities/{deal.hall.id}/dashboard{query}")
        ages = [each["open"]["cents"] for each in shown["ageing"]]
        assert (ages[0], sum(ages)) == (5_000_000, 5_000_000)
    for moment in ("0.5", "1767225600", "2026-05-01", "2026-05-01T12:00:00"):
        path = f"/v1/authorities/{deal.hall.id}/standings?knownAt={moment}"
        answer = await deal.client.get(path, headers=deal.hall.admin.headers)
        assert said(answer) == (400, "/problems/invalid-request"), moment
    for days, count in (("toDays=-100000", 1), ("fromDays=-100000", 0)):
        found = await deal.get(f"/authorities/{deal.hall.id}/standings?{days}")
        assert len(found["items"]) == count


async def test_what_contracts_follow_no_later_version_changes(deal: Deal) -> None:
    await deal.registered()
    client, hall, today = deal.client, deal.hall, clock.today()

    early = await publish(
        client, await drafted(client, hall, today - timedelta(days=1)), hall.admin
    )
    later = await publish(client, await drafted(client, hall, today), hall.admin)

    assert said(early) == (409, "/problems/rules-too-early")
    assert early.json()["earliest"] == today.isoformat()
    assert later.status_code == 201, later.text


async def test_a_contract_without_its_clause_is_listed(deal: Deal) -> None:
    await deal.registered()
    path = f"/authorities/{deal.hall.id}"
    for reference, cents in (("lacks", 20_000_000), ("small", 19_999_999), ("unknown", None)):
        contract = deal.contract(reference=reference, hasClause=False, contractSumCents=cents)
        answer = await deal.post(f"{path}/contracts", contract)
        assert answer.status_code == 201, answer.text
    silent = await deal.post(
        f"{path}/contracts", deal.contract(reference="silent", contractSumCents=None)
    )
    assert said(silent) == (409, "/problems/rules-silent")
    assert silent.json()["detail"] == "The contract sum of the contract is not known."

    missing = await deal.get(f"{path}/contracts?clauseMissing=true")
    others = await deal.get(f"{path}/contracts?clauseMissing=false")
    assert [each["reference"] for each in missing["items"]] == ["lacks"]
    assert {each["reference"] for each in others["items"]} == {"2026-0412", "small", "unknown"}
    assert await deal.get(f"{path}/completeness") == {
        "contracts": 4,
        "aboveThreshold": 2,
        "withClause": 1,
        "withoutClause": 1,
        "undecided": 1,
        "reportingInLate": 0,
    }
    late = await deal.get(f"{path}/contracts?reportInLate=true")
    assert late["items"] == []
    # It gets its clause: the obligation follows.
    amended = await deal.amend(missing["items"][0]["id"])
    assert amended.status_code == 201, amended.text
    assert (await deal.get(f"{path}/completeness"))["withClause"] == 2


async def test_a_contractor_reports_in(deal: Deal) -> None:
    path = f"/organisations/{deal.contractor.organisation_id}/contract-reports"
    body = deal.contract(authorityId=str(deal.hall.id), reference="2026-0500")
    body.pop("parties")

    key = "the-same-again"
    first = await deal.post(path, body, by=deal.contractor, key=key)
    again = await deal.post(path, body, by=deal.contractor, key=key)
    assert first.status_code == 201, first.text
    assert first.json() == again.json()
    assert first.json()["origin"] == "contractor"
    assert first.json()["reportedInAt"] is not None
    # A contract that the authority has already is not written twice, nor changed.
    contract_id, _ = await deal.registered()
    known = {**body, "reference": "2026-0412", "contractSumCents": 1}
    answer = await deal.post(path, known, by=deal.contractor)
    assert answer.json()["id"] == contract_id
    assert answer.json()["terms"]["contractSumCents"] == 100_000_000
    assert answer.json()["reportedInAt"] is not None
    async with deal.database.work() as session:
        stranger = await make.a_member(session, Role.ADMIN)
    other = f"/organisations/{stranger.organisation_id}/contract-reports"
    assert said(await deal.post(other, known, by=stranger)) == (409, "/problems/contract-known")
    nowhere = {**body, "authorityId": str(stranger.organisation_id)}
    assert said(await deal.post(other, nowhere, by=stranger)) == (404, "/problems/not-found")


async def test_what_a_contractor_reported_gives_way_to_the_authority(deal: Deal) -> None:
    async with deal.database.work() as session:
        squatter = await make.a_member(session, Role.ADMIN)
    squats = f"/organisations/{squatter.organisation_id}/contract-reports"
    honest = f"/organisations/{deal.contractor.organisation_id}/contract-reports"
    body = deal.contract(authorityId=str(deal.hall.id), awardedOn="2024-06-30")
    body.pop("parties")
    squatted = (await deal.post(squats, body, by=squatter)).json()["id"]

    contract_id, obligation_id = await deal.registered()

    found = await deal.get(f"/contracts/{contract_id}", by=deal.contractor)
    assert (found["reference"], found["origin"]) == ("2026-0412", "authority")
    aside = await deal.get(f"/contracts/{squatted}", by=squatter)
    assert (aside["reference"], aside["awardedOn"]) == (f"2026-0412/{squatted}", "2024-06-30")
    assert aside["terms"]["isCancelled"] is True
    assert (await deal.get(f"/authorities/{deal.hall.id}/completeness"))["contracts"] == 1
    again = await deal.post(squats, body, by=squatter)
    assert said(again) == (409, "/problems/contract-known")
    # Who was only wrong about the day has come forward all the same.
    wrong = {**body, "reference": "wrong-day"}
    reported = (await deal.post(honest, wrong, by=deal.contractor)).json()
    corrected, _ = await deal.registered(reference="wrong-day")
    right = await deal.get(f"/contracts/{corrected}")
    assert right["reportedInAt"] == reported["reportedInAt"]
    # What is confirmed stays.
    await deal.post(honest, {**body, "reference": "confirmed"}, by=deal.contractor)
    [waiting] = [
        each
        for each in (await deal.get(f"/authorities/{deal.hall.id}/obligations"))["items"]
        if each["computedCents"] and each["id"] != obligation_id and each["contractId"] != corrected
    ]
    assert (await deal.confirm(waiting["id"])).status_code == 201
    late = deal.contract(reference="confirmed")
    answer = await deal.post(f"/authorities/{deal.hall.id}/contracts", late)
    assert said(answer) == (409, "/problems/contract-known")


async def test_what_is_only_reported_follows_the_rules_that_are_published(deal: Deal) -> None:
    hall, today = deal.hall, clock.today()
    path = f"/organisations/{deal.contractor.organisation_id}/contract-reports"
    body = deal.contract(authorityId=str(hall.id), awardedOn=today.isoformat())
    body.pop("parties")
    answer = await deal.post(path, {**body, "reference": "waits"}, by=deal.contractor)
    assert answer.status_code == 201, answer.text
    await deal.registered(awardedOn=(today - timedelta(days=1)).isoformat(), reference="kept")
    seven = rules()
    seven["obligation"] |= {
        "base": None,
        "percentage": {"kind": "fixed", "basisPoints": 700},
        "lowLabour": None,
    }

    drafted_rules = await drafted(deal.client, hall, today, seven)
    version = await publish(deal.client, drafted_rules, hall.approver)
    assert version.status_code == 201, version.text
    [first, *_] = (await deal.get(f"/authorities/{hall.id}/obligations"))["items"]
    assert said(await deal.confirm(first["id"])) == (412, "/problems/precondition-failed")
    await make.jobs_done(deal.database)
    await judging.judge(deal.database, hall.id)

    found = (await deal.get(f"/authorities/{hall.id}/obligations"))["items"]
    assert [each["rulesId"] for each in found] == [version.json()["id"], str(hall.rules_id)]
    # Nobody named the base that these rules leave to the contract.
    assert [each["computedCents"] for each in found] == [0, 5_000_000]
    assert "of which sum" in found[0]["steps"][0]["text"]
    told = await deal.get(f"/obligations/{first['id']}/decisions")
    assert [each["kind"] for each in told["items"]] == ["registered", "computed"]
    amended = await deal.amend(first["contractId"], base="contract-sum")
    assert amended.status_code == 201, amended.text
    assert (await deal.confirm(first["id"])).status_code == 201
    assert (await deal.balance(first["id"]))["imposed"] == 7_000_000


async def test_contracts_that_were_known_before_the_rules_are_judged_by_them(
    deal: Deal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "AT_ONCE", 1)
    async with deal.database.work() as session:
        city = await a_hall(session, with_rules=False)
    path = f"/authorities/{city.id}"
    for reference, cents in (("lacks", 20_000_000), ("small", 19_999_999)):
        contract = deal.contract(reference=reference, hasClause=False, contractSumCents=cents)
        await deal.post(f"{path}/contracts", contract, by=city.member)
    assert (await deal.get(f"{path}/completeness", by=city.viewer))["undecided"] == 2

    await publish(deal.client, await drafted(deal.client, city, date(2020, 1, 1)), city.approver)
    await make.jobs_done(deal.database)

    found = await deal.get(f"{path}/completeness", by=city.viewer)
    assert (found["undecided"], found["withoutClause"]) == (0, 1)


async def test_only_a_verified_number_opens_a_contract(deal: Deal) -> None:
    contract_id, obligation_id = await deal.registered()
    async with deal.database.work() as session:
        impostor = await make.an_organisation(session, "Schoonmaak Zuid B.V.")
        impostor.register_number = deal.register_number
        member = await make.a_member(session, Role.ADMIN, impostor)

    for path in (f"/v1/contracts/{contract_id}", f"/v1/obligations/{obligation_id}"):
        assert (await deal.client.get(path, headers=member.headers)).status_code == 404
    listed = await deal.get(f"/organisations/{member.organisation_id}/contracts", by=member)
    assert listed["items"] == []


def a_party(scheme: str, identifier: str) -> dict[str, str]:
    return {"scheme": scheme, "identifier": identifier, "legalName": "Schoonmaak Zuid B.V."}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"endsOn": "2020-01-01"}, "#"),
        ({"contractSumCents": 1.5}, "#/contractSumCents"),
        ({"parties": []}, "#/parties"),
        ({"parties": 2 * [a_party("NL-KVK", "12345678")]}, "#/parties"),
        ({"parties": [a_party("NL-KVK", "123")]}, "#/parties/0"),
        ({"parties": [a_party("kvk", "12345678")]}, "#/parties/0/scheme"),
    ],
)
async def test_what_can_t_be_is_refused(
    deal: Deal, change: dict[str, object], pointer: str
) -> None:
    answer = await deal.post(f"/authorities/{deal.hall.id}/contracts", deal.contract(**change))

    assert answer.status_code == 400, answer.text
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_a_reference_is_used_once(deal: Deal) -> None:
    contract_id, _ = await deal.registered()
    twice = await deal.post(f"/authorities/{deal.hall.id}/contracts", deal.contract())
    assert said(twice) == (409, "/problems/contract-known")
    by_contractor = await deal.post(
        f"/contracts/{contract_id}/amendments", REASON, by=deal.contractor
    )
    assert by_contractor.status_code in {400, 403}
