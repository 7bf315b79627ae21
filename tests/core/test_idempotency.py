"""Repeating a request that moves value has one effect and one answer."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa
from fastapi import Depends, FastAPI, Header, Request, Response

from app.core import clock, events, idempotency, wire
from app.core.database import Database, Session
from app.core.events import Actor, Event
from app.core.http.routing import router as make_router
from app.core.idempotency import IdempotencyKey, Idempotent
from app.core.ids import new_id
from app.core.problems import Problem
from app.core.settings import Settings
from app.main import create_app
from tests.conftest import calling, living, served
from tests.core.http.answers import places, refused

router = make_router("/trials", "trials")


class Payment(wire.Request):
    """Something that moves value."""

    cents: int


class Receipt(wire.View):
    """What came of it."""

    number: str


class TooPoor(Problem):
    """The caller can't pay."""

    status = 409


def _calling(request: Request, name: Annotated[str, Header(alias="X-Name")] = "jan") -> Actor:
    request.state.actor = Actor.system(name)
    return Actor.system(name)


Caller = Annotated[Actor, Depends(_calling)]


@router.post("/payments", status_code=201, response_model=Receipt)
@router.post("/refunds", status_code=201, response_model=Receipt)
async def pay(
    request: Payment, caller: Caller, _once: Idempotent, session: Session, response: Response
) -> dict[str, str]:
    """Record a payment; nobody has a million."""
    number = new_id()
    events.record(session, "payment.made", number, caller, cents=request.cents)
    await session.flush()
    if request.cents >= 1_000_000:
        raise TooPoor("There is not so much.")
    if request.cents == 13:
        raise RuntimeError("bad luck")
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(request.cents)))
    response.headers["Location"] = f"/v1/trials/payments/{number}"
    response.headers["ETag"] = '"1"'
    return {"number": str(number)}


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    """The application, with something that moves value."""
    app = create_app(settings.model_copy(update={"lock_timeout_seconds": 60.0}))
    app.include_router(router)
    async with living(app):
        yield app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Calls it."""
    async with calling(app) as client:
        yield client


async def effects(database: Database) -> int:
    async with database.reading() as session:
        query = sa.select(sa.func.count()).where(Event.type == "payment.made")
        return await session.scalar(query) or 0


async def kept(database: Database) -> int:
    async with database.reading() as session:
        return await session.scalar(sa.select(sa.func.count()).select_from(IdempotencyKey)) or 0


async def paid(
    client: httpx.AsyncClient, key: str, cents: int = 100, **headers: str
) -> httpx.Response:
    named = {"Idempotency-Key": key, **{f"X-{name}": value for name, value in headers.items()}}
    return await client.post("/v1/trials/payments", json={"cents": cents}, headers=named)


async def test_repeating_gives_the_first_answer_again(
    client: httpx.AsyncClient, database: Database
) -> None:
    first = await paid(client, "one")
    again = await paid(client, "one")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    for name in ("content-type", "location", "etag", "content-length", "cache-control"):
        assert first.headers[name] == again.headers[name]
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert first.headers["x-request-id"] != again.headers["x-request-id"]
    assert await effects(database) == 1


async def test_without_a_key_nothing_happens(client: httpx.AsyncClient, database: Database) -> None:
    answer = await client.post("/v1/trials/payments", json={"cents": 100})

    refused(answer, 400, "invalid-request")
    assert places(answer) == {("header", "Idempotency-Key", "missing")}
    assert await effects(database) == 0


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "\t", "caf\xe9"])
async def test_a_key_is_visible_ascii_of_some_length(
    client: httpx.AsyncClient, database: Database, key: str
) -> None:
    answer = await client.post(
        "/v1/trials/payments",
        json={"cents": 100},
        headers=[(b"Idempotency-Key", key.encode("latin-1"))],
    )

    refused(answer, 400, "invalid-request")
    assert {which for _, which, _ in places(answer)} == {"Idempotency-Key"}
    assert await effects(database) == 0


async def test_the_longest_key_is_a_key(client: httpx.AsyncClient) -> None:
    assert (await paid(client, "~" * 255)).status_code == 201


async def test_a_key_belongs_to_its_body_its_path_and_its_query(
    client: httpx.AsyncClient, database: Database
) -> None:
    await paid(client, "one")
    headers = {"Idempotency-Key": "one"}
    body = {"cents": 100}

    refused(await paid(client, "one", cents=101), 422, "idempotency-key-reused")
    for path in ["/v1/trials/refunds", "/v1/trials/payments?dry=1"]:
        answer = await client.post(path, json=body, headers=headers)
        refused(answer, 422, "idempotency-key-reused")
    assert (await paid(client, "one")).status_code == 201
    assert await effects(database) == 1


async def test_callers_do_not_share_keys(client: httpx.AsyncClient, database: Database) -> None:
    jan = await paid(client, "one", Name="jan")
    mia = await paid(client, "one", Name="mia")

    assert jan.json() != mia.json()
    assert "idempotent-replayed" not in mia.headers
    assert await effects(database) == 2


@pytest.mark.parametrize("key", ["one"])
async def test_refusals_and_bugs_are_not_kept(
    client: httpx.AsyncClient, database: Database, key: str
) -> None:
    refused(await paid(client, key, cents=1_000_000), 409, "too-poor")
    refused(await paid(client, key, cents=13), 500, "server-fault")
    malformed = await client.post(
        "/v1/trials/payments", json={"cents": "5"}, headers={"Idempotency-Key": key}
    )
    refused(malformed, 400, "invalid-request")
    assert await kept(database) == 0

    assert (await paid(client, key)).status_code == 201
    assert await effects(database) == 1


async def test_while_the_first_still_runs_the_second_waits_its_turn(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.work() as blocking:
        await blocking.execute(sa.select(sa.func.pg_advisory_xact_lock(100)))
        first = asyncio.create_task(paid(client, "one"))
        while not (await database_waits(database)):
            assert not first.done()
        second = await paid(client, "one")
        refused(second, 409, "idempotency-key-in-use")
        assert second.headers["retry-after"] == "1"

    assert (await first).status_code == 201
    assert (await paid(client, "one")).headers["idempotent-replayed"] == "true"
    assert await effects(database) == 1


async def database_waits(database: Database) -> bool:
    async with database.reading() as session:
        query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        query += " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        return bool(await session.scalar(sa.text(query)))


async def test_over_the_wire_fifty_at_once_have_one_effect(
    settings: Settings, database: Database
) -> None:
    app = create_app(settings)
    app.include_router(router)
    key = str(uuid4())
    async with served(app) as address, httpx.AsyncClient(base_url=address, timeout=60) as client:
        answers = await asyncio.gather(*(paid(client, key) for _ in range(50)))
        last = await paid(client, key)

    made = [answer for answer in answers if answer.status_code == 201]
    others = [answer for answer in answers if answer.status_code != 201]
    fresh = [answer for answer in made if "idempotent-replayed" not in answer.headers]
    assert len(fresh) == 1
    assert {answer.content for answer in made} == {fresh[0].content} == {last.content}
    for answer in others:
        refused(answer, 409, "idempotency-key-in-use")
    assert await effects(database) == 1
    assert await kept(database) == 1


async def test_old_answers_are_forgotten(client: httpx.AsyncClient, database: Database) -> None:
    await paid(client, "old")
    with clock.travelled(clock.now() + timedelta(days=30, hours=1)):
        await paid(client, "new")
        async with database.work() as session:
            assert await idempotency.forget(session, older_than_days=30) == 1
    assert "idempotent-replayed" not in (await paid(client, "old")).headers
    assert "idempotent-replayed" in (await paid(client, "new")).headers
