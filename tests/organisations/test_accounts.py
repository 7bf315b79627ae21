import asyncio
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from app.core import clock
from app.core.database import Database
from app.organisations import credentials
from tests import make
from tests.conftest import served
from tests.make import PASSWORD, Member

NEW = "acht fietsen staan onder water"


async def mailed_token(database: Database) -> str:
    return (await make.mails(database))[-1].token


async def sign_in(client: httpx.AsyncClient, email: str, password: str) -> int:
    answer = await client.post("/v1/sessions", json={"email": email, "password": password})
    return answer.status_code


def registration(token: str, password: str = NEW) -> dict[str, str]:
    return {"token": token, "name": "Fatima el Idrissi", "password": password}


async def test_a_mailed_token_makes_an_account_once(
    client: httpx.AsyncClient, database: Database
) -> None:
    asked = await client.post("/v1/registrations", json={"email": "Fatima@Baat.example"})
    assert asked.status_code == 202
    [mail] = await make.mails(database)
    assert mail.to == "fatima@baat.example"

    made = await client.post("/v1/users", json=registration(mail.token))

    assert made.status_code == 201
    assert made.json()["email"] == "fatima@baat.example"
    assert await sign_in(client, "fatima@baat.example", NEW) == 201
    again = await client.post("/v1/users", json=registration(mail.token))
    assert again.status_code == 409
    assert again.json()["type"] == "/problems/token-refused"


async def test_of_two_who_use_a_token_at_once_one_gets_the_account(
    app: FastAPI, database: Database
) -> None:
    async with served(app) as address, httpx.AsyncClient(base_url=address) as client:
        await client.post("/v1/registrations", json={"email": "fatima@baat.example"})
        token = await mailed_token(database)
        answers = await asyncio.gather(
            *(client.post("/v1/users", json=registration(token)) for _ in range(5))
        )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]


async def test_a_registration_token_is_good_for_a_day(
    client: httpx.AsyncClient, database: Database
) -> None:
    await client.post("/v1/registrations", json={"email": "new@baat.example"})
    body = registration(await mailed_token(database))
    with clock.travelled(clock.now() + timedelta(hours=24, seconds=1)):
        assert (await client.post("/v1/users", json=body)).status_code == 409
    with clock.travelled(clock.now() + timedelta(hours=23)):
        assert (await client.post("/v1/users", json=body)).status_code == 201


