"""Schemes: created, prepared, opened, read by everybody, closed."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.core import clock
from app.core.database import Database
from app.core.ids import new_id
from app.organisations.models import Organisation, Role
from tests import make
from tests.make import Member
from tests.schemes.conftest import Market, said

REASON = {"reason": "Decision of the board of 2026-11-20."}


async def create(
    client: httpx.AsyncClient, staff: dict[str, str], operator_id: UUID, **changes: object
) -> httpx.Response:
    body = {
        "code": "rikx-rotterdam",
        "name": {"nl": "Rikx Rotterdam en Schiedam", "en": "Rikx Rotterdam and Schiedam"},
        "unitName": "RIKX",
        "operatorId": str(operator_id),
        "region": ["GM0606", "GM0599"],
        "languages": ["nl"],
        **changes,
    }
    once = {"Idempotency-Key": str(new_id())}
    return await client.post("/v1/schemes", json=body, headers={**staff, **once})


async def set_up(
    client: httpx.AsyncClient,
    database: Database,
    staff: dict[str, str],
    terms: dict[str, Any],
    **details: object,
) -> tuple[str, Member, Member]:
    """Bring a scheme from nothing to open, through the interface alone.

    Gives its path, an admin of its operator and an admin of the authority that recognises it.
    """
    async with database.work() as session:
        operator = await make.an_organisation(session, "Stichting Rikx")
        writer = await make.a_member(session, Role.MEMBER, operator)
        admin = await make.a_member(session, Role.ADMIN, operator)
        city = await make.a_member(
            session, organisation=await make.an_organisation(session, "Gemeente Rotterdam")
        )
    authority = await client.post(
        "/v1/authorities",
        json={
            "organisationId": str(city.organisation_id),
            "municipalities": ["GM0599"],
            "reason": "A municipality by law.",
        },
        headers=staff,
    )
    scheme = await create(client, staff, operator.id, **details)
    path = f"/v1/schemes/{scheme.json()['id']}"
    today = clock.today().isoformat()
    draft = await client.post(
        f"{path}/policy-drafts", json={"validFrom": today, "terms": terms}, headers=writer.headers
    )
    match = {"If-Match": draft.headers["etag"]}
    published = await client.post(
        f"{draft.headers['location']}/publications", json=REASON, headers={**admin.headers, **match}
    )
    recognition = {"authorityId": authority.json()["id"], "reason": "Decision of the council."}
    recognised = await client.post(f"{path}/recognitions", json=recognition, headers=staff)
    opened = await client.post(
        f"{path}/decisions", json={"kind": "opened", **REASON}, headers=staff
    )
    steps = (authority, scheme, draft, published, recognised, opened)
    assert [step.status_code for step in steps] == [201] * len(steps), [s.text for s in steps]
    return path, admin, city


async def test_a_scheme_is_set_up_through_the_interface(
    client: httpx.AsyncClient, database: Database, staff: dict[str, str]
) -> None:
    path, admin, _city = await set_up(client, database, staff, make.TERMS)

    everybody = (await client.get(path)).json()
    assert everybody["state"] == "open"
    assert everybody["region"] == ["GM0599", "GM0606"]
    assert everybody["operator"]["legalName"] == "Stichting Rikx"
    [authority] = everybody["authorities"]
    assert (authority["legalName"], authority["municipalities"]) == (
        "Gemeente Rotterdam",
        ["GM0599"],
    )
    listed = (await client.get("/v1/schemes?code=rikx-rotterdam")).json()["items"]
    assert listed == [everybody]
    [policy] = (await client.get(f"{path}/policies")).json()["items"]
    assert policy["number"] == 1
    assert policy["terms"].items() >= make.TERMS.items()
    # Its books were opened with it, before anything is in them.
    books = await client.get("/v1/ledgers", headers=admin.headers)
    assert {(each["book"], each["keeperId"]) for each in books.json()["items"]} == {
        ("money", everybody["id"]),
        ("impact", everybody["id"]),
    }


async def test_a_draft_is_its_operators_and_staffs_to_see(
    client: httpx.AsyncClient, database: Database, staff: dict[str, str], company: Member
) -> None:
    async with database.work() as session:
        operator = await make.a_member(session)
    made = (await create(client, staff, operator.organisation_id)).json()
    path = f"/v1/schemes/{made['id']}"

    assert said(await client.get(path)) == (404, "/problems/not-found")
    public = (await client.get("/v1/schemes")).json()["items"]
    assert made["id"] not in {scheme["id"] for scheme in public}
    for who, sees in ((operator.headers, [made]), (staff, [made]), (company.headers, [])):
        found = (await client.get("/v1/me/schemes", headers=who)).json()["items"]
        assert [scheme for scheme in found if scheme["id"] == made["id"]] == sees
    assert (await client.get(f"{path}/settings", headers=operator.headers)).json() == made
    assert (await client.get(f"{path}/settings", headers=company.headers)).status_code == 404


async def test_a_scheme_opens_only_when_it_can_work(
    client: httpx.AsyncClient, database: Database, staff: dict[str, str]
) -> None:
    async with database.work() as session:
        operator = await make.an_organisation(session)
    path = f"/v1/schemes/{(await create(client, staff, operator.id)).json()['id']}"
    opening = {"kind": "opened", **REASON}

    answer = await client.post(f"{path}/decisions", json=opening, headers=staff)

    assert said(answer) == (409, "/problems/scheme-not-ready")
    assert answer.json()["missing"] == [
        "a published policy that applies today",
        "an authority that recognises it",
    ]


async def test_who_has_a_public_list_is_not_sent_it_again(
    client: httpx.AsyncClient, market: Market
) -> None:
    for path in ("/v1/schemes", market.path, f"{market.path}/policies", "/v1/authorities"):
        first = await client.get(path)
        assert first.headers["cache-control"].startswith("public")
        again = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")

    first = await client.get(market.path)
    match = {"If-Match": "*", **market.admin.headers}
    await client.patch(f"{market.path}/settings", json={"region": ["GM0606"]}, headers=match)
    changed = await client.get(market.path, headers={"If-None-Match": first.headers["etag"]})
    assert (changed.status_code, changed.json()["region"]) == (200, ["GM0606"])


async def test_a_change_says_which_version_it_changes(
    client: httpx.AsyncClient, market: Market
) -> None:
    path, headers = f"{market.path}/settings", market.admin.headers
    etag = (await client.get(path, headers=headers)).headers["etag"]
    body = {"name": {"nl": "Rikx", "en": "Rikx"}, "languages": ["en", "nl"]}
    answers = [
        await client.patch(path, json=body, headers={**headers, **match})
        for match in ({}, {"If-Match": etag}, {"If-Match": etag})
    ]

    assert [answer.status_code for answer in answers] == [428, 200, 412]
    assert answers[1].json()["name"] == body["name"]
    assert answers[1].headers["etag"] != etag


async def test_what_stands_in_the_books_keeps_its_name(
    client: httpx.AsyncClient, market: Market, staff: dict[str, str]
) -> None:
    path, headers = f"{market.path}/settings", {**market.admin.headers, "If-Match": "*"}
    unit = await client.patch(path, json={"unitName": "PUNT"}, headers=headers)
    same = await client.patch(path, json={"unitName": "RIKX"}, headers=headers)
    gone = await client.patch(path, json={"region": None}, headers=headers)
    code = await client.patch(path, json={"code": "other"}, headers=headers)
    await client.post(f"{market.path}/decisions", json={"kind": "closed", **REASON}, headers=staff)
    closed = await client.patch(path, json={"region": ["GM0599"]}, headers=headers)

    assert said(unit) == (409, "/problems/scheme-state-forbids")
    assert same.status_code == 200
    assert [gone.status_code, code.status_code] == [400, 400]
    assert said(closed) == (409, "/problems/scheme-state-forbids")


@pytest.mark.parametrize(
    "change",
    [
        {"region": ["0599"]},
        {"region": ["GM599"]},
        {"region": ["GM0599", "GM0599"]},
        {"region": []},
        {"code": "Rikx Rotterdam"},
        {"code": "-rikx"},
        {"name": {"nl": "Rikx"}},
        {"languages": ["fr"]},
        {"unitName": "<b>"},
    ],
)
async def test_bad_details_are_refused(
    client: httpx.AsyncClient, staff: dict[str, str], change: dict[str, object]
) -> None:
    answer = await create(client, staff, new_id(), **change)

    assert answer.status_code == 400
    assert {fault["pointer"].split("/")[1] for fault in answer.json()["errors"]} == set(change)


async def test_a_code_belongs_to_one_scheme_and_an_operator_must_be_able_to_run_one(
    client: httpx.AsyncClient, market: Market, staff: dict[str, str]
) -> None:
    first = await create(client, staff, market.operator_id)
    second = await create(client, staff, market.operator_id)
    nobody = await create(client, staff, new_id(), code="other")
    suspended = await client.post(
        f"/v1/organisations/{market.operator_id}/suspensions", json=REASON, headers=staff
    )
    stopped = await create(client, staff, market.operator_id, code="third")

    assert first.status_code == 201
    assert said(second) == (409, "/problems/scheme-code-taken")
    assert said(nobody) == (404, "/problems/not-found")
    assert suspended.status_code == 201
    assert said(stopped) == (409, "/problems/status-forbids")


async def test_two_schemes_stand_apart(client: httpx.AsyncClient, database: Database) -> None:
    async with database.work() as session:
        ours, theirs = await make.a_member(session), await make.a_member(session)
        schemes = [
            await make.a_scheme(session, await session.get_one(Organisation, who))
            for who in (ours.organisation_id, theirs.organisation_id)
        ]
        admission = await make.an_admission(session, schemes[1])
        draft = await make.a_policy_draft(session, schemes[1])
    mine, other = (f"/v1/schemes/{scheme.id}" for scheme in schemes)

    for path in (
        f"{other}/settings",
        f"{other}/admissions",
        f"{other}/decisions",
        # Its own scheme is no way into another one.
        f"{mine}/admissions/{admission.id}",
        f"{mine}/policy-drafts/{draft.id}",
    ):
        assert (await client.get(path, headers=ours.headers)).status_code == 404, path
        assert (await client.get(path.replace(mine, other), headers=theirs.headers)).is_success


async def test_a_machine_reads_with_the_scope_for_it(
    client: httpx.AsyncClient, database: Database, market: Market
) -> None:
    async with database.work() as session:
        operator = await session.get_one(Organisation, market.operator_id)
        reads = await make.an_api_key(session, operator, "schemes:read")
        lacks = await make.an_api_key(session, operator, "organisations:read")

    assert (await client.get(f"{market.path}/enrolments", headers=reads)).status_code == 200
    refused = await client.get(f"{market.path}/enrolments", headers=lacks)
    assert said(refused) == (403, "/problems/scope-missing")
    changing = {**reads, "If-Match": "*"}
    change = await client.patch(f"{market.path}/settings", json={}, headers=changing)
    assert said(change) == (403, "/problems/people-only")


async def test_every_decision_says_who_when_and_why(
    client: httpx.AsyncClient, market: Market, staff: dict[str, str]
) -> None:
    before = clock.now() - timedelta(seconds=1)
    await client.post(f"{market.path}/decisions", json={"kind": "closed", **REASON}, headers=staff)
    me = (await client.get("/v1/me", headers=staff)).json()["id"]
    answer = await client.get(f"{market.path}/decisions", headers=market.viewer.headers)

    [decision] = answer.json()["items"]
    assert (decision["kind"], decision["reason"]) == ("closed", REASON["reason"])
    assert decision["decidedById"] == me
    assert decision["decidedAt"] >= before.isoformat()
    assert (await client.get(market.path)).json()["state"] == "closed"
