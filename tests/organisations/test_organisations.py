import asyncio
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from app.core.database import Database
from app.core.ids import new_id
from app.organisations.models import Organisation, OrganisationStatus, Role
from tests import make
from tests.conftest import served
from tests.make import Member

BAKERY = {
    "legalName": "Bakkerij Noord B.V.",
    "registerNumber": "24123456",
    "vatId": "NL004495445B01",
    "iban": "NL91 ABNA 0417 1643 00",
    "street": "Noordplein 12",
    "postalCode": "3035 EA",
    "city": "Rotterdam",
}
REASON = {"reason": "Seen in the trade register."}


async def register(
    client: httpx.AsyncClient, headers: dict[str, str], body: object = BAKERY, key: str = ""
) -> httpx.Response:
    once = {"Idempotency-Key": key or str(new_id())}
    return await client.post("/v1/organisations", json=body, headers={**headers, **once})


async def decide(
    client: httpx.AsyncClient, staff: dict[str, str], organisation_id: UUID, what: str, **more: str
) -> httpx.Response:
    path = f"/v1/organisations/{organisation_id}/{what}"
    return await client.post(path, json={**REASON, **more}, headers=staff)


async def organisations(database: Database, *names: str) -> list[UUID]:
    async with database.work() as session:
        return [(await make.an_organisation(session, name)).id for name in names]


async def test_who_registers_an_organisation_is_its_first_admin(
    client: httpx.AsyncClient, admin: Member
) -> None:
    answer = await register(client, admin.headers)

    assert answer.status_code == 201
    made = answer.json()
    assert made["status"] == "active"
    assert made["verifiedAt"] is None
    assert made["iban"] == "NL91ABNA0417164300"
    assert answer.headers["location"] == f"/v1/organisations/{made['id']}"
    read = await client.get(answer.headers["location"], headers=admin.headers)
    assert read.json() == made
    assert read.headers["etag"] == answer.headers["etag"]
    me = (await client.get("/v1/me", headers=admin.headers)).json()
    rights = {row["organisationId"]: row["rights"] for row in me["organisations"]}
    assert "administer" in rights[made["id"]]


async def test_every_fault_is_named_at_once_and_where_it_is(
    client: httpx.AsyncClient, admin: Member
) -> None:
    body = {
        "legalName": "",
        "registerNumber": "2412345",
        "vatId": "NL004495446B01",
        "iban": "NL91ABNA0417164301",
        "postalCode": "0035 EA",
        "nickname": "x",
    }
    answer = await register(client, admin.headers, body)
    assert answer.status_code == 400
    assert {fault["pointer"] for fault in answer.json()["errors"]} == {f"#/{name}" for name in body}


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"country": "BE", "registerNumber": "0403.227.515", "postalCode": "1000"}, 201),
        ({"country": "NL", "registerNumber": "0403.227.515"}, 400),
        ({"country": "nl"}, 400),
        ({"vatId": "GB980780684"}, 400),
        ({"iban": "XX91ABNA0417164300"}, 400),
        ({"iban": ""}, 400),
        ({"registerNumber": 24123456}, 400),
        ({"status": "active"}, 400),
        ({"legalName": "   "}, 400),
    ],
)
async def test_numbers_fit_the_country(
    client: httpx.AsyncClient, admin: Member, change: dict[str, object], status: int
) -> None:
    body = {**BAKERY, **change}
    if change.get("country") == "BE":
        body["vatId"] = "BE403019261"
    assert (await register(client, admin.headers, body)).status_code == status


async def test_registering_twice_with_one_key_makes_one_organisation(
    client: httpx.AsyncClient, admin: Member
) -> None:
    first = await register(client, admin.headers, key="the-first")
    second = await register(client, admin.headers, key="the-first")
    other = await register(
        client, admin.headers, {**BAKERY, "legalName": "Bakkerij Zuid"}, key="the-first"
    )
    none = await client.post("/v1/organisations", json=BAKERY, headers=admin.headers)

    assert second.json() == first.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert other.status_code == 422
    assert none.status_code == 400
    listed = (await client.get("/v1/organisations", headers=admin.headers)).json()["items"]
    assert len(listed) == 2


