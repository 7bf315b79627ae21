import json
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from app.core import clock
from app.core.database import Database
from app.core.ids import new_id
from app.core.settings import Settings
from app.organisations.models import Organisation, Role, TrailEntry
from tests import make
from tests.make import PASSWORD, Member


async def entries(database: Database, kind: str) -> list[TrailEntry]:
    async with database.reading() as session:
        query = sa.select(TrailEntry).where(TrailEntry.kind == kind).order_by(TrailEntry.id)
        return list(await session.scalars(query))


async def test_a_sign_in_and_its_end_are_in_the_trail(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    answer = await client.post("/v1/sessions", json={"email": admin.email, "password": PASSWORD})
    headers = {"Authorization": f"Bearer {answer.json()['token']}"}
    ended = await client.delete("/v1/sessions/current", headers=headers)

    [started] = await entries(database, "session.started")
    assert started.actor == f"user:{admin.user_id}"
    assert started.user_id == admin.user_id
    assert started.network == "127.0.0.0/24"
    assert started.request_id == answer.headers["x-request-id"]
    [end] = await entries(database, "session.ended")
    assert end.request_id == ended.headers["x-request-id"]


async def test_a_refused_sign_in_is_in_the_trail_without_the_address(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    for email in (admin.email, "nobody@baat.example"):
        await client.post("/v1/sessions", json={"email": email, "password": "wrong"})
    known, unknown = await entries(database, "session.refused")
    assert (known.user_id, unknown.user_id) == (admin.user_id, None)
    assert known.actor is None
    assert known.data["reason"] == "/problems/sign-in-refused"
    assert known.data["account"] != unknown.data["account"]


async def test_what_strangers_try_stands_in_their_own_trail_only(
    client: httpx.AsyncClient, database: Database, admin: Member, viewer: Member
) -> None:
    path = f"/v1/organisations/{admin.organisation_id}"
    assert (await client.get(path, headers=viewer.headers)).status_code == 404

    [entry] = await entries(database, "request.refused")
    assert entry.organisation_id is None
    seen = (await client.get(f"{path}/trail", headers=admin.headers)).json()["items"]
    assert seen == []
    own = (await client.get("/v1/me/trail", headers=viewer.headers)).json()["items"]
    assert str(entry.id) in {row["id"] for row in own}


async def test_what_a_members_role_forbids_is_in_the_trail_of_the_organisation(
    client: httpx.AsyncClient, database: Database, viewer: Member
) -> None:
    async with database.work() as session:
        organisation = await session.get_one(Organisation, viewer.organisation_id)
        admin = await make.a_member(session, Role.ADMIN, organisation)
    path = f"/v1/organisations/{admin.organisation_id}"
    tried = await client.patch(
        path, json={"city": "Schiedam"}, headers={**viewer.headers, "If-Match": "*"}
    )
    assert tried.status_code == 403

    [entry] = await entries(database, "request.refused")
    assert entry.actor == f"user:{viewer.user_id}"
    assert entry.organisation_id == admin.organisation_id
    assert entry.request_id == tried.headers["x-request-id"]
    assert entry.data["operation"] == "PATCH /v1/organisations/{organisation_id}"
    seen = (await client.get(f"{path}/trail", headers=admin.headers)).json()["items"]
    assert str(entry.id) in {row["id"] for row in seen}
    own = (await client.get("/v1/me/trail", headers=viewer.headers)).json()["items"]
    assert str(entry.id) in {row["id"] for row in own}


async def test_an_admin_sees_nothing_of_other_organisations(
    client: httpx.AsyncClient, admin: Member, viewer: Member, staff: dict[str, str]
) -> None:
    path = f"/v1/organisations/{viewer.organisation_id}/suspensions"
    await client.post(path, json={"reason": "Complaints."}, headers=staff)
    await client.post("/v1/sessions", json={"email": viewer.email, "password": PASSWORD})
    seen = await client.get(
        f"/v1/organisations/{admin.organisation_id}/trail", headers=admin.headers
    )
    assert seen.json()["items"] == []
    everything = (await client.get("/v1/trail", headers=staff)).json()["items"]
    assert {"organisation.suspended", "session.started"} <= {row["kind"] for row in everything}


async def test_every_change_of_rights_is_in_the_trail_and_among_the_events(
    client: httpx.AsyncClient, database: Database, admin: Member, staff: dict[str, str]
) -> None:
    headers = {**admin.headers, "If-Match": "*", "Idempotency-Key": str(new_id())}
    body = {"legalName": "Geheime Naam B.V.", "registerNumber": "24123456"}
    made = await client.post("/v1/organisations", json=body, headers=headers)
    path = f"/v1/organisations/{made.json()['id']}"
    await client.post(
        f"{path}/invitations", json={"email": "f@baat.example", "role": "viewer"}, headers=headers
    )
    accepting = {
        "token": (await make.mails(database))[-1].token,
        "name": "Fatima el Idrissi",
        "password": "acht fietsen staan onder water",
    }
    member = (await client.post("/v1/memberships", json=accepting)).json()
    membership = f"{path}/memberships/{member['id']}"
    await client.patch(membership, json={"role": "member"}, headers=headers)
    own = (await client.get(f"{path}/memberships", headers=headers)).json()["items"][0]
    now = clock.now()
    period = {"startsAt": now.isoformat(), "endsAt": (now + timedelta(days=1)).isoformat()}
    deputy = await client.post(
        f"{path}/memberships/{own['id']}/deputies",
        json={"deputyMembershipId": member["id"], **period},
        headers=headers,
    )
    assert deputy.status_code == 201, deputy.text
    await client.delete(
        f"{path}/memberships/{own['id']}/deputies/{deputy.json()['id']}", headers=headers
    )
    await client.delete(membership, headers=headers)
    key = {"name": "Till", "scopes": ["organisations:read"]}
    made_key = (await client.post(f"{path}/api-keys", json=key, headers=headers)).json()
    await client.delete(f"{path}/api-keys/{made_key['id']}", headers=headers)
    await client.post(f"{path}/suspensions", json={"reason": "Complaints."}, headers=staff)

    async with database.reading() as session:
        trail = set(await session.scalars(sa.text("SELECT kind FROM trail_entries")))
        events = set(await session.scalars(sa.text("SELECT type FROM events")))
        everything = await session.scalar(
            sa.text(
                "SELECT (SELECT json_agg(t)::text FROM trail_entries t)"
                " || (SELECT json_agg(e)::text FROM events e)"
            )
        )
    changes = {
        "membership.made",
        "invitation.made",
        "membership.role-changed",
        "deputy.appointed",
        "deputy.ended",
        "membership.ended",
        "api-key.made",
        "api-key.revoked",
        "organisation.suspended",
    }
    assert changes <= trail
    assert changes <= events
    secrets = ["Geheime", "Fatima", "Sanne", "@", accepting["token"], made_key["token"]]
    assert [secret for secret in secrets if secret in str(everything)] == []


async def test_nobody_is_told_of_a_change_that_was_rolled_back(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    path = f"/v1/organisations/{admin.organisation_id}/memberships/{admin.membership_id}"
    assert (await client.delete(path, headers=admin.headers)).status_code == 409
    assert await entries(database, "membership.ended") == []


@pytest.fixture(params=["application", "owner"])
async def connection(
    request: pytest.FixtureRequest, settings: Settings, client: httpx.AsyncClient
) -> AsyncIterator[asyncpg.Connection]:
    """A connection past the application, after something happened."""
    await client.get("/v1/me", headers={"Authorization": "Bearer baat_session_x"})
    assert settings.migrations_database_url
    urls = {"application": settings.database_url, "owner": settings.migrations_database_url}
    plain = make_url(urls[request.param].get_secret_value()).set(drivername="postgresql")
    connection = await asyncpg.connect(plain.render_as_string(hide_password=False))
    yield connection
    await connection.close()


@pytest.mark.parametrize("table", ["trail_entries", "organisation_decisions", "events"])
@pytest.mark.parametrize(
    "change", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
async def test_what_happened_can_not_be_changed(
    connection: asyncpg.Connection, table: str, change: str
) -> None:
    with pytest.raises(asyncpg.PostgresError, match=r"permission denied|is append-only"):
        await connection.execute(change.format(table))


async def test_the_trail_comes_in_pages(client: httpx.AsyncClient, admin: Member) -> None:
    for _ in range(3):
        await client.post("/v1/sessions", json={"email": admin.email, "password": "wrong"})
    first = (await client.get("/v1/me/trail?limit=2", headers=admin.headers)).json()
    rest = await client.get(f"/v1/me/trail?limit=2&after={first['next']}", headers=admin.headers)
    assert [len(first["items"]), len(rest.json()["items"])] == [2, 1]
    assert rest.json()["next"] is None
    assert json.dumps(first).count(admin.email) == 0
