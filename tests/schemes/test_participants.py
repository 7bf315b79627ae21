"""Entrepreneurs who ask, are checked and admitted; companies that enrol."""

import asyncio
from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.database import Database
from app.core.ids import new_id
from app.organisations.models import Organisation, TrailEntry, User
from app.schemes import queries
from app.schemes.models import Admission, AdmissionState, CheckKind, InvitedAs, Scheme, SchemeState
from tests import make
from tests.make import Member
from tests.schemes.conftest import Market, said

PLAN = "We train drivers for target-group transport."


async def ask(
    client: httpx.AsyncClient, market: Market, who: Member, what: str = "admissions", **more: str
) -> httpx.Response:
    body = {"schemeId": str(market.id), "reason": PLAN, **more}
    path = f"/v1/organisations/{who.organisation_id}/{what}"
    return await client.post(path, json=body, headers=who.headers)


async def decide(
    client: httpx.AsyncClient, market: Market, subject: str, kind: str, who: Member | None = None
) -> httpx.Response:
    body = {"kind": kind, "reason": "Seen and agreed."}
    headers = (who or market.approver).headers
    return await client.post(f"{market.path}/{subject}/decisions", json=body, headers=headers)


async def check(
    client: httpx.AsyncClient,
    market: Market,
    admission_id: str,
    **changes: object,
) -> httpx.Response:
    body = {
        "kind": "identity",
        "passed": True,
        "evidence": "Extract of the trade register of 2026-11-20.",
        "validUntil": (clock.today() + timedelta(days=365)).isoformat(),
        **changes,
    }
    path = f"{market.path}/admissions/{admission_id}/checks"
    return await client.post(path, json=body, headers=market.member.headers)


def account(kind: CheckKind, iban: str = "NL91ABNA0417164300") -> dict[str, object]:
    """What a check says besides: which account it was, if it is about one."""
    return {"kind": kind, "iban": iban} if kind is CheckKind.BANK_ACCOUNT else {"kind": kind}


async def test_an_entrepreneur_asks_is_checked_and_admitted(
    client: httpx.AsyncClient, database: Database, market: Market, company: Member
) -> None:
    asked = await ask(client, market, company)
    assert asked.status_code == 201
    admission = asked.json()
    assert (admission["state"], admission["payable"]) == ("requested", False)
    assert [decision["reason"] for decision in admission["decisions"]] == [PLAN]
    subject = f"admissions/{admission['id']}"

    unchecked = await decide(client, market, subject, "admitted")
    assert said(unchecked) == (409, "/problems/admission-not-ready")
    assert (await check(client, market, admission["id"])).status_code == 201
    assert (await decide(client, market, subject, "admitted")).status_code == 201

    read = await client.get(f"{market.path}/{subject}", headers=market.viewer.headers)
    assert read.json()["state"] == "admitted"
    assert [each["kind"] for each in read.json()["checks"]] == ["identity"]
    path = f"/v1/organisations/{company.organisation_id}/admissions"
    [own] = (await client.get(path, headers=company.headers)).json()["items"]
    assert [decision["kind"] for decision in own["decisions"]] == ["requested", "admitted"]
    assert own["missingChecks"] == ["beneficial-owners", "sanctions", "bank-account"]
    assert "checks" not in own, "the operator's evidence is its own"
    async with database.reading() as session:
        assert await queries.participants.is_admitted(session, market.id, company.organisation_id)
        kinds = await session.scalars(
            sa.select(TrailEntry.kind).where(TrailEntry.organisation_id == company.organisation_id)
        )
        assert set(kinds) >= {"admission.requested", "admission.admitted"}


async def test_an_account_that_changed_is_not_the_one_that_was_checked(
    client: httpx.AsyncClient, database: Database, market: Market, company: Member
) -> None:
    seen, changed = "NL91ABNA0417164300", "NL20INGB0001234567"
    admission = (await ask(client, market, company)).json()
    async with database.work() as session:
        organisation = await session.get_one(Organisation, company.organisation_id)
        organisation.iban, organisation.iban_changed_at = changed, clock.now()
    # The operator looked at a statement of the account that was there before.
    late = await check(client, market, admission["id"], **account(CheckKind.BANK_ACCOUNT, seen))
    assert said(late) == (409, "/problems/another-account")
    unnamed = await check(client, market, admission["id"], kind="bank-account")
    assert said(unnamed)[0] == 400
    right = await check(client, market, admission["id"], **account(CheckKind.BANK_ACCOUNT, changed))
    assert said(right) == (201, None)


