import asyncio
from typing import Any

import httpx
import sqlalchemy as sa
from fastapi import FastAPI

from app.core.database import Database
from app.organisations.models import TrailEntry, UserSession
from tests import make
from tests.conftest import served
from tests.make import PASSWORD, Member

LIMIT = 10


async def sign_in(
    client: httpx.AsyncClient, email: str, password: str = PASSWORD
) -> httpx.Response:
    return await client.post("/v1/sessions", json={"email": email, "password": password})


def without_names(answer: httpx.Response) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name != "requestId"}


async def test_the_right_password_gives_a_token_that_works(
    client: httpx.AsyncClient, admin: Member
) -> None:
    answer = await sign_in(client, admin.email)

    assert answer.status_code == 201
    body = answer.json()
    assert body["token"].startswith("baat_session_")
    assert body["csrfToken"] is None
    assert "set-cookie" not in answer.headers
    assert answer.headers["location"] == f"/v1/sessions/{body['id']}"
    headers = {"Authorization": f"Bearer {body['token']}"}
    me = await client.get("/v1/me", headers=headers)
    assert me.json()["email"] == admin.email


async def test_the_token_is_kept_as_a_hash_only(
    client: httpx.AsyncClient, admin: Member, database: Database
) -> None:
    token = (await sign_in(client, admin.email)).json()["token"]
    async with database.reading() as session:
        dump = await session.scalar(sa.text("SELECT json_agg(s)::text FROM user_sessions s"))
    assert token not in dump
    assert token.removeprefix("baat_session_").encode().hex() not in dump


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    client: httpx.AsyncClient, admin: Member
) -> None:
    wrong = await sign_in(client, admin.email, "vijf paarden lopen naar zee")
    unknown = await sign_in(client, "nobody@baat.example")

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json()["type"] == "/problems/sign-in-refused"
    assert without_names(wrong) == without_names(unknown)
    assert wrong.headers["www-authenticate"] == "Bearer"


async def test_an_address_is_the_same_in_capitals(client: httpx.AsyncClient, admin: Member) -> None:
    assert (await sign_in(client, admin.email.upper())).status_code == 201


async def test_capitals_and_small_letters_share_one_count(
    client: httpx.AsyncClient, admin: Member
) -> None:
    spellings = (admin.email, admin.email.upper(), admin.email.title())
    for number in range(LIMIT):
        answer = await sign_in(client, spellings[number % 3], "wrong")
        assert answer.status_code == 401
    assert (await sign_in(client, admin.email.title(), "wrong")).status_code == 429


async def test_after_too_many_failures_even_the_right_password_waits(
    client: httpx.AsyncClient, admin: Member, viewer: Member
) -> None:
    for _ in range(LIMIT):
        assert (await sign_in(client, admin.email, "wrong")).status_code == 401
    refused = await sign_in(client, admin.email)

    assert refused.status_code == 429
    assert refused.json()["type"] == "/problems/too-many-requests"
    assert 1 <= int(refused.headers["retry-after"]) <= 15 * 60
    # Others on the same network still sign in.
    assert (await sign_in(client, viewer.email)).status_code == 201


async def test_an_unknown_address_runs_into_the_same_limit(client: httpx.AsyncClient) -> None:
    answers = [(await sign_in(client, "nobody@baat.example")).status_code for _ in range(LIMIT + 1)]
    assert answers == [401] * LIMIT + [429]


async def test_success_gives_attempts_back(client: httpx.AsyncClient, admin: Member) -> None:
    for _ in range(LIMIT - 1):
        await sign_in(client, admin.email, "wrong")
    for _ in range(3):
        assert (await sign_in(client, admin.email)).status_code == 201
    # But the failures before it still count.
    assert (await sign_in(client, admin.email, "wrong")).status_code == 401
    assert (await sign_in(client, admin.email)).status_code == 429


async def test_parallel_guesses_never_get_more_than_the_limit(
    app: FastAPI, admin: Member, database: Database
) -> None:
    async with served(app) as address, httpx.AsyncClient(base_url=address, timeout=60) as client:
        answers = await asyncio.gather(
            *(sign_in(client, admin.email, f"guess number {number}") for number in range(30))
        )
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(401) == LIMIT
    assert statuses.count(429) == 30 - LIMIT
    async with database.reading() as session:
        refusals = await session.scalar(
            sa.select(sa.func.count()).where(TrailEntry.kind == "session.refused")
        )
    assert refusals == 30, "the trail has every refusal, the throttled ones too"


async def test_a_network_has_a_limit_over_all_accounts(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    app.state.settings = app.state.settings.model_copy(update={"sign_in_attempts_per_network": 3})
    answers = [
        (await sign_in(client, f"nobody{number}@baat.example")).status_code for number in range(4)
    ]
    assert answers == [401, 401, 401, 429]


async def test_a_browser_gets_a_cookie_that_no_script_and_no_other_site_has(
    client: httpx.AsyncClient, admin: Member
) -> None:
    request = {"email": admin.email, "password": PASSWORD, "delivery": "cookie"}
    answer = await client.post("/v1/sessions", json=request)

    assert answer.json()["token"] is None
    cookie = answer.headers["set-cookie"]
    name, *attributes = [part.strip() for part in cookie.split(";")]
    assert name.startswith("__Host-baat-session=baat_session_")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} == set(attributes)
    assert name.partition("=")[2] not in answer.text


async def test_a_session_remembers_no_whole_address(
    client: httpx.AsyncClient, admin: Member, database: Database
) -> None:
    await sign_in(client, admin.email)
    async with database.reading() as session:
        networks = set(await session.scalars(sa.select(UserSession.network)))
    assert networks == {None, "127.0.0.0/24"}


async def test_a_sign_in_with_unknown_members_is_refused(
    client: httpx.AsyncClient, admin: Member
) -> None:
    request = {"email": admin.email, "password": PASSWORD, "isStaff": True}
    answer = await client.post("/v1/sessions", json=request)
    assert answer.status_code == 400
    assert PASSWORD not in answer.text


async def test_a_much_too_long_password_is_refused_before_it_is_hashed(
    client: httpx.AsyncClient, admin: Member
) -> None:
    answer = await sign_in(client, admin.email, "x" * 257)
    assert answer.status_code == 400
    assert "x" * 20 not in answer.text


async def test_signing_in_often_is_no_failure(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.work() as session:
        user = await make.a_user(session)
    for _ in range(LIMIT * 2):
        assert (await sign_in(client, user.email)).status_code == 201
