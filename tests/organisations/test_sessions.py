import asyncio
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from app.core import clock
from app.core.database import Database
from app.organisations import credentials
from app.organisations.access import CSRF_HEADER, SESSION_COOKIE
from tests import make
from tests.conftest import served
from tests.make import PASSWORD, Member


async def sign_in(client: httpx.AsyncClient, email: str, delivery: str = "token") -> dict[str, str]:
    """Sign in; give the headers, with the CSRF token where there is one."""
    request = {"email": email, "password": PASSWORD, "delivery": delivery}
    answer = await client.post("/v1/sessions", json=request)
    client.cookies.clear()
    body = answer.json()
    if delivery == "token":
        return {"Authorization": f"Bearer {body['token']}"}
    cookie = answer.headers["set-cookie"].partition(";")[0]
    return {"Cookie": cookie, CSRF_HEADER: body["csrfToken"]}


def without_csrf(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != CSRF_HEADER}


async def status_of_me(client: httpx.AsyncClient, headers: dict[str, str]) -> int:
    return (await client.get("/v1/me", headers=headers)).status_code


async def test_a_cookie_reads_without_a_csrf_token(
    client: httpx.AsyncClient, admin: Member
) -> None:
    headers = without_csrf(await sign_in(client, admin.email, "cookie"))
    assert await status_of_me(client, headers) == 200


async def test_a_cookie_changes_with_its_csrf_token(
    client: httpx.AsyncClient, admin: Member
) -> None:
    headers = await sign_in(client, admin.email, "cookie")
    answer = await client.patch(
        "/v1/me", json={"name": "Sanne Smit"}, headers={**headers, "If-Match": "*"}
    )
    assert answer.status_code == 200
    assert answer.json()["name"] == "Sanne Smit"


@pytest.mark.parametrize("given", [None, "", "x", "f" * 64, "é"])
async def test_a_cookie_changes_nothing_without_its_csrf_token(
    client: httpx.AsyncClient, admin: Member, given: str | None
) -> None:
    session = without_csrf(await sign_in(client, admin.email, "cookie"))
    headers = {name.encode(): value.encode() for name, value in session.items()}
    headers[b"If-Match"] = b"*"
    if given is not None:
        headers[CSRF_HEADER.encode()] = given.encode()
    answer = await client.patch("/v1/me", json={"name": "Eve"}, headers=headers)

    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/csrf-token-missing"
    me = await client.get("/v1/me", headers=await sign_in(client, admin.email))
    assert me.json()["name"] == "Sanne de Wit"


async def test_the_csrf_token_of_another_session_is_refused(
    client: httpx.AsyncClient, admin: Member
) -> None:
    first = await sign_in(client, admin.email, "cookie")
    second = await sign_in(client, admin.email, "cookie")
    mixed = {**first, CSRF_HEADER: second[CSRF_HEADER]}
    answer = await client.delete("/v1/sessions", headers=mixed)
    assert answer.status_code == 403


async def test_a_bearer_token_needs_no_csrf_token(client: httpx.AsyncClient, admin: Member) -> None:
    answer = await client.delete("/v1/sessions", headers=admin.headers)
    assert answer.status_code == 204


async def test_the_token_of_a_cookie_is_no_bearer_token(
    client: httpx.AsyncClient, admin: Member
) -> None:
    headers = await sign_in(client, admin.email, "cookie")
    token = headers["Cookie"].partition("=")[2]
    assert await status_of_me(client, {"Authorization": f"Bearer {token}"}) == 401


async def test_a_bearer_token_is_no_cookie(client: httpx.AsyncClient, admin: Member) -> None:
    token = admin.headers["Authorization"].removeprefix("Bearer ")
    assert await status_of_me(client, {"Cookie": f"{SESSION_COOKIE}={token}"}) == 401