async def test_people_are_told_in_their_language(
    client: httpx.AsyncClient, database: Database, market: Market, company: Member
) -> None:
    admission = (await ask(client, market, company)).json()
    await decide(client, market, f"admissions/{admission['id']}", "refused")

    read = await make.mails(database)
    asked, told = read[:-1], read[-1]
    assert {mail.to for mail in asked} == {market.admin.email, market.approver.email}
    assert {mail.subject for mail in asked} == {"Een ondernemer vraagt toelating aan"}
    assert (told.to, told.subject) == (company.email, "Er is een besluit over uw organisatie")
    assert "DAM Nederland B.V. kan niet deelnemen aan Rikx Rotterdam." in told.text
    assert "Seen and agreed." in told.text


async def test_all_four_checks_must_hold_before_money_is_paid(
    client: httpx.AsyncClient, database: Database, market: Market, company: Member
) -> None:
    admission = (await ask(client, market, company)).json()
    today = clock.today()
    for kind in CheckKind:
        await check(client, market, admission["id"], **account(kind))
    path = f"{market.path}/admissions/{admission['id']}"
    await decide(client, market, f"admissions/{admission['id']}", "admitted")

    async def payable() -> tuple[bool, list[str]]:
        found = (await client.get(path, headers=market.viewer.headers)).json()
        return found["payable"], found["missingChecks"]

    # It has no bank account at all: what was checked?
    assert await payable() == (False, ["bank-account"])
    async with database.work() as session:
        organisation = await session.get_one(Organisation, company.organisation_id)
        organisation.iban = "NL91ABNA0417164300"
        organisation.iban_changed_at = clock.now()
    assert await payable() == (False, ["bank-account"])
    await check(client, market, admission["id"], **account(CheckKind.BANK_ACCOUNT))
    assert await payable() == (True, [])
    soon = (today + timedelta(days=5)).isoformat()
    await check(client, market, admission["id"], kind="sanctions", validUntil=soon)
    async with database.reading() as session:
        found = await queries.participants._admission(session, admission["id"])
        for days, holds in ((0, True), (5, True), (6, False)):
            assert found.payable_on(today + timedelta(days=days)) is holds
    # The last check counts, though an earlier one would have held for longer.
    await check(client, market, admission["id"], kind="identity", passed=False, validUntil=None)
    assert await payable() == (False, ["identity"])


async def test_another_bank_account_must_be_checked_anew(
    client: httpx.AsyncClient, database: Database, market: Market
) -> None:
    async with database.work() as session:
        scheme = await session.get_one(Scheme, market.id)
        admission = await make.an_admission(session, scheme)
        owner = await make.a_member(
            session, organisation=await session.get_one(Organisation, admission.organisation_id)
        )
    async with database.reading() as session:
        assert (await queries.participants._admission(session, admission.id)).payable
    changed = await client.patch(
        f"/v1/organisations/{owner.organisation_id}",
        json={"iban": "NL02ABNA0123456789"},
        headers={**owner.headers, "If-Match": "*"},
    )
    assert changed.status_code == 200
    async with database.reading() as session:
        assert not (await queries.participants._admission(session, admission.id)).payable


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"validUntil": None}, 400),
        ({"passed": False}, 400),
        ({"validUntil": "2020-01-01"}, 409),
        ({"kind": "charm"}, 400),
        ({"evidence": ""}, 400),
        ({"passed": False, "validUntil": None}, 201),
    ],
)
async def test_a_check_says_until_when_it_holds(
    client: httpx.AsyncClient,
    database: Database,
    market: Market,
    changes: dict[str, object],
    status: int,
) -> None:
    async with database.work() as session:
        scheme = await session.get_one(Scheme, market.id)
        admission = await make.an_admission(session, scheme, checked=False)
    answer = await check(client, market, str(admission.id), **changes)
    assert answer.status_code == status


async def test_nobody_decides_about_their_own(
    client: httpx.AsyncClient, database: Database, market: Market
) -> None:
    async with database.work() as session:
        scheme = await session.get_one(Scheme, market.id)
        organisation = await make.an_organisation(session)
        for who in (market.approver, market.member):
            user = await session.get_one(User, who.user_id)
            await make.a_membership(session, organisation, user)
        admission = await make.an_admission(
            session, scheme, organisation, state=AdmissionState.REQUESTED
        )
        enrolment = await make.an_enrolment(session, scheme, organisation)

    refusals = [
        await decide(client, market, f"admissions/{admission.id}", "admitted"),
        await decide(client, market, f"enrolments/{enrolment.id}", "suspended"),
        await check(client, market, str(admission.id)),
    ]

    assert {said(answer) for answer in refusals} == {(403, "/problems/own-affair")}
    other = await decide(client, market, f"admissions/{admission.id}", "admitted", market.admin)
    assert other.status_code == 201


async def test_an_organisation_that_stopped_is_not_admitted(
    client: httpx.AsyncClient,
    market: Market,
    company: Member,
    staff: dict[str, str],
) -> None:
    admission = (await ask(client, market, company)).json()
    await check(client, market, admission["id"])
    path = f"/v1/organisations/{company.organisation_id}"
    await client.post(f"{path}/bankruptcies", json={"reason": "Judgment."}, headers=staff)

    answer = await decide(client, market, f"admissions/{admission['id']}", "admitted")

    assert said(answer) == (409, "/problems/admission-not-ready")
    assert answer.json()["missing"] == ["it is bankrupt"]
    assert said(await ask(client, market, company, "enrolments")) == (
        403,
        "/problems/organisation-inactive",
    )