async def test_a_reset_token_is_good_for_an_hour(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    await client.post("/v1/password-resets", json={"email": admin.email})
    body = {"token": await mailed_token(database), "newPassword": NEW}
    with clock.travelled(clock.now() + timedelta(minutes=61)):
        assert (await client.post("/v1/passwords", json=body)).status_code == 409
    with clock.travelled(clock.now() + timedelta(minutes=59)):
        assert (await client.post("/v1/passwords", json=body)).status_code == 204


async def test_a_token_is_good_for_its_own_purpose_only(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    await client.post("/v1/password-resets", json={"email": admin.email})
    token = await mailed_token(database)
    wrong = [
        await client.post("/v1/users", json=registration(token)),
        await client.post("/v1/email-addresses", json={"token": token}),
        await client.post("/v1/memberships", json=registration(token)),
    ]
    assert {answer.status_code for answer in wrong} == {409}
    right = await client.post("/v1/passwords", json={"token": token, "newPassword": NEW})
    assert right.status_code == 204


@pytest.mark.parametrize("path", ["/v1/registrations", "/v1/password-resets"])
async def test_the_answer_does_not_tell_whether_an_address_is_known(
    client: httpx.AsyncClient, admin: Member, path: str
) -> None:
    known = await client.post(path, json={"email": admin.email})
    unknown = await client.post(path, json={"email": "nobody@baat.example"})

    assert known.status_code == unknown.status_code == 202
    assert known.content == unknown.content
    assert known.headers.keys() == unknown.headers.keys()


async def test_who_has_an_account_is_told_by_mail(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    await client.post("/v1/registrations", json={"email": admin.email, "language": "en"})
    [mail] = await make.mails(database)
    assert mail.to == admin.email
    assert mail.language == "nl"
    assert mail.subject == "U hebt al een account"
    assert "baat_once_" not in mail.text


@pytest.mark.parametrize(
    ("language", "subject"), [("nl", "Uw account bij Baat"), ("en", "Your account at Baat")]
)
async def test_letters_come_in_the_language_that_was_asked_for(
    client: httpx.AsyncClient, database: Database, language: str, subject: str
) -> None:
    await client.post("/v1/registrations", json={"email": "x@baat.example", "language": language})
    [mail] = await make.mails(database)
    assert (mail.language, mail.subject) == (language, subject)


@pytest.mark.parametrize(
    ("path", "used_at"), [("password-resets", "passwords"), ("registrations", "users")]
)
async def test_three_mailed_tokens_live_at_once(
    client: httpx.AsyncClient, database: Database, admin: Member, path: str, used_at: str
) -> None:
    # A stranger who asks too must not make the link useless that somebody waits for.
    email = admin.email if used_at == "passwords" else "new@baat.example"
    for _ in range(4):
        await client.post(f"/v1/{path}", json={"email": email})
    tokens = [mail.token for mail in await make.mails(database)]
    answers = []
    for token in tokens[:2]:
        body = (
            {"token": token, "newPassword": NEW} if used_at == "passwords" else registration(token)
        )
        answers.append((await client.post(f"/v1/{used_at}", json=body)).status_code)
    assert answers == [409, 204 if used_at == "passwords" else 201]


async def test_only_the_address_asked_for_last_can_be_taken_into_use(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    for email in ("tpyo@baat.example", "typo@baat.example"):
        body = {"email": email, "password": PASSWORD}
        await client.post("/v1/me/email-changes", json=body, headers=admin.headers)
    tokens = [mail.token for mail in await make.mails(database) if mail.to != admin.email]
    answers = [await client.post("/v1/email-addresses", json={"token": t}) for t in tokens]
    assert [answer.status_code for answer in answers] == [409, 204]


@pytest.mark.parametrize(
    ("asked", "preferred", "language"), [("en", "nl", "en"), ("nl", "en", "nl"), (None, "en", "en")]
)
async def test_an_account_speaks_the_language_that_was_asked_for(
    client: httpx.AsyncClient,
    database: Database,
    asked: str | None,
    preferred: str,
    language: str,
) -> None:
    headers = {"Accept-Language": preferred}
    body = {"email": "x@baat.example"} | ({"language": asked} if asked else {})
    await client.post("/v1/registrations", json=body, headers=headers)
    [mail] = await make.mails(database)
    await client.post("/v1/users", json=registration(mail.token), headers=headers)
    signed_in = await client.post("/v1/sessions", json={"email": mail.to, "password": NEW})
    me = await client.get(
        "/v1/me", headers={"Authorization": f"Bearer {signed_in.json()['token']}"}
    )
    assert (mail.language, me.json()["language"]) == (language, language)


@pytest.mark.parametrize("path", ["/v1/registrations", "/v1/password-resets"])
async def test_nobody_floods_a_mailbox(
    client: httpx.AsyncClient, database: Database, path: str
) -> None:
    answers = [
        await client.post(path, json={"email": spelling})
        for spelling in ["x@baat.example", "X@BAAT.example"] * 3
    ]
    assert [answer.status_code for answer in answers] == [202] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) <= 3600
    # Nobody resets the password of an account that does not exist.
    assert len(await make.mails(database)) == (5 if path == "/v1/registrations" else 0)


@pytest.mark.parametrize(
    "password",
    ["te kort!", "x" * 12, "ababababababab", "x" * 257, "Welkom123456", "fatima@baat.example"],
)
async def test_a_weak_password_is_refused_and_the_token_stays_good(
    client: httpx.AsyncClient, database: Database, password: str
) -> None:
    await client.post("/v1/registrations", json={"email": "fatima@baat.example"})
    token = await mailed_token(database)

    weak = await client.post("/v1/users", json=registration(token, password))

    assert weak.status_code == 400
    assert weak.json()["type"] in {"/problems/invalid-request", "/problems/password-too-weak"}
    assert password not in weak.text
    assert (await client.post("/v1/users", json=registration(token))).status_code == 201


async def test_a_password_from_the_breach_list_is_refused(
    client: httpx.AsyncClient, app: FastAPI, database: Database, tmp_path: Path
) -> None:
    leaks = tmp_path / "leaks.txt"
    leaks.write_bytes(credentials.sha1_of(NEW) + b":12\r\n")
    app.state.settings = app.state.settings.model_copy(update={"breach_list": leaks})
    await client.post("/v1/registrations", json={"email": "fatima@baat.example"})
    token = await mailed_token(database)
    answer = await client.post("/v1/users", json=registration(token))
    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/password-too-weak"


async def test_a_reset_ends_every_session(
    client: httpx.AsyncClient, database: Database, admin: Member, viewer: Member
) -> None:
    await client.post("/v1/password-resets", json={"email": admin.email})
    token = await mailed_token(database)
    await client.post("/v1/passwords", json={"token": token, "newPassword": NEW})

    assert (await client.get("/v1/me", headers=admin.headers)).status_code == 401
    assert (await client.get("/v1/me", headers=viewer.headers)).status_code == 200
    assert await sign_in(client, admin.email, PASSWORD) == 401
    assert await sign_in(client, admin.email, NEW) == 201
    assert (await make.mails(database))[-1].subject == "Uw wachtwoord is gewijzigd"


async def test_a_changed_password_ends_the_other_sessions(
    client: httpx.AsyncClient, admin: Member
) -> None:
    answer = await client.post("/v1/sessions", json={"email": admin.email, "password": PASSWORD})
    other = {"Authorization": f"Bearer {answer.json()['token']}"}
    changed = await client.post(
        "/v1/me/password-changes",
        json={"password": PASSWORD, "newPassword": NEW},
        headers=admin.headers,
    )
    assert changed.status_code == 204
    assert (await client.get("/v1/me", headers=admin.headers)).status_code == 200
    assert (await client.get("/v1/me", headers=other)).status_code == 401


async def test_a_stolen_session_does_not_guess_the_password(
    client: httpx.AsyncClient, admin: Member
) -> None:
    answers = [
        await client.post(
            "/v1/me/password-changes",
            json={"password": f"guess {number}", "newPassword": NEW},
            headers=admin.headers,
        )
        for number in range(11)
    ]
    assert [answer.status_code for answer in answers] == [403] * 10 + [429]


async def test_a_new_address_is_used_once_it_is_confirmed(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    asked = await client.post(
        "/v1/me/email-changes",
        json={"email": "New@Baat.example", "password": PASSWORD},
        headers=admin.headers,
    )
    assert asked.status_code == 202
    word, mail = await make.mails(database)
    assert (word.to, mail.to) == (admin.email, "new@baat.example")
    assert "baat_once_" not in word.text
    assert await sign_in(client, "new@baat.example", PASSWORD) == 401

    used = [await client.post("/v1/email-addresses", json={"token": mail.token}) for _ in range(2)]

    assert [answer.status_code for answer in used] == [204, 409]
    assert await sign_in(client, "new@baat.example", PASSWORD) == 201
    assert await sign_in(client, admin.email, PASSWORD) == 401


async def test_a_change_to_somebodys_address_tells_only_them(
    client: httpx.AsyncClient, database: Database, admin: Member, viewer: Member
) -> None:
    answer = await client.post(
        "/v1/me/email-changes",
        json={"email": viewer.email, "password": PASSWORD},
        headers=admin.headers,
    )
    assert answer.status_code == 202
    assert {mail.to for mail in await make.mails(database)} == {admin.email, viewer.email}
    assert not any("baat_once_" in mail.text for mail in await make.mails(database))


async def test_two_users_may_want_the_same_new_address_and_the_first_to_prove_it_has_it(
    client: httpx.AsyncClient, database: Database, admin: Member, viewer: Member
) -> None:
    for member in (admin, viewer):
        await client.post(
            "/v1/me/email-changes",
            json={"email": "shared@baat.example", "password": PASSWORD},
            headers=member.headers,
        )
    tokens = [mail.token for mail in await make.mails(database) if "shared" in mail.to]
    answers = [await client.post("/v1/email-addresses", json={"token": t}) for t in tokens]
    assert [answer.status_code for answer in answers] == [204, 409]
    assert answers[1].json()["type"] == "/problems/email-taken"


@pytest.mark.parametrize("by", ["change", "reset"])
async def test_a_new_password_stops_an_address_change_that_a_thief_began(
    client: httpx.AsyncClient, database: Database, admin: Member, by: str
) -> None:
    await client.post(
        "/v1/me/email-changes",
        json={"email": "thief@baat.example", "password": PASSWORD},
        headers=admin.headers,
    )
    thief = (await make.mails(database))[-1].token
    if by == "change":
        body = {"password": PASSWORD, "newPassword": NEW}
        await client.post("/v1/me/password-changes", json=body, headers=admin.headers)
    else:
        await client.post("/v1/password-resets", json={"email": admin.email})
        token = await mailed_token(database)
        await client.post("/v1/passwords", json={"token": token, "newPassword": NEW})

    answer = await client.post("/v1/email-addresses", json={"token": thief})

    assert answer.status_code == 409
    assert await sign_in(client, admin.email, NEW) == 201


async def test_a_reset_that_went_to_the_old_address_ends_with_the_address(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    await client.post("/v1/password-resets", json={"email": admin.email})
    old = await mailed_token(database)
    await client.post(
        "/v1/me/email-changes",
        json={"email": "new@baat.example", "password": PASSWORD},
        headers=admin.headers,
    )
    await client.post("/v1/email-addresses", json={"token": await mailed_token(database)})

    answer = await client.post("/v1/passwords", json={"token": old, "newPassword": NEW})
    assert answer.status_code == 409


@pytest.mark.parametrize("name", ["Sanne\r\nBcc: eve@evil.example", "Sanne\x07", "San\u2028ne"])
async def test_a_name_that_fits_in_no_mail_is_refused(
    client: httpx.AsyncClient, admin: Member, name: str
) -> None:
    change = await client.patch(
        "/v1/me", json={"name": name}, headers={**admin.headers, "If-Match": "*"}
    )
    assert change.status_code == 400
    organisation = await client.patch(
        f"/v1/organisations/{admin.organisation_id}",
        json={"legalName": name},
        headers={**admin.headers, "If-Match": "*"},
    )
    assert organisation.status_code == 400


async def test_a_profile_changes_from_the_version_that_was_read(
    client: httpx.AsyncClient, admin: Member
) -> None:
    read = await client.get("/v1/me", headers=admin.headers)
    change = {"language": "en", "wantsTaskMail": False}
    missing = await client.patch("/v1/me", json=change, headers=admin.headers)
    headers = {**admin.headers, "If-Match": read.headers["etag"]}
    first = await client.patch("/v1/me", json=change, headers=headers)
    second = await client.patch("/v1/me", json=change, headers=headers)

    assert [missing.status_code, first.status_code, second.status_code] == [428, 200, 412]
    assert first.json()["language"] == "en"
    assert first.json()["wantsTaskMail"] is False
    assert first.headers["etag"] != read.headers["etag"]
