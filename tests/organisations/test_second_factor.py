import asyncio
import re
from datetime import datetime, timedelta

import httpx
import pyotp
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from app.core import clock
from app.core.database import Database
from app.organisations.models import User
from tests import make
from tests.conftest import served
from tests.make import PASSWORD, Member

STEP = 30


def code_of(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(clock.now().timestamp()) + steps * STEP)


def in_the_middle_of_a_later_step() -> datetime:
    """Where neither enrolling nor the test's own time makes a difference."""
    return (clock.now() + timedelta(minutes=2)).replace(second=10, microsecond=0)


async def enrol(client: httpx.AsyncClient, member: Member) -> tuple[str, list[str]]:
    """Turn the second factor on; give its secret and the recovery codes.

    Sign in with the code of the next step then: this one is used, and time may step on meanwhile.
    """
    begun = await client.post(
        "/v1/me/second-factor", json={"password": PASSWORD}, headers=member.headers
    )
    assert begun.status_code == 201
    secret = begun.json()["secret"]
    confirmed = await client.post(
        "/v1/me/second-factor/confirmations",
        json={"code": code_of(secret)},
        headers=member.headers,
    )
    assert confirmed.status_code == 201
    return secret, confirmed.json()["codes"]


async def sign_in(client: httpx.AsyncClient, member: Member, code: str | None) -> httpx.Response:
    body = {"email": member.email, "password": PASSWORD, "code": code}
    return await client.post("/v1/sessions", json=body)


async def test_a_second_factor_is_asked_for_from_its_confirmation_on(
    client: httpx.AsyncClient, admin: Member
) -> None:
    await client.post("/v1/me/second-factor", json={"password": PASSWORD}, headers=admin.headers)
    assert (await sign_in(client, admin, None)).status_code == 201
    secret, codes = await enrol(client, admin)

    assert len(set(codes)) == 10
    assert all(re.fullmatch("[a-z2-7]{5}(-[a-z2-7]{5}){4}", code) for code in codes)
    asked = await sign_in(client, admin, None)
    assert asked.status_code == 401
    assert asked.json()["type"] == "/problems/second-factor-needed"
    assert (await sign_in(client, admin, code_of(secret, 1))).status_code == 201


async def test_the_code_is_asked_for_only_after_the_right_password(
    client: httpx.AsyncClient, admin: Member
) -> None:
    await enrol(client, admin)
    body = {"email": admin.email, "password": "wrong"}
    answer = await client.post("/v1/sessions", json=body)
    assert answer.json()["type"] == "/problems/sign-in-refused"


async def test_a_code_is_good_once(client: httpx.AsyncClient, admin: Member) -> None:
    secret, _ = await enrol(client, admin)
    code = code_of(secret, 1)
    answers = [(await sign_in(client, admin, code)).status_code for _ in range(2)]
    assert answers == [201, 401]


async def test_of_many_sign_ins_at_once_with_one_code_one_wins(app: FastAPI, admin: Member) -> None:
    async with served(app) as address, httpx.AsyncClient(base_url=address, timeout=60) as client:
        secret, codes = await enrol(client, admin)
        for code in (code_of(secret, 1), codes[0]):
            answers = await asyncio.gather(*(sign_in(client, admin, code) for _ in range(4)))
            assert sorted(answer.status_code for answer in answers) == [201, 401, 401, 401]


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 201), (0, 201), (1, 201), (2, 401)])
async def test_a_phones_clock_may_be_a_step_off(
    client: httpx.AsyncClient, admin: Member, steps: int, status: int
) -> None:
    secret, _ = await enrol(client, admin)
    with clock.travelled(in_the_middle_of_a_later_step()):
        assert (await sign_in(client, admin, code_of(secret, steps))).status_code == status


async def test_an_earlier_code_is_no_good_after_a_later_one(
    client: httpx.AsyncClient, admin: Member
) -> None:
    secret, _ = await enrol(client, admin)
    with clock.travelled(in_the_middle_of_a_later_step()):
        assert (await sign_in(client, admin, code_of(secret, 1))).status_code == 201
        assert (await sign_in(client, admin, code_of(secret, 0))).status_code == 401


@pytest.mark.parametrize(
    "code",
    ["12345", "1234567", "\u0661" * 6, "aaaaa-aaaa1", "AAAAA-AAAAA", ""],
)
async def test_what_can_be_no_code_is_refused_as_such(
    client: httpx.AsyncClient, admin: Member, code: str
) -> None:
    await enrol(client, admin)
    assert (await sign_in(client, admin, code)).status_code == 400


