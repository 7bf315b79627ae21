"""The log of events over HTTP, and the order in which it grows."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import events
from app.core.database import Database
from app.core.events import Actor, Event
from app.core.ids import new_id
from app.core.invariants import faults_of
from app.core.problems import InvalidRequest
from app.core.standby import Standby
from app.organisations.callers import Caller
from app.organisations.models import Organisation, Role
from app.webhooks import access
from app.webhooks.actions import sequencing
from app.webhooks.invariants import INVARIANTS
from app.webhooks.models import EventArrival, EventPosition
from tests import make

TEST = Actor.system("test")


async def read(
    client: httpx.AsyncClient, headers: dict[str, str], **query: object
) -> dict[str, Any]:
    answer = await client.get("/v1/events", params=query, headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def happened(session: AsyncSession, organisation_id: UUID, *kinds: str) -> None:
    for kind in kinds:
        events.record(session, kind, organisation_id, TEST, organisationId=str(organisation_id))


async def test_what_commits_late_comes_after_what_was_read(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.work() as session:
        admin = await make.a_member(session)
    async with database.work() as slow:
        happened(slow, admin.organisation_id, "organisation.changed")
        await slow.flush()
        async with database.work() as quick:
            happened(quick, admin.organisation_id, "organisation.verified")
        await sequencing.sequence_all(database)
        [first] = (await read(client, admin.headers))["items"]
    await sequencing.sequence_all(database)

    rest = await read(client, admin.headers, after=first["id"])

    assert first["type"] == "organisation.verified"
    assert [each["type"] for each in rest["items"]] == ["organisation.changed"]
    assert first["id"] > rest["items"][0]["id"]
    async with database.reading() as session:
        positions = list(
            await session.scalars(sa.select(EventPosition.position).order_by("position"))
        )
        assert positions == list(range(1, len(positions) + 1))
        assert len(positions) == await session.scalar(sa.select(sa.func.count()).select_from(Event))


async def test_what_is_missing_from_the_log_is_a_fault(database: Database) -> None:
    async with database.work() as session:
        happened(session, new_id(), "organisation.changed", "organisation.verified")
    await sequencing.sequence_all(database)

    async def faults() -> list[str]:
        async with database.snapshot() as session:
            return [text for each in INVARIANTS async for text in faults_of(session, each)]

    assert await faults() == []
    async with database.work() as session:
        happened(session, new_id(), "organisation.changed")
    assert await faults() == []  # It waits.
    async with database.work() as session:
        await session.execute(sa.delete(EventArrival))
    [lost] = await faults()
    assert "found neither" in lost


async def test_who_heard_by_a_webhook_may_be_ahead_of_a_standby(
    database: Database, shared_database: Database
) -> None:
    async with database.work() as session:
        happened(session, new_id(), "organisation.changed")
    await sequencing.sequence_all(database)
    # The shared database plays a standby that knows nothing of this event yet.
    behind_it = Standby(shared_database.engine, shared_database.readers)
    visitor = SimpleNamespace(database=replace(database, standby=behind_it))
    caller = cast("Caller", SimpleNamespace(visitor=visitor))

    async with database.reading() as here, shared_database.reading() as behind:
        event_id = await here.scalar(sa.select(Event.id))
        assert await access._position(behind, caller, event_id) == 1
        with pytest.raises(InvalidRequest):
            await access._position(behind, caller, new_id())


async def test_one_at_a_time_gives_positions(database: Database) -> None:
    async with database.work() as session:
        happened(session, new_id(), "organisation.changed")

    async with database.work() as first, database.work() as second:
        assert await sequencing.sequence(first) == 1
        assert await sequencing.sequence(second) == 0


async def test_the_log_is_read_page_by_page_and_by_type(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.work() as session:
        admin = await make.a_member(session)
        kinds = ("organisation.changed", "membership.ended", "organisation.verified")
        happened(session, admin.organisation_id, *kinds)
    await sequencing.sequence_all(database)

    page = await read(client, admin.headers, limit=2)
    rest = await read(client, admin.headers, after=page["next"])
    of_noun = await read(client, admin.headers, type="organisation.*")
    of_type = await read(client, admin.headers, type="organisation.verified")

    assert [each["type"] for each in page["items"] + rest["items"]] == list(kinds)
    assert (page["next"], rest["next"]) == (page["items"][-1]["id"], None)
    assert [each["type"] for each in of_noun["items"]] == [kinds[0], kinds[2]]
    assert [each["type"] for each in of_type["items"]] == [kinds[2]]
    assert page["items"][0]["subjectId"] == str(admin.organisation_id)
    assert page["items"][0]["data"] == {}
    for wrong in (
        {"after": str(new_id())},
        {"type": "organisation"},
        {"type": "*.*"},
        {"type": "riddle.posed"},
    ):
        answer = await client.get("/v1/events", params=wrong, headers=admin.headers)
        assert answer.status_code == 400


async def test_everybody_reads_their_own(client: httpx.AsyncClient, database: Database) -> None:
    async with database.work() as session:
        admin = await make.a_member(session)
        ours = await session.get_one(Organisation, admin.organisation_id)
        viewer = await make.a_member(session, Role.VIEWER, ours)
        other = await make.a_member(session)
        staff = await make.signed_in(session, await make.a_user(session, staff=True))
        auditor = await make.a_user(session)
        await make.an_auditor(session, ours, auditor)
        auditing = await make.signed_in(session, auditor)
        key = await make.an_api_key(session, ours, "events:read", "organisations:read")
        bare = await make.an_api_key(session, ours, "events:read")
        happened(session, ours.id, "organisation.changed", "membership.ended", "session.started")
    await sequencing.sequence_all(database)

    async def types(headers: dict[str, str], **query: object) -> list[str]:
        return [each["type"] for each in (await read(client, headers, **query))["items"]]

    own = {"organisationId": str(ours.id)}
    assert await types(admin.headers) == ["organisation.changed", "membership.ended"]
    assert await types(viewer.headers) == ["organisation.changed"]
    assert await types(key) == ["organisation.changed"]
    assert await types(bare) == []
    assert await types(other.headers) == []
    assert await types(staff) == ["session.started"]
    assert await types(staff, **own) == ["organisation.changed", "membership.ended"]
    assert await types(auditing) == ["organisation.changed"]
    refused = await client.get("/v1/events", params=own, headers=other.headers)
    assert refused.status_code == 404
    readings = f"/v1/organisations/{ours.id}/audit-readings"
    kept = (await client.get(readings, headers=admin.headers)).json()["items"]
    assert [(each["operation"], each["rows"]) for each in kept] == [("listEvents", 1)]
