import asyncio
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from app.core import clock
from app.core.database import Database
from app.core.events import Event
from app.organisations.models import Organisation, User
from tests import make
from tests.conftest import served
from tests.make import PASSWORD, Member

ACCOUNT = {"name": "Fatima el Idrissi", "password": "acht fietsen staan onder water"}


async def invite(
    client: httpx.AsyncClient, admin: Member, email: str = "fatima@baat.example", **more: str
) -> httpx.Response:
    body = {"email": email, "role": "member", **more}
    path = f"/v1/organisations/{admin.organisation_id}/invitations"
    return await client.post(path, json=body, headers=admin.headers)


async def accept(client: httpx.AsyncClient, token: str, **account: str) -> httpx.Response:
    return await client.post("/v1/memberships", json={"token": token, **account})


async def token_of(database: Database) -> str:
    return (await make.mails(database))[-1].token


async def test_who_has_no_account_gets_one_by_accepting(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    invited = await invite(client, admin, "Fatima@Baat.example")
    assert invited.status_code == 201
    token = await token_of(database)
    assert token not in invited.text

    needed = await accept(client, token)
    assert needed.status_code == 409
    assert needed.json()["type"] == "/problems/account-needed"
    accepted = await accept(client, token, **ACCOUNT)

    assert accepted.status_code == 201
    assert accepted.json()["role"] == "member"
    assert accepted.json()["user"]["email"] == "fatima@baat.example"
    body = {"email": "fatima@baat.example", "password": ACCOUNT["password"]}
    assert (await client.post("/v1/sessions", json=body)).status_code == 201


async def test_who_has_an_account_keeps_it(
    client: httpx.AsyncClient, database: Database, admin: Member, viewer: Member
) -> None:
    await invite(client, admin, viewer.email.upper())
    accepted = await accept(client, await token_of(database), **ACCOUNT)

    assert accepted.status_code == 201
    assert accepted.json()["user"]["id"] == str(viewer.user_id)
    # The name and password that came with the token changed nothing.
    assert accepted.json()["user"]["name"] == "Sanne de Wit"
    body = {"email": viewer.email, "password": PASSWORD}
    assert (await client.post("/v1/sessions", json=body)).status_code == 201
    me = (await client.get("/v1/me", headers=viewer.headers)).json()
    assert len(me["organisations"]) == 2


async def test_an_invitation_is_accepted_once(
    app: FastAPI, database: Database, admin: Member
) -> None:
    async with served(app) as address, httpx.AsyncClient(base_url=address) as client:
        await invite(client, admin)
        token = await token_of(database)
        answers = await asyncio.gather(*(accept(client, token, **ACCOUNT) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_an_open_invitation_is_not_made_twice(app: FastAPI, admin: Member) -> None:
    async with served(app) as address, httpx.AsyncClient(base_url=address) as client:
        answers = await asyncio.gather(*(invite(client, admin) for _ in range(4)))
        again = await invite(client, admin, "FATIMA@baat.example")
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert again.json()["type"] == "/problems/already-invited"


async def test_a_revoked_invitation_opens_nothing_and_may_be_made_anew(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    made = (await invite(client, admin)).json()
    token = await token_of(database)
    path = f"/v1/organisations/{admin.organisation_id}/invitations/{made['id']}"
    assert (await client.delete(path, headers=admin.headers)).status_code == 204
    again = await client.delete(path, headers=admin.headers)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/invitation-closed")
    assert (await accept(client, token, **ACCOUNT)).status_code == 409
    assert (await invite(client, admin)).status_code == 201
    assert (await accept(client, await token_of(database), **ACCOUNT)).status_code == 201


async def test_an_expired_invitation_may_be_made_anew(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    await invite(client, admin)
    old = await token_of(database)
    with clock.travelled(clock.now() + timedelta(days=14, seconds=1)):
        assert (await accept(client, old, **ACCOUNT)).status_code == 409
        async with database.work() as session:
            user = await session.get_one(User, admin.user_id)
            headers = await make.signed_in(session, user)
        path = f"/v1/organisations/{admin.organisation_id}/invitations"
        body = {"email": "fatima@baat.example", "role": "viewer"}
        assert (await client.post(path, json=body, headers=headers)).status_code == 201
        new = await token_of(database)
        assert (await accept(client, new, **ACCOUNT)).status_code == 201
    assert new != old


async def test_a_member_is_not_invited_again(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    own = await invite(client, admin, admin.email)
    assert (own.status_code, own.json()["type"]) == (409, "/problems/already-member")
    await invite(client, admin)
    await accept(client, await token_of(database), **ACCOUNT)
    assert (await invite(client, admin)).json()["type"] == "/problems/already-member"


async def test_who_became_a_member_meanwhile_is_told_so(
    client: httpx.AsyncClient, database: Database, admin: Member, viewer: Member
) -> None:
    await invite(client, admin, "other@baat.example")
    token = await token_of(database)
    async with database.work() as session:
        organisation = await session.get_one(Organisation, admin.organisation_id)
        user = await session.get_one(User, viewer.user_id)
        await make.a_membership(session, organisation, user)
        user.email = "other@baat.example"
    answer = await accept(client, token)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/already-member")


@pytest.mark.parametrize(
    ("language", "subject"),
    [("nl", "U bent uitgenodigd bij Baat"), ("en", "You are invited to Baat")],
)
async def test_an_invitation_speaks_the_language_that_was_chosen(
    client: httpx.AsyncClient, database: Database, admin: Member, language: str, subject: str
) -> None:
    await invite(client, admin, language=language)
    [mail] = await make.mails(database)
    assert (mail.to, mail.subject) == ("fatima@baat.example", subject)


async def test_a_stopped_organisation_takes_nobody_in(
    client: httpx.AsyncClient, database: Database, admin: Member, staff: dict[str, str]
) -> None:
    await invite(client, admin)
    token = await token_of(database)
    path = f"/v1/organisations/{admin.organisation_id}"
    await client.post(f"{path}/suspensions", json={"reason": "Complaints."}, headers=staff)
    refused = await accept(client, token, **ACCOUNT)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/organisation-inactive")
    await client.post(f"{path}/reinstatements", json={"reason": "Solved."}, headers=staff)
    assert (await accept(client, token, **ACCOUNT)).status_code == 201


async def test_invitations_flood_no_mailbox(client: httpx.AsyncClient, admin: Member) -> None:
    statuses = []
    for _ in range(6):
        made = await invite(client, admin)
        statuses.append(made.status_code)
        if made.status_code == 201:
            path = f"/v1/organisations/{admin.organisation_id}/invitations/{made.json()['id']}"
            await client.delete(path, headers=admin.headers)
    assert statuses == [201] * 5 + [429]


async def test_who_joins_is_an_event(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    await invite(client, admin)
    joined = await accept(client, await token_of(database), **ACCOUNT)
    async with database.reading() as session:
        kinds = await session.scalars(
            sa.select(Event.type).where(Event.subject_id == UUID(joined.json()["id"]))
        )
    assert kinds.all() == ["membership.made"]