async def test_an_api_key_is_no_cookie(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    async with database.work() as session:
        organisation = await make.an_organisation(session)
        key = await make.an_api_key(session, organisation, "organisations:read")
    token = key["Authorization"].removeprefix("Bearer ")
    answer = await client.get("/v1/organisations", headers={"Cookie": f"{SESSION_COOKIE}={token}"})
    assert answer.status_code == 401
    assert admin.email not in answer.text


async def test_a_bearer_token_is_believed_before_a_cookie(
    client: httpx.AsyncClient, admin: Member, viewer: Member
) -> None:
    headers = await sign_in(client, viewer.email, "cookie")
    me = await client.get("/v1/me", headers={**headers, **admin.headers})
    assert me.json()["email"] == admin.email


@pytest.mark.parametrize(
    "value",
    [
        "Bearer",
        "Bearer ",
        "Bearer baat_session_",
        "Bearer baat_session_" + "x" * 5_000,
        "Bearer baat_live_" + "A" * 43,
        "Bearer nonsense",
        "Bearer  two words",
        "Basic c2FubmU6d2FjaHR3b29yZA==",
        "Bearer baat_session_é",
    ],
)
async def test_nonsense_as_a_credential_is_401(client: httpx.AsyncClient, value: str) -> None:
    answer = await client.get("/v1/me", headers={b"Authorization": value.encode("latin-1")})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_session_ends_when_nothing_is_asked_of_it(
    client: httpx.AsyncClient, admin: Member
) -> None:
    headers = await sign_in(client, admin.email)
    with clock.travelled(clock.now() + timedelta(minutes=59)):
        assert await status_of_me(client, headers) == 200
    # That was use: the hour begins anew.
    with clock.travelled(clock.now() + timedelta(minutes=59 + 59)):
        assert await status_of_me(client, headers) == 200
    with clock.travelled(clock.now() + timedelta(minutes=59 + 59 + 61)):
        answer = await client.get("/v1/me", headers=headers)
        assert answer.status_code == 401
        assert answer.json()["type"] == "/problems/credential-refused"


async def test_a_session_ends_after_twelve_hours_however_busy(
    client: httpx.AsyncClient, admin: Member
) -> None:
    headers = await sign_in(client, admin.email)
    begin = clock.now()
    for half_hours in range(1, 24):
        with clock.travelled(begin + timedelta(minutes=30 * half_hours)):
            assert await status_of_me(client, headers) == 200
    with clock.travelled(begin + timedelta(hours=12, minutes=1)):
        assert await status_of_me(client, headers) == 401


async def test_a_session_that_ended_is_not_listed(client: httpx.AsyncClient, admin: Member) -> None:
    await sign_in(client, admin.email)
    with clock.travelled(clock.now() + timedelta(minutes=61)):
        headers = await sign_in(client, admin.email)
        listed = (await client.get("/v1/sessions", headers=headers)).json()["items"]
    assert [row["isCurrent"] for row in listed] == [True]


async def test_sessions_are_listed_without_their_tokens(
    client: httpx.AsyncClient, admin: Member, viewer: Member
) -> None:
    headers = await sign_in(client, admin.email)
    await sign_in(client, admin.email, "cookie")
    await sign_in(client, viewer.email)

    answer = await client.get("/v1/sessions", headers=headers)

    listed = answer.json()["items"]
    assert [row["isCurrent"] for row in listed] == [False, True, False]
    assert [row["inCookie"] for row in listed] == [False, False, True]
    assert "baat_session_" not in answer.text
    assert {"token", "tokenHash"}.isdisjoint(listed[0])


async def test_a_revoked_session_is_refused_at_once(
    client: httpx.AsyncClient, admin: Member
) -> None:
    other = await sign_in(client, admin.email)
    listed = (await client.get("/v1/sessions", headers=other)).json()["items"]
    [other_id] = [row["id"] for row in listed if row["isCurrent"]]

    answer = await client.delete(f"/v1/sessions/{other_id}", headers=admin.headers)

    assert answer.status_code == 204
    assert await status_of_me(client, other) == 401
    assert await status_of_me(client, admin.headers) == 200
    again = await client.delete(f"/v1/sessions/{other_id}", headers=admin.headers)
    assert again.status_code == 404


async def test_somebody_elses_session_does_not_exist(
    client: httpx.AsyncClient, admin: Member, viewer: Member
) -> None:
    listed = (await client.get("/v1/sessions", headers=viewer.headers)).json()["items"]
    answer = await client.delete(f"/v1/sessions/{listed[0]['id']}", headers=admin.headers)
    assert answer.status_code == 404
    assert await status_of_me(client, viewer.headers) == 200


async def test_signing_out_ends_this_session_only(client: httpx.AsyncClient, admin: Member) -> None:
    here = await sign_in(client, admin.email, "cookie")
    answer = await client.delete("/v1/sessions/current", headers=here)

    assert answer.status_code == 204
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f'{SESSION_COOKIE}="";')
    assert "Max-Age=0" in cookie
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert await status_of_me(client, here) == 401
    assert await status_of_me(client, admin.headers) == 200


async def test_signing_out_elsewhere_leaves_this_session(
    client: httpx.AsyncClient, admin: Member, viewer: Member
) -> None:
    here = await sign_in(client, admin.email)
    answer = await client.delete("/v1/sessions", headers=here)
    assert answer.status_code == 204
    assert await status_of_me(client, here) == 200
    assert await status_of_me(client, admin.headers) == 401
    assert await status_of_me(client, viewer.headers) == 200


async def test_of_two_revocations_at_once_one_finds_the_session(
    app: FastAPI, admin: Member
) -> None:
    async with served(app) as address, httpx.AsyncClient(base_url=address) as client:
        other = await sign_in(client, admin.email)
        listed = (await client.get("/v1/sessions", headers=other)).json()["items"]
        [other_id] = [row["id"] for row in listed if row["isCurrent"]]
        answers = await asyncio.gather(
            *(client.delete(f"/v1/sessions/{other_id}", headers=admin.headers) for _ in range(4))
        )
    assert sorted(answer.status_code for answer in answers) == [204, 404, 404, 404]


async def test_a_browser_has_another_csrf_token_in_every_installation(app: FastAPI) -> None:
    ours = app.state.settings
    theirs = ours.model_copy(
        update={"secret": type(ours.secret)("another secret, just as long as ours")}
    )
    assert credentials.csrf_token(ours, "token") != credentials.csrf_token(theirs, "token")
    assert credentials.csrf_token(ours, "token") != credentials.csrf_token(ours, "other")