@pytest.mark.parametrize("what", ["admissions", "enrolments"])
async def test_who_comes_in_where(
    client: httpx.AsyncClient, database: Database, market: Market, company: Member, what: str
) -> None:
    async with database.work() as session:
        draft = await make.a_scheme(session, state=SchemeState.DRAFT)
        closed = await make.a_scheme(session, state=SchemeState.CLOSED)
    nowhere = await ask(client, market, company, what, schemeId=str(new_id()))
    unseen = await ask(client, market, company, what, schemeId=str(draft.id))
    late = await ask(client, market, company, what, schemeId=str(closed.id))
    own = await ask(client, market, market.admin, what)

    assert said(nowhere) == said(unseen) == (404, "/problems/not-found")
    assert said(late) == (409, "/problems/scheme-state-forbids")
    assert said(own) == (409, "/problems/own-market")


@pytest.mark.parametrize("what", ["admissions", "enrolments"])
async def test_asking_twice_at_once_makes_one_row(
    client: httpx.AsyncClient, market: Market, company: Member, what: str
) -> None:
    answers = await asyncio.gather(*(ask(client, market, company, what) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    listed = await client.get(f"{market.path}/{what}", headers=market.viewer.headers)
    assert len(listed.json()["items"]) == 1


async def test_who_was_invited_says_so(
    client: httpx.AsyncClient, database: Database, market: Market, company: Member
) -> None:
    path = f"{market.path}/invitations"
    body = {"email": "dam@baat.example", "invitedAs": "entrepreneur", "language": "en"}
    invited = await client.post(path, json=body, headers=market.member.headers)
    [mail] = await make.mails(database)
    assert (mail.to, mail.language) == ("dam@baat.example", "en")
    assert "take part in Rikx Rotterdam as a social entrepreneur" in mail.text

    asked = await ask(client, market, company, invitationToken=mail.token)

    assert asked.json()["invitationId"] == invited.json()["id"]
    [row] = (await client.get(path, headers=market.viewer.headers)).json()["items"]
    assert row["outcome"] == "accepted"
    async with database.work() as session:
        scheme = await session.get_one(Scheme, market.id)
        other = await make.a_member(session)
        _invitation, token = await make.a_scheme_invitation(
            session, scheme, invited_as=InvitedAs.EXPERT
        )
    used = await ask(client, market, other, invitationToken=mail.token)
    wrong = await ask(client, market, other, invitationToken=token)
    assert said(used) == (409, "/problems/token-refused")
    assert said(wrong) == (403, "/problems/invited-somebody-else")
    async with database.reading() as session:
        asked_for = sa.select(sa.func.count()).select_from(Admission)
        assert await session.scalar(asked_for) == 1, "a refusal leaves no row"


async def test_a_company_enrols_freely_where_the_policy_says_so(
    client: httpx.AsyncClient, market: Market, company: Member
) -> None:
    enrolled = await ask(client, market, company, "enrolments")

    assert enrolled.json()["state"] == "active"
    kinds = [decision["kind"] for decision in enrolled.json()["decisions"]]
    assert kinds == ["requested", "enrolled"]
    suspended = await decide(client, market, f"enrolments/{enrolled.json()['id']}", "suspended")
    assert suspended.status_code == 201


async def test_a_company_waits_where_the_operator_decides(
    client: httpx.AsyncClient, database: Database, market: Market, company: Member
) -> None:
    buyers = {**make.TERMS["buyers"], "enrolment": "by-approval"}
    async with database.work() as session:
        scheme = await session.get_one(Scheme, market.id)
        await make.a_policy(session, scheme, make.terms(buyers=buyers))

    asked = await ask(client, market, company, "enrolments")
    assert asked.json()["state"] == "requested"
    await decide(client, market, f"enrolments/{asked.json()['id']}", "refused")
    async with database.work() as session:
        scheme = await session.get_one(Scheme, market.id)
        await make.a_policy(session, scheme)
    # Enrolment is free now, but not for who was refused.
    again = await ask(client, market, company, "enrolments")

    assert again.json()["state"] == "requested"
    assert again.json()["id"] == asked.json()["id"]
    await decide(client, market, f"enrolments/{asked.json()['id']}", "enrolled")
    listed = await client.get(f"{market.path}/enrolments", headers=market.viewer.headers)
    [found] = listed.json()["items"]
    assert found["state"] == "active"
    kinds = [decision["kind"] for decision in found["decisions"]]
    assert kinds == ["requested", "refused", "requested", "enrolled"]
