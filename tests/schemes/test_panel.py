"""The panel: experts are invited, accept or decline, and leave."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from app.core import clock
from app.core.database import Database
from app.organisations.models import User
from app.schemes import queries
from app.schemes.models import InvitedAs, Scheme, SchemeState
from tests import make
from tests.make import Member
from tests.schemes.conftest import Market, said


async def invite(
    client: httpx.AsyncClient, market: Market, email: str, **more: str
) -> httpx.Response:
    body = {"email": email, "invitedAs": "expert", **more}
    return await client.post(f"{market.path}/invitations", json=body, headers=market.member.headers)


async def join(client: httpx.AsyncClient, who: Member, token: str) -> httpx.Response:
    return await client.post("/v1/panel-members", json={"token": token}, headers=who.headers)


async def experts(database: Database, market: Market) -> set[str]:
    async with database.reading() as session:
        return {expert.user.email for expert in await queries.panel.experts(session, market.id)}


async def test_an_expert_accepts_with_the_mailed_token(
    client: httpx.AsyncClient, database: Database, market: Market, company: Member
) -> None:
    ends = (clock.today() + timedelta(days=700)).isoformat()
    invited = await invite(client, market, company.email.upper(), tenureEndsOn=ends)
    assert invited.status_code == 201
    mail = (await make.mails(database))[-1]
    assert mail.subject == "U bent uitgenodigd voor een expertteam"
    assert mail.token not in invited.text

    joined = await join(client, company, mail.token)

    assert joined.status_code == 201
    assert joined.json()["tenureEndsOn"] == ends
    assert joined.json()["user"]["email"] == company.email
    assert await experts(database, market) == {company.email}
    mine = (await client.get("/v1/me/schemes", headers=company.headers)).json()["items"]
    assert [scheme["id"] for scheme in mine] == [str(market.id)]
    assert said(await join(client, company, mail.token)) == (409, "/problems/token-refused")
    assert said(await invite(client, market, company.email)) == (409, "/problems/already-expert")


async def test_an_expert_declines_without_an_account(
    client: httpx.AsyncClient, database: Database, market: Market
) -> None:
    await invite(client, market, "expert@baat.example")
    token = (await make.mails(database))[-1].token

    declined = await client.post("/v1/declined-invitations", json={"token": token})

    assert declined.status_code == 204
    listed = await client.get(f"{market.path}/invitations", headers=market.viewer.headers)
    assert [row["outcome"] for row in listed.json()["items"]] == ["declined"]
    assert (await invite(client, market, "expert@baat.example")).status_code == 201


async def test_an_invitation_is_for_one_person_and_one_thing(
    client: httpx.AsyncClient, database: Database, market: Market, company: Member
) -> None:
    async with database.work() as session:
        scheme = await session.get_one(Scheme, market.id)
        _one, anothers = await make.a_scheme_invitation(session, scheme, "x@baat.example")
        _two, entrepreneurs = await make.a_scheme_invitation(
            session, scheme, company.email, InvitedAs.ENTREPRENEUR
        )
    for token in (anothers, entrepreneurs):
        answer = await join(client, company, token)
        assert said(answer) == (403, "/problems/invited-somebody-else")
    assert await experts(database, market) == set()


async def test_an_open_invitation_is_not_sent_twice_and_an_old_one_makes_way(
    client: httpx.AsyncClient, database: Database, market: Market, company: Member
) -> None:
    await invite(client, market, company.email)
    assert said(await invite(client, market, company.email)) == (409, "/problems/already-invited")
    token = (await make.mails(database))[-1].token
    with clock.travelled(clock.now() + timedelta(days=31)):
        async with database.work() as session:
            user = await session.get_one(User, company.user_id)
            later = await make.signed_in(session, user)
            operator = await session.get_one(User, market.member.user_id)
            writing = await make.signed_in(session, operator)
        late = await client.post("/v1/panel-members", json={"token": token}, headers=later)
        assert said(late) == (409, "/problems/token-refused")
        body = {"email": company.email, "invitedAs": "expert"}
        again = await client.post(f"{market.path}/invitations", json=body, headers=writing)
        assert again.status_code == 201
        listed = await client.get(f"{market.path}/invitations", headers=writing)
    assert [row["outcome"] for row in listed.json()["items"]] == ["expired", None]


async def test_a_tenure_ends_by_itself_and_can_begin_again(
    client: httpx.AsyncClient, database: Database, market: Market, company: Member
) -> None:
    today = clock.today()
    past = await invite(
        client, market, company.email, tenureEndsOn=(today - timedelta(days=1)).isoformat()
    )
    assert said(past) == (409, "/problems/tenure-over")
    async with database.work() as session:
        scheme = await session.get_one(Scheme, market.id)
        user = await session.get_one(User, company.user_id)
        member = await make.an_expert(session, scheme, user)
        member.tenure_ends_on = today
    assert await experts(database, market) == {company.email}
    async with database.work() as session:
        (await session.get_one(type(member), member.id)).tenure_ends_on = today - timedelta(days=1)
    assert await experts(database, market) == set()

    assert (await invite(client, market, company.email)).status_code == 201
    token = (await make.mails(database))[-1].token
    assert (await join(client, company, token)).status_code == 201

    listed = await client.get(f"{market.path}/panel-members", headers=market.viewer.headers)
    rows = listed.json()["items"]
    assert [row["endReason"] for row in rows] == ["The tenure was over.", None]
    assert await experts(database, market) == {company.email}


async def test_two_answers_at_once_make_one_expert(
    client: httpx.AsyncClient, database: Database, market: Market, company: Member
) -> None:
    await invite(client, market, company.email)
    token = (await make.mails(database))[-1].token

    answers = await asyncio.gather(*(join(client, company, token) for _ in range(3)))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


async def test_an_expert_leaves_with_a_reason(
    client: httpx.AsyncClient, database: Database, market: Market, company: Member
) -> None:
    async with database.work() as session:
        scheme = await session.get_one(Scheme, market.id)
        member = await make.an_expert(session, scheme, await session.get_one(User, company.user_id))
    path = f"{market.path}/panel-members/{member.id}/endings"
    why = {"reason": "I work for an entrepreneur now."}
    assert said(await client.post(path, json=why, headers=market.member.headers)) == (
        403,
        "/problems/role-too-small",
    )

    left = await client.post(path, json=why, headers=company.headers)

    assert (left.status_code, left.json()["endReason"]) == (201, why["reason"])
    assert await experts(database, market) == set()


@pytest.mark.parametrize(
    ("state", "welcome"),
    [
        (SchemeState.DRAFT, {"expert"}),
        (SchemeState.OPEN, {"expert", "entrepreneur"}),
        (SchemeState.CLOSED, set()),
    ],
)
async def test_who_can_be_invited_when(
    client: httpx.AsyncClient,
    database: Database,
    market: Market,
    state: SchemeState,
    welcome: set[str],
) -> None:
    async with database.work() as session:
        (await session.get_one(Scheme, market.id)).state = state
    for invited_as in InvitedAs:
        answer = await invite(client, market, "x@baat.example", invitedAs=invited_as)
        refused = (409, "/problems/scheme-state-forbids")
        assert said(answer) == ((201, None) if invited_as in welcome else refused)


async def test_only_an_expert_has_a_tenure(client: httpx.AsyncClient, market: Market) -> None:
    more = {"invitedAs": "entrepreneur", "tenureEndsOn": "2030-01-01"}
    assert (await invite(client, market, "x@baat.example", **more)).status_code == 400
