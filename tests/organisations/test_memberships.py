import asyncio
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from app.core import clock
from app.core.database import Database
from app.organisations.models import Organisation, Role, User
from tests import make
from tests.conftest import served
from tests.make import Member


async def a_colleague(database: Database, of: Member, role: Role) -> Member:
    async with database.work() as session:
        organisation = await session.get_one(Organisation, of.organisation_id)
        return await make.a_member(session, role, organisation)


def path_of(member: Member, part: str = "") -> str:
    return f"/v1/organisations/{member.organisation_id}/memberships/{member.membership_id}{part}"


async def demote(client: httpx.AsyncClient, who: Member, by: Member) -> httpx.Response:
    headers = {**by.headers, "If-Match": "*"}
    return await client.patch(path_of(who), json={"role": "viewer"}, headers=headers)


async def rights(client: httpx.AsyncClient, member: Member) -> set[str]:
    me = (await client.get("/v1/me", headers=member.headers)).json()
    return {right for row in me["organisations"] for right in row["rights"]}


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.VIEWER, {"read"}),
        (Role.MEMBER, {"read", "write"}),
        (Role.APPROVER, {"read", "write", "approve"}),
        (Role.ADMIN, {"read", "write", "approve", "inspect", "administer"}),
    ],
)
async def test_each_role_has_its_rights(
    client: httpx.AsyncClient, database: Database, admin: Member, role: Role, expected: set[str]
) -> None:
    colleague = await a_colleague(database, admin, role)
    assert await rights(client, colleague) == expected