async def test_codes_are_guessed_no_more_often_than_passwords(
    client: httpx.AsyncClient, admin: Member
) -> None:
    secret, _ = await enrol(client, admin)
    wrong = f"{(int(code_of(secret, 1)) + 500_000) % 1_000_000:06}"
    answers = [(await sign_in(client, admin, wrong)).status_code for _ in range(11)]
    assert answers == [401] * 10 + [429]


async def test_being_asked_for_the_code_is_no_failure(
    client: httpx.AsyncClient, admin: Member
) -> None:
    _, codes = await enrol(client, admin)
    for _ in range(11):
        assert (await sign_in(client, admin, None)).status_code == 401
    assert (await sign_in(client, admin, codes[0])).status_code == 201


async def test_each_recovery_code_is_good_once(client: httpx.AsyncClient, admin: Member) -> None:
    _, codes = await enrol(client, admin)
    answers = [
        (await sign_in(client, admin, code)).status_code for code in (codes[0], codes[0], codes[1])
    ]
    assert answers == [201, 401, 201]


async def test_somebody_elses_recovery_code_opens_nothing(
    client: httpx.AsyncClient, admin: Member, viewer: Member
) -> None:
    await enrol(client, admin)
    _, codes = await enrol(client, viewer)
    assert (await sign_in(client, admin, codes[0])).status_code == 401
    assert (await sign_in(client, viewer, codes[0])).status_code == 201


async def test_renewal_ends_the_recovery_codes_before(
    client: httpx.AsyncClient, admin: Member
) -> None:
    secret, before = await enrol(client, admin)
    renewed = await client.post(
        "/v1/me/second-factor/recovery-codes",
        json={"code": code_of(secret, 1)},
        headers=admin.headers,
    )
    after = renewed.json()["codes"]
    assert set(before).isdisjoint(after)
    assert (await sign_in(client, admin, before[0])).status_code == 401
    assert (await sign_in(client, admin, after[0])).status_code == 201


async def test_removal_asks_for_password_and_code(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    _, codes = await enrol(client, admin)
    path = "/v1/me/second-factor/removals"
    for body, refusal in (
        ({"password": "wrong", "code": codes[0]}, "/problems/password-wrong"),
        ({"password": PASSWORD, "code": "aaaaa-aaaaa"}, "/problems/code-refused"),
    ):
        answer = await client.post(path, json=body, headers=admin.headers)
        assert (answer.status_code, answer.json()["type"]) == (403, refusal)

    right = {"password": PASSWORD, "code": codes[0]}
    assert (await client.post(path, json=right, headers=admin.headers)).status_code == 204
    assert (await sign_in(client, admin, None)).status_code == 201
    async with database.reading() as session:
        user = await session.get_one(User, admin.user_id)
        left = await session.scalar(sa.text("SELECT count(*) FROM recovery_codes"))
    assert (user.totp_sealed, user.totp_confirmed_at, left) == (None, None, 0)
    subjects = [mail.subject for mail in await make.mails(database)]
    assert len(subjects) == 2


async def test_a_second_factor_that_is_on_is_not_replaced(
    client: httpx.AsyncClient, admin: Member
) -> None:
    await enrol(client, admin)
    again = await client.post(
        "/v1/me/second-factor", json={"password": PASSWORD}, headers=admin.headers
    )
    assert again.status_code == 409
    confirmed = await client.post(
        "/v1/me/second-factor/confirmations", json={"code": "123456"}, headers=admin.headers
    )
    assert confirmed.status_code == 409


async def test_a_stolen_session_can_not_enrol(client: httpx.AsyncClient, admin: Member) -> None:
    answer = await client.post(
        "/v1/me/second-factor", json={"password": "wrong"}, headers=admin.headers
    )
    assert answer.status_code == 403


async def test_secrets_and_recovery_codes_can_not_be_read_in_the_database(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    secret, codes = await enrol(client, admin)
    async with database.reading() as session:
        user = await session.get_one(User, admin.user_id)
        hashes = list(await session.scalars(sa.text("SELECT hash FROM recovery_codes")))
    assert user.totp_sealed is not None
    assert secret.encode() not in user.totp_sealed
    assert pyotp.TOTP(secret).byte_secret() not in user.totp_sealed
    stored = b"".join(bytes(value) for value in hashes)
    assert not any(code.encode() in stored for code in codes)


async def test_a_password_reset_leaves_the_second_factor_on(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    await enrol(client, admin)
    await client.post("/v1/password-resets", json={"email": admin.email})
    token = (await make.mails(database))[-1].token
    body = {"token": token, "newPassword": PASSWORD}
    assert (await client.post("/v1/passwords", json=body)).status_code == 204
    answer = await sign_in(client, admin, None)
    assert answer.json()["type"] == "/problems/second-factor-needed"
