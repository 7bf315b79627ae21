import asyncio

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from app.core import installation
from app.core.database import Database, open_database
from app.core.settings import Mode, Settings
from app.main import create_app
from app.organisations.models import Organisation, StaffAppointment
from tests import make
from tests.conftest import calling, living, served
from tests.make import Member
from tests.make.commands import baat

PASSWORD = "acht fietsen staan onder water"


async def bootstrap(settings: Settings, password: str = PASSWORD) -> tuple[int, str]:
    who = ("--email", "Pim@baat.example", "--name", "Pim")
    return await baat(settings, "bootstrap", *who, BAAT_BOOTSTRAP_PASSWORD=password)


async def appoint(client: httpx.AsyncClient, staff: dict[str, str], email: str) -> httpx.Response:
    body = {"email": email, "reason": "Joins the platform."}
    return await client.post("/v1/staff", json=body, headers=staff)


async def test_the_first_staff_comes_from_the_command_line_once(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    code, said = await bootstrap(settings)
    assert code == 0, said
    assert PASSWORD not in said
    answer = await client.post(
        "/v1/sessions", json={"email": "pim@baat.example", "password": PASSWORD}
    )
    headers = {"Authorization": f"Bearer {answer.json()['token']}"}
    assert (await client.get("/v1/me", headers=headers)).json()["isStaff"] is True
    [row] = (await client.get("/v1/staff", headers=headers)).json()["items"]
    assert (row["user"]["email"], row["appointedBy"]) == ("pim@baat.example", "system:bootstrap")

    code, said = await bootstrap(settings)
    assert code == 1
    assert "has staff" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("password", ["te kort", "wachtwoord123", "hahahahahahahaha"])
async def test_a_bad_password_is_explained_and_not_repeated(
    settings: Settings, database: Database, password: str
) -> None:
    code, said = await bootstrap(settings, password)
    assert code in {1, 2}
    assert password not in said
    assert "Traceback" not in said
    assert "password" in said.lower()
    async with database.reading() as session:
        assert await session.scalar(sa.select(sa.func.count(StaffAppointment.id))) == 0


async def test_two_bootstraps_at_once_make_one_staff_user(
    settings: Settings, database: Database
) -> None:
    codes = [code for code, _ in await asyncio.gather(bootstrap(settings), bootstrap(settings))]
    assert sorted(codes) == [0, 1]
    async with database.reading() as session:
        assert await session.scalar(sa.select(sa.func.count(StaffAppointment.id))) == 1


async def test_staff_appoints_and_dismisses(
    client: httpx.AsyncClient, staff: dict[str, str], admin: Member
) -> None:
    made = await appoint(client, staff, admin.email.upper())
    assert made.status_code == 201
    assert made.json()["user"]["id"] == str(admin.user_id)
    assert (await client.get("/v1/trail", headers=admin.headers)).status_code == 200
    twice = await appoint(client, staff, admin.email)
    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/already-staff")
    nobody = await appoint(client, staff, "nobody@baat.example")
    assert nobody.status_code == 404

    path = f"/v1/staff/{made.json()['id']}"
    assert (await client.delete(path, headers=staff)).status_code == 204
    assert (await client.get("/v1/trail", headers=admin.headers)).status_code == 403
    assert (await client.delete(path, headers=staff)).status_code == 404
    assert (await appoint(client, staff, admin.email)).status_code == 201


async def test_the_last_staff_member_stays(
    client: httpx.AsyncClient, staff: dict[str, str]
) -> None:
    [row] = (await client.get("/v1/staff", headers=staff)).json()["items"]
    answer = await client.delete(f"/v1/staff/{row['id']}", headers=staff)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/last-staff")


async def test_staff_that_dismiss_each_other_at_once_leave_one(
    app: FastAPI, database: Database
) -> None:
    async with database.work() as session:
        users = [await make.a_user(session, staff=True) for _ in range(3)]
        headers = [await make.signed_in(session, user) for user in users]
        rows = await session.scalars(sa.select(StaffAppointment).order_by(StaffAppointment.id))
        ids = [row.id for row in rows]
    async with served(app) as address, httpx.AsyncClient(base_url=address) as client:
        answers = await asyncio.gather(
            *(client.delete(f"/v1/staff/{ids[(n + 1) % 3]}", headers=headers[n]) for n in range(3))
        )
    async with database.reading() as session:
        living_ones = await session.scalar(
            sa.select(sa.func.count()).where(StaffAppointment.ended_at.is_(None))
        )
    statuses = [answer.status_code for answer in answers]
    assert living_ones == 3 - statuses.count(204)
    assert living_ones
    assert set(statuses) <= {204, 403, 409}


@pytest.fixture
async def live(settings: Settings) -> Settings:
    """The settings of a live installation: the owner made its database anew as one."""
    live = settings.model_copy(update={"mode": Mode.LIVE, "public_url": "https://baat.example"})
    as_owner = settings.model_copy(update={"database_url": settings.migrations_database_url})
    async with open_database(as_owner) as owner, owner.work() as session:
        await session.execute(sa.text("TRUNCATE installations"))
        await installation.create(session, live)
    return live


async def test_staff_of_a_live_installation_needs_the_second_factor(live: Settings) -> None:
    async with living(create_app(live)) as app, calling(app) as client:
        async with app.state.database.work() as session:
            user = await make.a_user(session, staff=True)
            plain = await make.signed_in(session, user)
            proved = await make.signed_in(session, user, second_factor=True)
            await make.an_organisation(session)
        refused = await client.get("/v1/staff", headers=plain)
        assert refused.status_code == 403
        assert refused.json()["type"] == "/problems/staff-needs-second-factor"
        assert (await client.get("/v1/me", headers=plain)).json()["isStaff"] is False
        assert (await client.get("/v1/organisations", headers=plain)).json()["items"] == []
        assert (await client.get("/v1/staff", headers=proved)).status_code == 200
        assert len((await client.get("/v1/organisations", headers=proved)).json()["items"]) == 1


async def test_keys_of_a_live_installation_say_so(live: Settings) -> None:
    async with living(create_app(live)) as app, calling(app) as client:
        async with app.state.database.work() as session:
            admin = await make.a_member(session)
            organisation = await session.get_one(Organisation, admin.organisation_id)
            test_key = await make.an_api_key(session, organisation, "organisations:read")
        body = {"name": "Till", "scopes": ["organisations:read"]}
        path = f"/v1/organisations/{admin.organisation_id}/api-keys"
        made = await client.post(path, json=body, headers=admin.headers)
        key = {"Authorization": f"Bearer {made.json()['token']}"}
        assert made.json()["token"].startswith("baat_live_")
        assert (await client.get("/v1/organisations", headers=key)).status_code == 200
        assert (await client.get("/v1/organisations", headers=test_key)).status_code == 401


async def test_staff_looks_and_does_not_touch(
    client: httpx.AsyncClient, admin: Member, staff: dict[str, str]
) -> None:
    path = f"/v1/organisations/{admin.organisation_id}"
    assert (await client.get(path, headers=staff)).status_code == 200
    changed = await client.patch(
        path, json={"iban": "NL91ABNA0417164300"}, headers={**staff, "If-Match": "*"}
    )
    invited = await client.post(
        f"{path}/invitations", json={"email": "me@baat.example", "role": "admin"}, headers=staff
    )
    assert (changed.status_code, invited.status_code) == (403, 403)