async def test_one_key_of_two_people_are_two_keys(
    client: httpx.AsyncClient, admin: Member, viewer: Member
) -> None:
    answers = [await register(client, who.headers, key="one") for who in (admin, viewer)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] != answers[1].json()["id"]


async def test_a_change_says_which_version_it_changes(
    client: httpx.AsyncClient, admin: Member
) -> None:
    path = f"/v1/organisations/{admin.organisation_id}"
    etag = (await client.get(path, headers=admin.headers)).headers["etag"]
    answers = [
        await client.patch(path, json={"city": "Schiedam"}, headers={**admin.headers, **match})
        for match in ({}, {"If-Match": etag}, {"If-Match": etag}, {"If-Match": "no quotes"})
    ]
    assert [answer.status_code for answer in answers] == [428, 200, 412, 400]
    assert answers[1].headers["etag"] != etag


async def test_of_two_changes_at_once_one_is_stale(app: FastAPI, admin: Member) -> None:
    path = f"/v1/organisations/{admin.organisation_id}"
    async with served(app) as address, httpx.AsyncClient(base_url=address) as client:
        etag = (await client.get(path, headers=admin.headers)).headers["etag"]
        headers = {**admin.headers, "If-Match": etag}
        answers = await asyncio.gather(
            *(client.patch(path, json={"city": f"City {n}"}, headers=headers) for n in range(6))
        )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 5


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"postalCode": "0035 EA"}, "#/postalCode"),
        ({"iban": "NL00ABNA0417164300"}, "#/iban"),
        ({"registerNumber": "24123457"}, "#/registerNumber"),
        ({"country": "BE"}, "#/country"),
    ],
)
async def test_a_change_is_checked_like_a_registration(
    client: httpx.AsyncClient, admin: Member, change: dict[str, str], pointer: str
) -> None:
    answer = await client.patch(
        f"/v1/organisations/{admin.organisation_id}",
        json=change,
        headers={**admin.headers, "If-Match": "*"},
    )
    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_null_removes_a_detail_but_not_the_name(
    client: httpx.AsyncClient, admin: Member
) -> None:
    path = f"/v1/organisations/{admin.organisation_id}"
    headers = {**admin.headers, "If-Match": "*"}
    await client.patch(path, json={"city": "Rotterdam"}, headers=headers)
    gone = await client.patch(path, json={"city": None}, headers=headers)
    assert gone.json()["city"] is None
    assert (await client.patch(path, json={"legalName": None}, headers=headers)).status_code == 400


