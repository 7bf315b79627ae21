"""Auditors read everything of an authority or an operator, for a period, and nothing else."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from app.audits.models import AuditReading
from app.core import clock
from app.core.database import Database
from app.organisations.callers import Caller, Identity, Visitor
from app.organisations.models import Organisation, User
from app.organisations.queries.callers import identity
from app.schemes import queries
from app.schemes.models import Authority, Scheme
from tests import make
from tests.make import Member
from tests.schemes.conftest import Market, said


async def appoint(
    client: httpx.AsyncClient,
    organisation_id: UUID,
    headers: dict[str, str],
    email: str,
    days: tuple[int, int] = (0, 30),
) -> httpx.Response:
    """Appoint somebody from one day to another, both counted from today."""
    today = clock.today()
    body = {
        "email": email,
        "startsOn": (today + timedelta(days=days[0])).isoformat(),
        "endsOn": (today + timedelta(days=days[1])).isoformat(),
        "reason": "Engagement letter 2026/12.",
    }
    path = f"/v1/organisations/{organisation_id}/auditors"
    return await client.post(path, json=body, headers=headers)


async def test_an_auditor_reads_what_the_operator_reads_and_changes_nothing(
    client: httpx.AsyncClient, database: Database, market: Market, company: Member
) -> None:
    async with database.work() as session:
        scheme = await session.get_one(Scheme, market.id)
        admission = await make.an_admission(session, scheme)
    reading = [
        *("settings", "decisions", "policy-drafts", "invitations", "panel-members"),
        *("admissions", f"admissions/{admission.id}", "enrolments"),
    ]
    before = [
        (await client.get(f"{market.path}/{what}", headers=company.headers)).status_code
        for what in reading
    ]
    made = await appoint(client, market.operator_id, market.admin.headers, company.email)
    assert made.status_code == 201
    told = (await make.mails(database))[-1]
    assert (told.to, told.subject) == (company.email, "U bent aangewezen als controleur")

    after = [
        (await client.get(f"{market.path}/{what}", headers=company.headers)).status_code
        for what in reading
    ]
    assert (set(before), set(after)) == ({404}, {200})
    mine = await client.get("/v1/me/schemes", headers=company.headers)
    assert str(market.id) in {each["id"] for each in mine.json()["items"]}
    change = {"kind": "suspended", "reason": "I found something."}
    path = f"{market.path}/admissions/{admission.id}/decisions"
    refused = await client.post(path, json=change, headers=company.headers)
    assert said(refused) == (403, "/problems/role-too-small")
    async with database.reading() as session:
        noted = await session.scalars(
            sa.select(AuditReading.organisation_id).where(AuditReading.user_id == company.user_id)
        )
        assert list(noted) == [market.operator_id] * (len(reading) + 1)


async def test_an_audit_has_a_first_and_a_last_day(
    client: httpx.AsyncClient, database: Database, market: Market, company: Member
) -> None:
    await appoint(client, market.operator_id, market.admin.headers, company.email, (2, 4))
    found = []
    for days in range(1, 6):
        with clock.travelled(clock.now() + timedelta(days=days)):
            async with database.work() as session:
                user = await session.get_one(User, company.user_id)
                headers = await make.signed_in(session, user)
            answer = await client.get(f"{market.path}/settings", headers=headers)
            found.append(answer.status_code)
    assert found == [404, 200, 200, 200, 404]


async def test_an_audit_can_be_ended(
    client: httpx.AsyncClient, market: Market, company: Member, staff: dict[str, str]
) -> None:
    made = await appoint(client, market.operator_id, staff, company.email)
    path = f"/v1/organisations/{market.operator_id}/auditors"
    assert (await client.get(f"{market.path}/settings", headers=company.headers)).is_success

    gone = await client.delete(f"{path}/{made.json()['id']}", headers=market.admin.headers)

    assert gone.status_code == 204
    read = await client.get(f"{market.path}/settings", headers=company.headers)
    assert read.status_code == 404
    [row] = (await client.get(path, headers=staff)).json()["items"]
    assert row["endedAt"] is not None


async def test_periods_of_one_auditor_do_not_overlap(
    client: httpx.AsyncClient, market: Market, company: Member, staff: dict[str, str]
) -> None:
    async def said_to(first: int, last: int) -> tuple[int, str | None]:
        return said(await appoint(client, market.operator_id, staff, company.email, (first, last)))

    assert await said_to(10, 20) == (201, None)
    assert await said_to(20, 30) == (409, "/problems/already-auditor")
    assert await said_to(21, 30) == (201, None)
    assert await said_to(0, 40) == (409, "/problems/already-auditor")
    assert await said_to(-9, -1) == (409, "/problems/tenure-over")
    assert (await said_to(50, 49))[0] == 400
    assert (await said_to(50, 50 + 5 * 366))[0] == 400


async def test_only_who_keeps_books_is_audited(
    client: httpx.AsyncClient, company: Member, staff: dict[str, str]
) -> None:
    answer = await appoint(client, company.organisation_id, company.headers, company.email)
    assert said(answer) == (409, "/problems/nothing-to-audit")
    registered = await client.post(
        "/v1/authorities",
        json={
            "organisationId": str(company.organisation_id),
            "municipalities": [],
            "reason": "A province.",
        },
        headers=staff,
    )
    assert registered.status_code == 201
    nobody = await appoint(client, company.organisation_id, company.headers, "x@baat.example")
    assert said(nobody) == (404, "/problems/not-found")
    made = await appoint(client, company.organisation_id, company.headers, company.email)
    assert made.status_code == 201


async def test_an_authority_is_registered_once_and_ends_when_it_recognises_nothing(
    client: httpx.AsyncClient, database: Database, market: Market, staff: dict[str, str]
) -> None:
    [authority] = (await client.get("/v1/authorities")).json()["items"]
    body = {
        "organisationId": authority["organisation"]["id"],
        "municipalities": ["GM0599"],
        "reason": "A municipality by law.",
    }
    why = {"reason": "It was merged."}
    ending = f"/v1/authorities/{authority['id']}/endings"
    twice = await client.post("/v1/authorities", json=body, headers=staff)
    in_use = await client.post(ending, json=why, headers=staff)
    recognition = {"authorityId": authority["id"], "reason": "Decision of the council."}
    again = await client.post(f"{market.path}/recognitions", json=recognition, headers=staff)
    assert said(twice) == (409, "/problems/already-authority")
    assert said(in_use) == (409, "/problems/authority-in-use")
    assert said(again) == (409, "/problems/already-recognised")

    async with database.reading() as session:
        [recognition_id] = await session.scalars(sa.text("SELECT id FROM scheme_recognitions"))
    path = f"{market.path}/recognitions/{recognition_id}/endings"
    ended = await client.post(path, json=why, headers=staff)
    assert ended.json()["endReason"] == why["reason"]
    assert (await client.get(market.path)).json()["authorities"] == []
    over = await client.post(ending, json=why, headers=staff)
    assert over.status_code == 201
    assert (await client.get(f"/v1/authorities/{authority['id']}")).json()["endedAt"] is not None
    assert (await client.post("/v1/authorities", json=body, headers=staff)).status_code == 201


@pytest.fixture
async def books(database: Database, market: Market) -> tuple[UUID, UUID, UUID]:
    """Three keepers: the market, a scheme of others, and an authority."""
    async with database.work() as session:
        other = await make.a_scheme(session)
        authority = await make.an_authority(session)
        return market.id, other.id, authority.id


async def readable(
    database: Database, headers: dict[str, str], keepers: tuple[UUID, ...]
) -> list[bool]:
    """Say of each keeper whether the caller may read its books."""
    settings = database.settings
    async with database.reading() as session:
        token = headers["Authorization"].removeprefix("Bearer ")
        who: Identity | None = await identity(session, token, settings)
        assert who
        here = Visitor(settings, database, network=None, user_agent=None, request_id=None)
        found = await queries.readable_keepers(session, Caller(here, who, token))
    return [found.ids is None or keeper_id in found.ids for keeper_id in keepers]


async def test_whose_books_may_be_read(
    database: Database,
    market: Market,
    company: Member,
    staff: dict[str, str],
    books: tuple[UUID, UUID, UUID],
) -> None:
    _market, other_id, authority_id = books
    async with database.work() as session:
        operator = await session.get_one(Organisation, market.operator_id)
        machine = await make.an_api_key(session, operator)
        other = await session.get_one(Scheme, other_id)
        auditor = await make.a_user(session)
        await make.an_auditor(
            session, await session.get_one(Organisation, other.operator_id), auditor
        )
        authority = await session.get_one(Authority, authority_id)
        body = await session.get_one(Organisation, authority.organisation_id)
        await make.an_auditor(session, body, auditor)
        auditing = await make.signed_in(session, auditor)
        official = await make.a_member(session, organisation=body)

    assert await readable(database, market.viewer.headers, books) == [True, False, False]
    assert await readable(database, machine, books) == [True, False, False]
    assert await readable(database, official.headers, books) == [False, False, True]
    assert await readable(database, auditing, books) == [False, True, True]
    assert await readable(database, company.headers, books) == [False, False, False]
    assert await readable(database, staff, books) == [True, True, True]
