from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from app.core import clock
from app.core.database import Database
from app.organisations.models import ApiKey, Organisation
from tests import make
from tests.make import Member

READ = ["organisations:read"]


def path_of(admin: Member, part: str = "") -> str:
    return f"/v1/organisations/{admin.organisation_id}/api-keys{part}"


async def make_key(client: httpx.AsyncClient, admin: Member, **change: object) -> httpx.Response:
    body = {"name": "Till", "scopes": READ, **change}
    return await client.post(path_of(admin), json=body, headers=admin.headers)


def bearer(answer: httpx.Response) -> dict[str, str]:
    return {"Authorization": f"Bearer {answer.json()['token']}"}


async def reads(client: httpx.AsyncClient, headers: dict[str, str]) -> int:
    return (await client.get("/v1/organisations", headers=headers)).status_code


async def test_a_keys_secret_is_shown_once_and_kept_as_a_hash(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    made = await make_key(client, admin)
    token = made.json()["token"]

    assert made.status_code == 201
    assert token.startswith("baat_test_")
    assert made.json()["hint"] == token[-4:]
    listed = await client.get(path_of(admin), headers=admin.headers)
    assert token not in listed.text
    assert [row["name"] for row in listed.json()["items"]] == ["Till"]
    async with database.reading() as session:
        dump = await session.scalar(sa.text("SELECT json_agg(k)::text FROM api_keys k"))
    assert token not in dump
    assert await reads(client, bearer(made)) == 200


async def test_a_key_of_a_live_installation_opens_nothing_here(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    made = await make_key(client, admin)
    live = made.json()["token"].replace("baat_test_", "baat_live_")
    assert await reads(client, {"Authorization": f"Bearer {live}"}) == 401
    async with database.reading() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(ApiKey)) == 1


async def test_unknown_scopes_are_pointed_at(client: httpx.AsyncClient, admin: Member) -> None:
    answer = await make_key(
        client, admin, scopes=["x", *READ, "y"], expiresAt="2020-01-01T00:00:00Z"
    )
    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [
        "#/scopes/0",
        "#/scopes/2",
        "#/expiresAt",
    ]


@pytest.mark.parametrize("change", [{"scopes": []}, {"scopes": READ * 51}, {"name": "a\nb"}])
async def test_a_senseless_key_is_refused(
    client: httpx.AsyncClient, admin: Member, change: dict[str, object]
) -> None:
    assert (await make_key(client, admin, **change)).status_code == 400


async def test_every_scope_is_listed_for_everybody(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/scopes")
    assert READ[0] in {row["name"] for row in answer.json()["items"]}
    known = {"If-None-Match": answer.headers["etag"]}
    assert (await client.get("/v1/scopes", headers=known)).status_code == 304


async def test_a_key_without_the_scope_is_refused(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    async with database.work() as session:
        organisation = await session.get_one(Organisation, admin.organisation_id)
        bare = await make.an_api_key(session, organisation)
    answer = await client.get("/v1/organisations", headers=bare)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/scope-missing")
    assert READ[0] in answer.json()["detail"]


async def test_a_key_is_no_person(client: httpx.AsyncClient, admin: Member) -> None:
    key = bearer(await make_key(client, admin))
    for path in ("/v1/me", "/v1/sessions", path_of(admin)):
        answer = await client.get(path, headers=key)
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/people-only")


async def test_a_revoked_key_opens_nothing_any_more(
    client: httpx.AsyncClient, admin: Member, viewer: Member
) -> None:
    made = await make_key(client, admin)
    other = await make_key(client, admin)
    path = path_of(admin, f"/{made.json()['id']}")
    theirs = path_of(viewer, f"/{made.json()['id']}")
    assert (await client.delete(theirs, headers=viewer.headers)).status_code == 403
    assert (await client.delete(path, headers=admin.headers)).status_code == 204
    assert await reads(client, bearer(made)) == 401
    assert await reads(client, bearer(other)) == 200
    assert (await client.delete(path, headers=admin.headers)).status_code == 404
    listed = (await client.get(path_of(admin), headers=admin.headers)).json()["items"]
    assert [row["revokedAt"] is None for row in listed] == [False, True]


async def test_a_key_ends_when_it_says(client: httpx.AsyncClient, admin: Member) -> None:
    ends_at = clock.now() + timedelta(days=1)
    key = bearer(await make_key(client, admin, expiresAt=ends_at.isoformat()))
    with clock.travelled(ends_at - timedelta(minutes=1)):
        assert await reads(client, key) == 200
    with clock.travelled(ends_at + timedelta(seconds=1)):
        assert await reads(client, key) == 401


async def test_use_is_remembered_by_the_minute(client: httpx.AsyncClient, admin: Member) -> None:
    async def last_used() -> str | None:
        [row] = (await client.get(path_of(admin), headers=admin.headers)).json()["items"]
        return str(row["lastUsedAt"]) if row["lastUsedAt"] else None

    key = bearer(await make_key(client, admin))
    assert await last_used() is None
    await reads(client, key)
    first = await last_used()
    await reads(client, key)
    assert first is not None
    assert await last_used() == first
    with clock.travelled(clock.now() + timedelta(minutes=2)):
        await reads(client, key)
        assert await last_used() != first


async def test_a_use_that_can_not_be_noted_is_no_refusal(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    key = bearer(await make_key(client, admin))
    async with database.work() as session:
        # Somebody holds the row for longer than the mark may wait.
        await session.execute(sa.select(ApiKey).with_for_update())
        with capture_logs() as log:
            assert await reads(client, key) == 200
    assert "last_use_not_noted" in [line["event"] for line in log]


async def test_staff_makes_no_key_in_an_organisations_name(
    client: httpx.AsyncClient, admin: Member, staff: dict[str, str]
) -> None:
    body = {"name": "Till", "scopes": READ}
    answer = await client.post(path_of(admin), json=body, headers=staff)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/role-too-small")
    assert (await client.get(path_of(admin), headers=staff)).status_code == 403


async def test_the_key_of_a_suspended_organisation_still_reads(
    client: httpx.AsyncClient, admin: Member, staff: dict[str, str]
) -> None:
    key = bearer(await make_key(client, admin))
    path = f"/v1/organisations/{admin.organisation_id}"
    await client.post(f"{path}/suspensions", json={"reason": "Complaints."}, headers=staff)
    assert (await client.get(path, headers=key)).json()["status"] == "suspended"