async def test_another_bank_account_is_dated(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    path = f"/v1/organisations/{admin.organisation_id}"
    headers = {**admin.headers, "If-Match": "*"}

    async def changed_at() -> object:
        async with database.reading() as session:
            return (await session.get_one(Organisation, admin.organisation_id)).iban_changed_at

    assert await changed_at() is None
    await client.patch(path, json={"iban": BAKERY["iban"]}, headers=headers)
    first = await changed_at()
    assert first is not None
    await client.patch(path, json={"iban": BAKERY["iban"], "city": "Delft"}, headers=headers)
    assert await changed_at() == first
    await client.patch(path, json={"iban": None}, headers=headers)
    assert await changed_at() != first


async def test_a_list_comes_in_pages_without_gaps_or_repeats(
    client: httpx.AsyncClient, database: Database, staff: dict[str, str]
) -> None:
    made = await organisations(database, *(f"Organisation {number}" for number in range(7)))
    seen: list[str] = []
    after: str | None = None
    while True:
        params = {"limit": "3"} | ({"after": after} if after else {})
        answer = await client.get("/v1/organisations", params=params, headers=staff)
        seen += [row["id"] for row in answer.json()["items"]]
        if (after := answer.json()["next"]) is None:
            break
    assert seen == [str(organisation_id) for organisation_id in made]


@pytest.mark.parametrize("limit", ["0", "201", "x", "-1"])
async def test_a_senseless_page_is_refused(
    client: httpx.AsyncClient, admin: Member, limit: str
) -> None:
    answer = await client.get("/v1/organisations", params={"limit": limit}, headers=admin.headers)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == "limit"


async def test_people_and_keys_list_their_own_organisations_only(
    client: httpx.AsyncClient, database: Database, admin: Member, viewer: Member
) -> None:
    async with database.work() as session:
        organisation = await session.get_one(Organisation, viewer.organisation_id)
        key = await make.an_api_key(session, organisation, "organisations:read")
    for headers, own in (
        (admin.headers, admin.organisation_id),
        (viewer.headers, viewer.organisation_id),
        (key, viewer.organisation_id),
    ):
        listed = (await client.get("/v1/organisations", headers=headers)).json()["items"]
        assert [row["id"] for row in listed] == [str(own)]


DECISIONS = {
    "verifications": {"active", "suspended", "bankrupt"},
    "suspensions": {"active"},
    "reinstatements": {"suspended", "bankrupt"},
    "bankruptcies": {"active", "suspended"},
    "mergers": {"active", "suspended"},
}


@pytest.mark.parametrize("status", list(OrganisationStatus))
@pytest.mark.parametrize("decision", DECISIONS)
async def test_a_status_allows_some_decisions_and_forbids_others(
    client: httpx.AsyncClient,
    database: Database,
    staff: dict[str, str],
    status: OrganisationStatus,
    decision: str,
) -> None:
    async with database.work() as session:
        into = await make.an_organisation(session)
        organisation = await make.an_organisation(session)
        organisation.status = status
        if status is OrganisationStatus.MERGED:
            organisation.merged_into_id = into.id
    more = {"intoId": str(into.id)} if decision == "mergers" else {}

    answer = await decide(client, staff, organisation.id, decision, **more)

    if status in DECISIONS[decision]:
        assert answer.status_code == 201
    else:
        assert answer.status_code == 409
        assert answer.json()["type"] == "/problems/status-forbids"


async def test_decisions_are_kept_with_their_reason_and_author(
    client: httpx.AsyncClient, admin: Member, staff: dict[str, str]
) -> None:
    for what in ("suspensions", "reinstatements"):
        await decide(client, staff, admin.organisation_id, what)
    path = f"/v1/organisations/{admin.organisation_id}/decisions"
    listed = (await client.get(path, headers=admin.headers)).json()["items"]
    assert [row["kind"] for row in listed] == ["suspended", "reinstated"]
    me = (await client.get("/v1/me", headers=staff)).json()
    assert {row["decidedById"] for row in listed} == {me["id"]}
    assert {row["reason"] for row in listed} == {REASON["reason"]}


async def test_a_register_number_is_verified_for_one_organisation(
    app: FastAPI, database: Database, staff: dict[str, str]
) -> None:
    async with database.work() as session:
        twins = [await make.an_organisation(session) for _ in range(3)]
        for twin in twins:
            twin.register_number = "24999999"
    async with served(app) as address, httpx.AsyncClient(base_url=address) as client:
        answers = await asyncio.gather(
            *(decide(client, staff, twin.id, "verifications") for twin in twins)
        )
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
        kinds = {answer.json().get("type") for answer in answers} - {None}
        assert kinds == {"/problems/already-verified"}


async def test_two_suspensions_at_once_are_one_decision(
    app: FastAPI, admin: Member, staff: dict[str, str]
) -> None:
    async with served(app) as address, httpx.AsyncClient(base_url=address) as client:
        answers = await asyncio.gather(
            *(decide(client, staff, admin.organisation_id, "suspensions") for _ in range(4))
        )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_a_merger_says_into_what_and_makes_no_circle(
    client: httpx.AsyncClient, database: Database, staff: dict[str, str]
) -> None:
    first, second, third = await organisations(database, "A", "B", "C")
    assert (await decide(client, staff, first, "mergers", intoId=str(first))).status_code == 409
    assert (await decide(client, staff, first, "mergers", intoId=str(second))).status_code == 201
    assert (await decide(client, staff, second, "mergers", intoId=str(first))).status_code == 409
    assert (await decide(client, staff, third, "mergers", intoId=str(first))).status_code == 409
    assert (await decide(client, staff, second, "mergers", intoId=str(third))).status_code == 201
    gone = await client.get(f"/v1/organisations/{first}", headers=staff)
    assert (gone.json()["status"], gone.json()["mergedIntoId"]) == ("merged", str(second))
    nowhere = await decide(client, staff, third, "mergers", intoId=str(new_id()))
    assert nowhere.status_code == 404


async def test_mergers_in_a_circle_at_once_are_not_all_done(
    app: FastAPI, database: Database, staff: dict[str, str]
) -> None:
    ids = await organisations(database, "A", "B", "C")
    async with served(app) as address, httpx.AsyncClient(base_url=address) as client:
        answers = await asyncio.gather(
            *(
                decide(client, staff, ids[n], "mergers", intoId=str(ids[(n + 1) % 3]))
                for n in range(3)
            )
        )
        listed = (await client.get("/v1/organisations", headers=staff)).json()["items"]
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses in ([201, 201, 409], [201, 409, 409])
    assert "active" in {row["status"] for row in listed}


async def test_a_suspended_organisation_looks_and_does_nothing(
    client: httpx.AsyncClient, database: Database, admin: Member, staff: dict[str, str]
) -> None:
    await decide(client, staff, admin.organisation_id, "suspensions")
    path = f"/v1/organisations/{admin.organisation_id}"
    headers = {**admin.headers, "If-Match": "*"}
    for part in ("", "/trail", "/decisions", "/memberships", "/invitations", "/api-keys"):
        assert (await client.get(path + part, headers=headers)).status_code == 200, part
    refused = await client.patch(path, json={"city": "Delft"}, headers=headers)
    assert refused.status_code == 403
    assert refused.json()["type"] == "/problems/organisation-inactive"
    await decide(client, staff, admin.organisation_id, "reinstatements")
    assert (await client.patch(path, json={"city": "Delft"}, headers=headers)).status_code == 200
    async with database.work() as session:
        organisation = await session.get_one(Organisation, admin.organisation_id)
        viewer = await make.a_member(session, Role.VIEWER, organisation)
    await decide(client, staff, admin.organisation_id, "suspensions")
    assert (await client.get(path + "/trail", headers=viewer.headers)).status_code == 403


async def test_an_unknown_organisation_is_404_for_staff_too(
    client: httpx.AsyncClient, staff: dict[str, str]
) -> None:
    assert (await decide(client, staff, new_id(), "suspensions")).status_code == 404
    assert (await client.get(f"/v1/organisations/{new_id()}", headers=staff)).status_code == 404


async def test_another_name_is_not_what_staff_verified(
    client: httpx.AsyncClient, admin: Member, staff: dict[str, str]
) -> None:
    await decide(client, staff, admin.organisation_id, "verifications")
    path = f"/v1/organisations/{admin.organisation_id}"
    headers = {**admin.headers, "If-Match": "*"}
    moved = await client.patch(path, json={"city": "Schiedam"}, headers=headers)
    assert moved.json()["verifiedAt"] is not None
    renamed = await client.patch(path, json={"legalName": "Gemeente Elders"}, headers=headers)
    assert renamed.json()["verifiedAt"] is None
    trail = (await client.get(f"{path}/trail", headers=admin.headers)).json()["items"]
    changes = [entry["data"]["fields"] for entry in trail if entry["kind"].endswith(".changed")]
    assert changes == [["legal_name"], ["city"]], "the newest first"
