"""What somebody gets of what is held about them, and what keeps them from being erased."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock, mail
from app.core.database import Database
from app.core.events import Actor, Event
from app.organisations.models import (
    ApiKey,
    Invitation,
    OneTimeToken,
    Organisation,
    Role,
    StaffAppointment,
    TokenPurpose,
    TrailEntry,
    User,
)
from app.payments.models import Outgoing, OutgoingKind, OutgoingStatus, Rail
from app.payouts.models import WriteOff, WriteOffState
from app.privacy.actions import masking
from app.privacy.models import Erasure
from app.privacy.queries import held, obstacles
from app.schemes.models import PanelMember
from tests import make
from tests.make import PASSWORD, Member
from tests.make.payments import jobs_done
from tests.orders.conftest import said

FINAL = {"password": PASSWORD, "isFinal": True}


async def post(client: httpx.AsyncClient, path: str, by: Member, **body: Any) -> httpx.Response:  # noqa: ANN401  JSON.
    return await client.post(f"/v1{path}", json=body, headers=by.headers)


async def invited(client: httpx.AsyncClient, by: Member, email: str) -> None:
    path = f"/organisations/{by.organisation_id}/invitations"
    assert said(await post(client, path, by, email=email, role="viewer"))[0] == 201


async def test_everybody_gets_what_is_held_about_them_and_no_secret(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.work() as session:
        person, other = await make.a_member(session), await make.a_member(session)
    keys = f"/organisations/{person.organisation_id}/api-keys"
    assert said(await post(client, keys, person, name="My laptop", scopes=["books:read"]))[0] == 201
    await invited(client, other, person.email)
    await invited(client, person, "piet@baat.example")
    assert said(await post(client, "/me/exports", person, password="another"))[0] == 403

    answer = await post(client, "/me/exports", person, password=PASSWORD)

    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == 'attachment; filename="baat-about-me.json"'
    assert answer.headers["cache-control"] == "no-store"
    held = {each["table"]: each["rows"] for each in answer.json()["held"]}
    [account] = held["users"]
    assert (account["email"], account["id"]) == (person.email, str(person.user_id))
    assert [row["name"] for row in held["api_keys"]] == ["My laptop"]
    assert {row["email"] for row in held["invitations"]} == {person.email, "piet@baat.example"}
    assert [row["letter"] for row in held["mails"]] == ["organisations/invitation"]
    assert "user.exported" in {row["type"] for row in held["events"]}
    assert {"memberships", "user_sessions", "trail_entries"} <= set(held)
    assert all(each["why"] and each["howLong"] for each in answer.json()["held"])
    assert not {"password", "hash", "sealed"} & {
        word for rows in held.values() for row in rows for name in row for word in name.split("_")
    } - {"password"}
    assert "passwordHash" not in answer.text
    assert "password_hash" not in answer.text


async def test_who_is_still_needed_is_told_by_whom_to_be_replaced(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.work() as session:
        await session.execute(sa.update(StaffAppointment).values(ended_at=clock.now()))
        admin = await make.a_member(session)
        headers = await make.signed_in(session, await make.a_user(session, staff=True))
        colleague = await make.a_user(session)
        name = (await session.get_one(Organisation, admin.organisation_id)).legal_name

    wrong = await post(client, "/me/erasures", admin, **FINAL | {"password": "another"})
    unsure = await post(client, "/me/erasures", admin, password=PASSWORD, isFinal=False)
    refused = await post(client, "/me/erasures", admin, **FINAL)
    last = await client.post("/v1/me/erasures", json=FINAL, headers=headers)

    assert (said(wrong)[0], said(unsure)[0]) == (403, 400)
    assert said(refused) == (409, "/problems/erasure-not-possible")
    assert refused.json()["obstacles"] == [
        f"The last admin of {name}: make somebody else an admin there first."
    ]
    assert said(last) == (409, "/problems/erasure-not-possible"), last.text
    assert last.json()["obstacles"] == [
        "The last of the platform's staff: appoint somebody else first."
    ]
    async with database.work() as session:
        organisation = await session.get_one(Organisation, admin.organisation_id)
        await make.a_membership(session, organisation, colleague, Role.ADMIN)
    assert said(await post(client, "/me/erasures", admin, **FINAL))[0] == 201
    assert said(await post(client, "/me/exports", admin, password=PASSWORD))[0] == 401


async def test_who_erases_themselves_is_gone_at_once_and_may_begin_anew(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.work() as session:
        organisation = await make.an_organisation(session)
        boss = await make.a_member(session, Role.ADMIN, organisation)
        admin = await make.a_member(session, Role.ADMIN, organisation)
        stranger = await make.a_member(session)
        (await session.get_one(User, admin.user_id)).name = "Sanne"
    keys = f"/organisations/{organisation.id}/api-keys"
    key = await post(client, keys, admin, name="Of Sanne and Susanne", scopes=["books:read"])
    theirs = await post(client, keys, boss, name="Sanne's", scopes=["books:read"])
    await invited(client, stranger, admin.email)
    await client.post("/v1/sessions", json={"email": admin.email, "password": PASSWORD})

    erased = await post(client, "/me/erasures", admin, **FINAL)
    assert erased.status_code == 201, erased.text
    await jobs_done(database)

    bearer = {"Authorization": f"Bearer {key.json()['token']}"}
    assert said(await client.get("/v1/ledgers", headers=bearer))[0] == 401
    assert said(await client.get("/v1/me", headers=admin.headers))[0] == 401
    signing_in = {"email": admin.email, "password": PASSWORD}
    assert said(await client.post("/v1/sessions", json=signing_in))[0] == 401
    assert theirs.json()["revokedAt"] is None
    await _emptied(database, admin, stranger)
    again = await client.post("/v1/registrations", json={"email": admin.email})
    assert again.status_code == 202
    assert len(await make.mails(database)) == 1


async def test_staff_erases_by_id_too_and_says_whom_they_mean(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.work() as session:
        staff = await make.signed_in(session, await make.a_user(session, staff=True))
        user = await make.a_user(session)
        session.add(
            OneTimeToken(
                purpose=TokenPurpose.REGISTER,
                token_hash=b"from before there was the account",
                email=user.email,
                expires_at=clock.now() + timedelta(hours=1),
            )
        )
    asked = {"reason": "Restored from the backup of May.", "isFinal": True}

    async def erase(**whom: str) -> httpx.Response:
        return await client.post("/v1/erasures", json={**asked, **whom}, headers=staff)

    assert said(await erase())[0] == 400
    assert said(await erase(email=user.email, userId=str(user.id)))[0] == 400
    assert said(await erase(userId=str(user.id)))[0] == 201
    assert said(await erase(userId=str(user.id)))[0] == 404
    async with database.reading() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(OneTimeToken)) == 0


async def _emptied(database: Database, admin: Member, stranger: Member) -> None:
    async with database.reading() as session:
        user = await session.get_one(User, admin.user_id)
        assert (user.name, user.email) == ("[erased]", f"{user.id}@erased.invalid")
        names = dict((await session.execute(sa.select(ApiKey.id, ApiKey.name))).all())
        # In what they wrote, as a whole word; what others wrote is for staff to decide.
        assert set(names.values()) == {"Of [erased] and Susanne", "Sanne's"}
        [invitation] = await session.scalars(
            sa.select(Invitation).where(Invitation.organisation_id == stranger.organisation_id)
        )
        assert invitation.revoked_at is not None
        assert invitation.email == user.email
        assert await session.scalar(sa.select(sa.func.count()).select_from(mail.Mail)) == 0
        told = sa.select(TrailEntry.network, TrailEntry.data).where(
            sa.or_(TrailEntry.user_id == user.id, TrailEntry.actor == f"user:{user.id}")
        )
        trail = (await session.execute(told)).all()
        assert len(trail) > 3
        assert all(row.network is None and "account" not in row.data for row in trail)
        done = sa.select(Event.data).where(Event.type == "user.erasure-finished")
        assert await session.scalar(done) == {"masked": 1}
        await mail.send(
            session,
            to=user.email,
            language=user.language,
            letter="organisations/password_changed",
            category=mail.Category.SECURITY,
            name=user.name,
        )
        assert not session.new


async def test_the_door_masks_for_an_erasure_under_way_only_and_never_the_books(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.work() as session:
        person = await make.a_member(session)
        organisation = await session.get_one(Organisation, person.organisation_id)
        await make.a_membership(session, organisation, await make.a_user(session), Role.ADMIN)
    erased = (await post(client, "/me/erasures", person, **FINAL)).json()

    async def mask(table: str, column: str) -> None:
        async with database.work() as session:
            words = sa.cast([person.email], sa.ARRAY(sa.Text()))
            nobody = sa.cast(None, sa.ARRAY(sa.Text()))
            masked = sa.func.privacy_mask(UUID(erased["id"]), table, column, words, nobody)
            await session.execute(sa.select(masked))

    await mask("events", "data")
    for table, column in (
        *(("ledger_entries", "narration"), ("log_leaves", "source"), ("certificates", "content")),
        *(("invoices", "content"), ("events", "id"), ("nothing", "data")),
    ):
        with pytest.raises(DBAPIError, match="is not masked"):
            await mask(table, column)
    with pytest.raises(DBAPIError, match="permission denied"):
        async with database.work() as session:
            await session.execute(sa.text("UPDATE events SET type = 'other'"))
    await jobs_done(database)
    with pytest.raises(DBAPIError, match="is not masked"):
        await mask("events", "data")
    async with database.reading() as session:
        erasure = await session.get_one(Erasure, erased["id"])
        assert erasure.sealed_words is None
    # Repeated, the job finds nothing left to do.
    await masking.finish(database, UUID(erased["id"]))


async def test_a_document_stays_readable_whatever_the_erased_person_was_called(
    session: AsyncSession,
) -> None:
    user = await make.a_user(session)
    erasure = Erasure(user_id=user.id, asked_by=str(Actor.user(user.id)), sealed_words=b"sealed")
    told = {
        "hours": 15000,
        "days": ["2026-05-01", "2026-05-01T10:00:00Z", str(user.id)],
        "block": "hours-of-work",
        "note": 'Two hours\nHOURS for "Jan\nde Wit" of 15000 people; hourstone.',
        "of": [{"Hours": "Hours"}, None, True],
    }
    event = Event(type="test.said", subject_id=user.id, actor=str(Actor.user(user.id)), data=told)
    session.add_all([erasure, event])
    await session.flush()

    async def mask() -> int | None:
        words = ["Hours", "15000", str(user.id)[:8], "Jan de Wit", "10:00:00Z"]
        masked = sa.func.privacy_mask(
            *(erasure.id, "events", "data"),
            sa.cast(words, sa.ARRAY(sa.Text())),
            sa.cast(["actor"], sa.ARRAY(sa.Text())),
        )
        found: int | None = await session.scalar(sa.select(masked))
        return found

    assert [await mask(), await mask()] == [1, 0]
    await session.refresh(event)
    note = 'Two [erased]\n[erased] for "[erased]" of [erased] people; hourstone.'
    assert event.data == {**told, "note": note, "of": [{"Hours": "[erased]"}, None, True]}


async def test_who_proposed_or_was_asked_to_value_something_is_awaited(
    session: AsyncSession,
) -> None:
    scheme = await make.a_scheme(session)
    sitting = await make.a_sitting(session, await make.a_project(session))
    assignment = await make.an_assignment(session, sitting)
    member = await session.get_one(PanelMember, assignment.panel_member_id)
    expert = await session.get_one(User, member.user_id)
    planned = Outgoing(
        scheme_id=scheme.id,
        kind=OutgoingKind.FEE,
        purpose=f"scheme/{scheme.id}",
        amount_cents=100,
        rail=Rail.BANK,
        iban="NL91ABNA0417164300",
        holder_name="Stichting Rijnmond",
        description="Fee",
        planned_by=str(Actor.user(expert.id)),
    )
    session.add(planned)
    await session.flush()

    proposed, asked = await obstacles.of_user(session, expert)
    assert proposed.startswith(f"The outgoing payment {planned.id} waits for a second person")
    assert asked.startswith(f"The expert of assignment {assignment.id} has not valued its plan")
    planned.status = OutgoingStatus.WITHHELD
    await make.sealed_scores(session, assignment)
    assert await obstacles.of_user(session, expert) == []


async def test_nobody_takes_figures_and_others_words_along(session: AsyncSession) -> None:
    proposer, other = await make.a_user(session), await make.a_user(session)
    scheme = await make.a_scheme(session)
    session.add(
        WriteOff(
            scheme_id=scheme.id,
            entrepreneur_id=(await make.an_organisation(session)).id,
            amount_cents=100,
            reason="It is bankrupt.",
            state=WriteOffState.APPROVED,
            proposed_by_id=proposer.id,
            decided_by_id=other.id,
            decided_at=clock.now(),
            decision_reason="I saw the judgment.",
        )
    )
    await session.flush()

    for user, words in (
        (proposer, ("It is bankrupt.", None)),
        (other, (None, "I saw the judgment.")),
    ):
        [row] = [
            row
            for _, table, rows in await held.about(session, user)
            for row in rows
            if table == "write_offs"
        ]
        assert (row["reason"], row["decision_reason"]) == words
        assert row["scheme_id"] == str(scheme.id)
        assert "amount_cents" not in row
