import asyncio
from collections import Counter
from dataclasses import replace

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from structlog.testing import capture_logs

from app.core.database import Database
from app.core.events import Event
from app.core.settings import Settings
from app.organisations import credentials
from app.organisations.models import User, UserSession
from tests import make
from tests.conftest import served
from tests.make import PASSWORD, Member
from tests.make.jobs import eventually
from tests.organisations.test_second_factor import code_of, enrol, sign_in

NEW = "acht fietsen staan onder water"


async def another_session(client: httpx.AsyncClient, member: Member) -> dict[str, str]:
    answer = await sign_in(client, member, None)
    return {"Authorization": f"Bearer {answer.json()['token']}"}


async def status_of_me(client: httpx.AsyncClient, headers: dict[str, str]) -> int:
    return (await client.get("/v1/me", headers=headers)).status_code


async def events(database: Database) -> Counter[str]:
    async with database.reading() as session:
        return Counter(await session.scalars(sa.select(Event.type)))


async def test_sessions_begin_and_end_with_an_event(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    headers = await another_session(client, admin)
    await another_session(client, admin)
    await client.delete("/v1/sessions", headers=headers)
    await client.delete("/v1/sessions/current", headers=headers)
    assert await events(database) == {"session.started": 2, "session.ended": 3}


async def test_a_reset_is_an_event_and_so_is_the_end_of_each_session(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    await another_session(client, admin)
    await client.post("/v1/password-resets", json={"email": admin.email})
    token = (await make.mails(database))[-1].token
    await client.post("/v1/passwords", json={"token": token, "newPassword": NEW})
    written = await events(database)
    assert (written["password.reset"], written["session.ended"]) == (1, 2)


async def test_a_secret_that_can_not_be_opened_is_said_so(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    secret, codes = await enrol(client, admin)
    async with database.work() as session:
        await session.execute(sa.update(User).values(totp_sealed=b"\x01" + bytes(40)))

    with capture_logs() as logged:
        answers = [await sign_in(client, admin, code_of(secret, 1)) for _ in range(11)]

    # It is not the user's failure, so nobody is shut out by it.
    assert {answer.status_code for answer in answers} == {409}
    assert answers[0].json()["type"] == "/problems/second-factor-unreadable"
    assert (
        "turn the second factor off with another one, and on again" in answers[0].json()["detail"]
    )
    errors = [entry for entry in logged if entry["log_level"] == "error"]
    assert {entry["event"] for entry in errors} == {"second_factor_unreadable"}
    signed_in = await sign_in(client, admin, codes[0])
    assert signed_in.status_code == 201
    again = replace(admin, headers={"Authorization": f"Bearer {signed_in.json()['token']}"})
    body = {"password": PASSWORD, "code": codes[1]}
    off = await client.post("/v1/me/second-factor/removals", json=body, headers=again.headers)
    assert off.status_code == 204
    renewed, _ = await enrol(client, again)
    assert (await sign_in(client, again, code_of(renewed, 1))).status_code == 201


async def test_turning_the_second_factor_on_ends_the_other_sessions(
    client: httpx.AsyncClient, admin: Member, viewer: Member
) -> None:
    other = await another_session(client, admin)
    await enrol(client, admin)
    assert await status_of_me(client, other) == 401
    assert await status_of_me(client, admin.headers) == 200
    assert await status_of_me(client, viewer.headers) == 200


async def test_turning_the_second_factor_off_is_known_to_every_session(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    _, codes = await enrol(client, admin)
    await sign_in(client, admin, codes[1])
    body = {"password": PASSWORD, "code": codes[0]}
    await client.post("/v1/me/second-factor/removals", json=body, headers=admin.headers)
    async with database.reading() as session:
        proved = set(await session.scalars(sa.select(UserSession.second_factor)))
    assert proved == {False}


async def test_a_changed_address_ends_every_session(
    client: httpx.AsyncClient, database: Database, admin: Member, viewer: Member
) -> None:
    body = {"email": "new@baat.example", "password": PASSWORD}
    await client.post("/v1/me/email-changes", json=body, headers=admin.headers)
    token = (await make.mails(database))[-1].token
    await client.post("/v1/email-addresses", json={"token": token})
    assert await status_of_me(client, admin.headers) == 401
    assert await status_of_me(client, viewer.headers) == 200


async def test_an_address_that_changes_while_its_password_is_checked_signs_nobody_in(
    client: httpx.AsyncClient, database: Database, admin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def matches(_settings: Settings, _password: str, _stored: str | None) -> bool:
        async with database.work() as session:
            await session.execute(sa.update(User).values(email="new@baat.example"))
        return True

    monkeypatch.setattr(credentials, "matches", matches)
    answer = await sign_in(client, admin, None)
    assert answer.status_code == 401
    assert answer.json()["type"] == "/problems/sign-in-refused"


async def test_one_users_many_changes_leave_connections_to_others(
    app: FastAPI, admin: Member, viewer: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = asyncio.Event()
    matches = credentials.matches

    async def match_slowly(settings: Settings, password: str, stored: str | None) -> bool:
        await go_on.wait()
        return await matches(settings, password, stored)

    monkeypatch.setattr(credentials, "matches", match_slowly)
    async with served(app) as address, httpx.AsyncClient(base_url=address, timeout=60) as client:
        body = {"password": PASSWORD, "newPassword": NEW}
        changes = [
            asyncio.create_task(
                client.post("/v1/me/password-changes", json=body, headers=admin.headers)
            )
            for _ in range(40)
        ]

        async def one_is_left() -> bool:
            return sum(change.done() for change in changes) == len(changes) - 1

        await eventually(one_is_left)
        other = await client.get("/v1/me", headers=viewer.headers)
        go_on.set()
        statuses = Counter(answer.status_code for answer in await asyncio.gather(*changes))
    assert other.status_code == 200
    assert statuses == {204: 1, 429: 39}