async def test_another_role_counts_from_the_next_request_on(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    colleague = await a_colleague(database, admin, Role.ADMIN)
    assert (await demote(client, colleague, admin)).status_code == 200
    assert await rights(client, colleague) == {"read"}
    assert (await demote(client, admin, colleague)).status_code == 403


async def test_a_role_changes_from_the_version_that_was_read(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    colleague = await a_colleague(database, admin, Role.MEMBER)
    etag = (await client.get(path_of(colleague), headers=admin.headers)).headers["etag"]
    answers = [
        await client.patch(
            path_of(colleague), json={"role": role}, headers={**admin.headers, **match}
        )
        for role, match in (
            ("viewer", {}),
            ("approver", {"If-Match": etag}),
            ("viewer", {"If-Match": etag}),
            ("owner", {"If-Match": "*"}),
        )
    ]
    assert [answer.status_code for answer in answers] == [428, 200, 412, 400]


async def test_the_last_admin_stays(client: httpx.AsyncClient, admin: Member) -> None:
    for answer in (
        await demote(client, admin, admin),
        await client.delete(path_of(admin), headers=admin.headers),
    ):
        assert answer.status_code == 409
        assert answer.json()["type"] == "/problems/last-admin"
    assert "administer" in await rights(client, admin)


@pytest.mark.parametrize("way", ["demote each other", "remove each other", "both leave", "mixed"])
async def test_two_admins_who_go_at_once_leave_one(
    app: FastAPI, database: Database, admin: Member, way: str
) -> None:
    other = await a_colleague(database, admin, Role.ADMIN)
    async with served(app) as address, httpx.AsyncClient(base_url=address) as client:
        calls = {
            "demote each other": [demote(client, other, admin), demote(client, admin, other)],
            "remove each other": [
                client.delete(path_of(other), headers=admin.headers),
                client.delete(path_of(admin), headers=other.headers),
            ],
            "both leave": [
                client.delete(path_of(admin), headers=admin.headers),
                client.delete(path_of(other), headers=other.headers),
            ],
            "mixed": [
                demote(client, admin, admin),
                client.delete(path_of(other), headers=other.headers),
            ],
        }
        answers = await asyncio.gather(*calls.pop(way))
        for unused in calls.values():
            for call in unused:
                call.close()
        left = [member for member in (admin, other) if "administer" in await rights(client, member)]
    assert len(left) == 1
    statuses = sorted(answer.status_code for answer in answers)
    # The slower one was refused for being the last, or had lost the right to ask.
    assert statuses[0] in {200, 204}
    assert statuses[1] in {403, 404, 409}


async def test_a_membership_that_two_end_at_once_ends_once(
    app: FastAPI, database: Database, admin: Member
) -> None:
    colleague = await a_colleague(database, admin, Role.MEMBER)
    async with served(app) as address, httpx.AsyncClient(base_url=address) as client:
        answers = await asyncio.gather(
            *(client.delete(path_of(colleague), headers=admin.headers) for _ in range(5))
        )
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(204) == 1
    assert set(statuses) <= {204, 404, 412}


async def test_anybody_may_leave_and_nobody_but_an_admin_may_remove(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    viewer = await a_colleague(database, admin, Role.VIEWER)
    approver = await a_colleague(database, admin, Role.APPROVER)
    refused = await client.delete(path_of(viewer), headers=approver.headers)
    assert refused.status_code == 403
    assert (await client.delete(path_of(viewer), headers=viewer.headers)).status_code == 204
    assert await rights(client, viewer) == set()
    gone = await client.get(f"/v1/organisations/{admin.organisation_id}", headers=viewer.headers)
    assert gone.status_code == 404


async def test_a_membership_is_found_through_its_own_organisation_only(
    client: httpx.AsyncClient, admin: Member, viewer: Member
) -> None:
    crossed = f"/v1/organisations/{admin.organisation_id}/memberships/{viewer.membership_id}"
    headers = {**admin.headers, "If-Match": "*"}
    for answer in (
        await client.get(crossed, headers=headers),
        await client.patch(crossed, json={"role": "admin"}, headers=headers),
        await client.delete(crossed, headers=headers),
    ):
        assert answer.status_code == 404


async def appoint(
    client: httpx.AsyncClient, principal: Member, deputy: Member, **period: str
) -> httpx.Response:
    now = clock.now()
    body = {
        "deputyMembershipId": str(deputy.membership_id),
        "startsAt": (now + timedelta(days=1)).isoformat(),
        "endsAt": (now + timedelta(days=8)).isoformat(),
        **period,
    }
    return await client.post(path_of(principal, "/deputies"), json=body, headers=principal.headers)


async def test_a_deputy_has_the_role_within_the_period_only(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    deputy = await a_colleague(database, admin, Role.VIEWER)
    begin = clock.now()
    assert (await appoint(client, admin, deputy)).status_code == 201
    for days, may in ((0, False), (2, True), (7, True), (9, False)):
        with clock.travelled(begin + timedelta(days=days)):
            async with database.work() as session:
                user = await session.get_one(User, deputy.user_id)
                headers = await make.signed_in(session, user)
            answer = await client.get("/v1/me", headers=headers)
            [here] = answer.json()["organisations"]
            assert ("approve" in here["rights"]) is may, days


@pytest.mark.parametrize("who", ["principal", "deputy"])
async def test_deputising_ends_with_either_membership(
    client: httpx.AsyncClient, database: Database, admin: Member, who: str
) -> None:
    principal = await a_colleague(database, admin, Role.ADMIN)
    deputy = await a_colleague(database, admin, Role.VIEWER)
    now = clock.now().isoformat()
    assert (await appoint(client, principal, deputy, startsAt=now)).status_code == 201
    assert "approve" in await rights(client, deputy)

    leaving = principal if who == "principal" else deputy
    ended = await client.delete(path_of(leaving), headers=admin.headers)

    assert ended.status_code == 204
    assert await rights(client, deputy) == ({"read"} if who == "principal" else set())


async def test_a_deputy_lends_the_role_as_it_is_now(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    principal = await a_colleague(database, admin, Role.ADMIN)
    deputy = await a_colleague(database, admin, Role.VIEWER)
    await appoint(client, principal, deputy, startsAt=clock.now().isoformat())
    await demote(client, principal, admin)
    assert await rights(client, deputy) == {"read"}


async def test_a_deputy_of_a_deputy_has_not_the_role(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    first = await a_colleague(database, admin, Role.VIEWER)
    second = await a_colleague(database, admin, Role.VIEWER)
    now = clock.now().isoformat()
    await appoint(client, admin, first, startsAt=now)
    await appoint(client, first, second, startsAt=now)
    assert "approve" in await rights(client, first)
    assert await rights(client, second) == {"read"}


async def test_a_deputy_is_another_member_for_a_sensible_period(
    client: httpx.AsyncClient, database: Database, admin: Member, viewer: Member
) -> None:
    deputy = await a_colleague(database, admin, Role.VIEWER)
    past = (clock.now() - timedelta(days=1)).isoformat()
    far = (clock.now() + timedelta(days=400)).isoformat()
    answers = [
        await appoint(client, admin, admin),
        await appoint(client, admin, viewer),
        await appoint(client, admin, deputy, startsAt="2020-01-01T00:00:00Z", endsAt=past),
        await appoint(client, admin, deputy, endsAt=past),
        await appoint(client, admin, deputy, endsAt=far),
        await appoint(client, admin, deputy, startsAt="2030-01-01T00:00:00"),
    ]
    assert [answer.status_code for answer in answers] == [409, 409, 400, 400, 400, 400]


async def test_a_period_that_has_passed_is_no_period(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    deputy = await a_colleague(database, admin, Role.VIEWER)
    now = clock.now()
    answer = await appoint(
        client,
        admin,
        deputy,
        startsAt=(now - timedelta(days=2)).isoformat(),
        endsAt=(now - timedelta(days=1)).isoformat(),
    )
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/deputy-not-possible"


async def test_a_deputy_can_be_ended_early(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    deputy = await a_colleague(database, admin, Role.VIEWER)
    made = await appoint(client, admin, deputy, startsAt=clock.now().isoformat())
    path = path_of(admin, f"/deputies/{made.json()['id']}")
    assert "approve" in await rights(client, deputy)
    assert (await client.delete(path, headers=admin.headers)).status_code == 204
    assert await rights(client, deputy) == {"read"}
    assert (await client.delete(path, headers=admin.headers)).status_code == 404


async def test_a_deputy_can_not_make_the_role_their_own(
    client: httpx.AsyncClient, database: Database, admin: Member
) -> None:
    deputy = await a_colleague(database, admin, Role.VIEWER)
    await appoint(client, admin, deputy, startsAt=clock.now().isoformat())
    answers = [
        await client.patch(
            path_of(deputy), json={"role": "admin"}, headers={**deputy.headers, "If-Match": "*"}
        ),
        await client.delete(path_of(admin), headers=deputy.headers),
        await client.post(
            f"/v1/organisations/{admin.organisation_id}/invitations",
            json={"email": "friend@baat.example", "role": "admin"},
            headers=deputy.headers,
        ),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]


async def test_nobody_is_appointed_in_a_suspended_organisation_but_who_wants_may_leave(
    client: httpx.AsyncClient, database: Database, admin: Member, staff: dict[str, str]
) -> None:
    colleague = await a_colleague(database, admin, Role.MEMBER)
    path = f"/v1/organisations/{admin.organisation_id}/suspensions"
    await client.post(path, json={"reason": "Complaints."}, headers=staff)
    refused = await appoint(client, colleague, admin)
    assert refused.status_code == 403
    assert refused.json()["type"] == "/problems/organisation-inactive"
    left = await client.delete(path_of(colleague), headers=colleague.headers)
    assert left.status_code == 204
