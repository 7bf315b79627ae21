import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
import pytest
import sqlalchemy as sa
from fastapi import APIRouter, FastAPI, Request
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import create_async_engine
from structlog.testing import capture_logs

from app.core.database import Database, open_database
from app.core.http.rate_limits import leases
from app.core.problems import Problem
from app.core.settings import Settings
from app.main import create_app
from tests.conftest import calling, living
from tests.make.clocks import Clock

KNOWN = {"Bearer anna", "Bearer bram"}
ANNA = {"Authorization": "Bearer anna"}
BRAM = {"Authorization": "Bearer bram"}


class Stranger(Problem):
    """Nobody has this credential."""

    status = 401
    title = "Unknown"


def a_router() -> APIRouter:
    router = APIRouter(prefix="/v1")

    @router.get("/open")
    @router.post("/open")
    async def anyone() -> str:
        return "welcome"

    @router.get("/mine")
    @router.post("/mine")
    async def known(request: Request) -> str:
        credential = request.headers.get("authorization") or request.headers.get("cookie")
        if credential not in KNOWN | {"__Host-baat-session=anna"}:
            raise Stranger("Sign in first.")
        request.state.actor = credential
        return "yours"

    return router


@asynccontextmanager
async def an_app(settings: Settings, clock: Clock | None = None) -> AsyncIterator[FastAPI]:
    app = create_app(settings)
    app.include_router(a_router())
    if clock is not None:
        [limits] = [each for each in app.user_middleware if "RateLimits" in repr(each)]
        limits.kwargs["clock"] = clock
    async with living(app):
        yield app


@asynccontextmanager
async def limited(
    settings: Settings, clock: Clock, **limits: int
) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        an_app(settings.model_copy(update=limits), clock) as app,
        calling(app) as client,
    ):
        yield client


@contextmanager
def queries(app: FastAPI) -> Iterator[list[str]]:
    database: Database = app.state.database
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    engines = [database.engine.sync_engine, database.aside_engine.sync_engine]
    for engine in engines:
        sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    for engine in engines:
        sa.event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a busy machine take its time, where the database does answer."""
    monkeypatch.setattr(leases, "WAIT_SECONDS", 30.0)


async def recognised(client: httpx.AsyncClient, *callers: dict[str, str]) -> None:
    for caller in callers:
        assert (await client.get("/v1/mine", headers=caller)).status_code == 200


async def test_answers_tell_where_the_caller_stands(settings: Settings, clock: Clock) -> None:
    async with limited(settings, clock) as client:
        read = await client.get("/v1/open")
        wrote = await client.post("/v1/open")

    assert read.headers["RateLimit-Policy"] == '"reads";q=1200;w=60'
    assert read.headers["RateLimit"] == '"reads";r=1199;t=1'
    assert wrote.headers["RateLimit-Policy"] == '"writes";q=300;w=60'
    assert wrote.headers["RateLimit"] == '"writes";r=299;t=60'


async def test_reads_are_refused_at_the_limit_and_recover(settings: Settings, clock: Clock) -> None:
    async with limited(settings, clock, reads_per_minute=6) as client:
        answers = [await client.get("/v1/open") for _ in range(7)]
        clock.now += 9.9
        too_early = await client.get("/v1/open")
        clock.now += 0.1
        in_time = await client.get("/v1/open")
        at_once = await client.get("/v1/open")

    assert [answer.status_code for answer in answers] == [200] * 6 + [429]
    lefts = [answer.headers["RateLimit"] for answer in answers]
    assert lefts == [f'"reads";r={left};t=10' for left in (5, 4, 3, 2, 1, 0, 0)]
    assert [too_early.status_code, in_time.status_code, at_once.status_code] == [429, 200, 429]


async def test_a_refusal_is_a_problem(settings: Settings, clock: Clock) -> None:
    async with limited(settings, clock, reads_per_minute=1) as client:
        await client.get("/v1/open")
        refused = await client.get("/v1/open")

    assert refused.headers["Retry-After"] == "60"
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["X-Request-Id"] == refused.json()["requestId"]
    assert refused.json()["type"] == "/problems/too-many-requests"
    assert refused.json()["instance"] == "/v1/open"
    assert refused.json()["violatedPolicies"] == ["reads"]


async def test_a_head_counts_as_a_read_and_other_paths_do_not_count(
    settings: Settings, clock: Clock
) -> None:
    async with limited(settings, clock, reads_per_minute=1) as client:
        alive = await client.get("/health/live")
        await client.head("/v1/open")
        assert (await client.get("/v1/nothing-here")).status_code == 429
        assert (await client.get("/health/live")).status_code == 200

    assert "RateLimit" not in alive.headers


async def test_refusals_of_others_say_it_too(settings: Settings, clock: Clock) -> None:
    async with limited(settings, clock) as client:
        missing = await client.get("/v1/nothing-here")
        unknown = await client.get("/v1/mine")
        wrong_method = await client.delete("/v1/mine")

    assert [missing.status_code, unknown.status_code, wrong_method.status_code] == [404, 401, 405]
    for answer in (missing, unknown, wrong_method):
        assert "RateLimit-Policy" in answer.headers


async def test_one_callers_limit_is_not_anothers(settings: Settings, clock: Clock) -> None:
    async with limited(settings, clock, reads_per_minute=4, writes_per_minute=2) as client:
        await recognised(client, ANNA, BRAM)
        reads = [(await client.get("/v1/mine", headers=ANNA)).status_code for _ in range(5)]
        writes = [(await client.post("/v1/mine", headers=ANNA)).status_code for _ in range(3)]
        bram_reads = await client.get("/v1/mine", headers=BRAM)
        bram_writes = await client.post("/v1/mine", headers=BRAM)
        nobody_reads = await client.get("/v1/open")

    assert reads == [200] * 4 + [429]
    assert writes == [200] * 2 + [429]
    assert bram_reads.headers["RateLimit"] == '"reads";r=3;t=15'
    assert bram_writes.headers["RateLimit"] == '"writes";r=1;t=60'
    assert nobody_reads.status_code == 200


async def test_a_cookie_is_a_credential_too(settings: Settings, clock: Clock) -> None:
    cookie = {"Cookie": "__Host-baat-session=anna"}
    async with limited(settings, clock, reads_per_minute=2) as client:
        await recognised(client, cookie)
        await client.get("/v1/open")
        assert (await client.get("/v1/open")).status_code == 429
        with_theme = {"Cookie": "theme=dark; __Host-baat-session=anna"}
        answer = await client.get("/v1/open", headers=with_theme)

    assert answer.headers["RateLimit"] == '"reads";r=1;t=30'


async def test_inventing_credentials_buys_no_more_reads(settings: Settings, clock: Clock) -> None:
    async with limited(settings, clock, reads_per_minute=3) as client:
        statuses = [
            (await client.get("/v1/open", headers={"Authorization": f"Bearer {n}"})).status_code
            for n in range(5)
        ]

    assert statuses == [200] * 3 + [429] * 2


async def test_two_processes_never_allow_more_writes_than_the_limit(settings: Settings) -> None:
    settings = settings.model_copy(update={"writes_per_minute": 60})
    async with (
        an_app(settings) as one,
        an_app(settings) as other,
        calling(one) as first,
        calling(other) as second,
    ):
        answers = await asyncio.gather(
            *(client.post("/v1/open") for _ in range(60) for client in (first, second))
        )
        afterwards = [await client.post("/v1/open") for client in (first, second)]

    statuses = [answer.status_code for answer in answers]
    assert statuses.count(200) == 60
    assert statuses.count(429) == 60
    assert [answer.status_code for answer in afterwards] == [429, 429]
    assert all(
        re.fullmatch(r'"writes";r=0;t=\d+', each.headers["RateLimit"]) for each in afterwards
    )
    assert all(0 < int(each.headers["Retry-After"]) <= 60 for each in afterwards)


async def test_most_writes_cost_no_query(settings: Settings, clock: Clock) -> None:
    async with (
        an_app(settings.model_copy(update={"writes_per_minute": 100}), clock) as app,
        calling(app) as client,
    ):
        with queries(app) as in_turn:
            for _ in range(50):
                await client.post("/v1/open")
        with queries(app) as at_once:
            await asyncio.gather(*(client.post("/v1/open") for _ in range(50)))
        with queries(app) as refused:
            answers = [await client.post("/v1/open") for _ in range(20)]

    assert len(in_turn) == 10
    assert len(at_once) == 10
    assert {answer.status_code for answer in answers} == {429}
    assert len(refused) == 0


async def test_reads_cost_no_query(settings: Settings, clock: Clock) -> None:
    async with an_app(settings, clock) as app, calling(app) as client:
        with queries(app) as seen:
            for _ in range(20):
                await client.get("/v1/open")

    assert seen == []


async def test_writes_go_on_in_the_next_window(settings: Settings, clock: Clock) -> None:
    async with (
        an_app(settings.model_copy(update={"writes_per_minute": 2}), clock) as app,
        calling(app) as client,
    ):
        statuses = [(await client.post("/v1/open")).status_code for _ in range(3)]
        clock.now += 60
        database: Database = app.state.database
        async with database.work() as session:
            passed = "UPDATE throttle_counters SET window_ends_at = clock_timestamp()"
            await session.execute(sa.text(passed))
        statuses.append((await client.post("/v1/open")).status_code)

    assert statuses == [200, 200, 429, 200]


async def test_without_the_database_the_process_counts_alone(
    settings: Settings, clock: Clock
) -> None:
    async with (
        an_app(settings.model_copy(update={"writes_per_minute": 3}), clock) as app,
        calling(app) as client,
    ):
        await _rename(settings, "throttle_counters", "elsewhere")
        with capture_logs() as logged:
            statuses = [(await client.post("/v1/open")).status_code for _ in range(4)]
        await _rename(settings, "elsewhere", "throttle_counters")
        clock.now += 5
        again = await client.post("/v1/open")

    assert statuses == [200, 200, 200, 429]
    warnings = [each for each in logged if each["event"] == "counting_without_database"]
    assert [(each["log_level"], each["reason"]) for each in warnings] == [
        ("warning", "ProgrammingError")
    ]
    assert again.headers["RateLimit"] == '"writes";r=2;t=60'


async def _rename(settings: Settings, old: str, new: str) -> None:
    engine = create_async_engine(settings.owner_url)
    async with engine.begin() as connection:
        await connection.execute(sa.text(f"ALTER TABLE {old} RENAME TO {new}"))
    await engine.dispose()


async def test_a_database_that_is_gone_refuses_nobody(settings: Settings, clock: Clock) -> None:
    gone = settings.model_copy(update={"database_url": _nowhere(settings)})
    async with an_app(settings, clock) as app, calling(app) as client:
        there, app.state.database = app.state.database, open_database(gone)
        answers = await asyncio.gather(*(client.post("/v1/open") for _ in range(20)))
        app.state.database = there

    assert {answer.status_code for answer in answers} == {200}


def _nowhere(settings: Settings) -> SecretStr:
    url = sa.make_url(settings.database_url.get_secret_value()).set(port=1)
    return SecretStr(url.render_as_string(hide_password=False))


async def test_a_database_that_is_silent_keeps_a_request_no_longer_than_a_moment(
    settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "WAIT_SECONDS", 0.2)
    async with an_app(settings, clock) as app, calling(app) as client:
        database: Database = app.state.database
        await client.post("/v1/open")
        async with database.work() as session:
            await session.execute(sa.text("LOCK TABLE throttle_counters IN EXCLUSIVE MODE"))
            async with asyncio.timeout(10):
                answers = [await client.post("/v1/open") for _ in range(20)]

    assert {answer.status_code for answer in answers} == {200}


async def test_an_address_that_guesses_is_refused_before_anything_is_done(
    settings: Settings, clock: Clock
) -> None:
    async with (
        an_app(settings.model_copy(update={"failures_per_minute": 5}), clock) as app,
        calling(app) as client,
    ):
        await recognised(client, ANNA)
        guesses = [await _guess(client, number) for number in range(5)]
        with queries(app) as seen:
            refused = [await _guess(client, number) for number in range(5, 9)]
            refused.append(await client.post("/v1/open", headers={"Authorization": "Bearer 9"}))
        anna = await client.get("/v1/mine", headers=ANNA)
        nobody = await client.get("/v1/open")
        clock.now += 12
        later = [await _guess(client, number) for number in range(2)]

    assert {answer.status_code for answer in guesses} == {401}
    assert {answer.status_code for answer in refused} == {429}
    assert refused[0].headers["RateLimit-Policy"] == '"failures";q=5;w=60'
    assert refused[0].headers["Retry-After"] == "12"
    assert seen == []
    assert [anna.status_code, nobody.status_code] == [200, 200]
    assert [answer.status_code for answer in later] == [401, 429]


async def _guess(client: httpx.AsyncClient, number: int) -> httpx.Response:
    return await client.get("/v1/mine", headers={"Authorization": f"Bearer guess {number}"})


async def test_who_shows_no_credential_does_not_guess(settings: Settings, clock: Clock) -> None:
    async with limited(settings, clock, failures_per_minute=2) as client:
        statuses = [(await client.get("/v1/mine")).status_code for _ in range(4)]
        guessed = await _guess(client, 1)

    assert statuses == [401] * 4
    assert guessed.status_code == 401


async def test_a_credential_that_ended_is_no_longer_recognised(
    settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with limited(settings, clock, failures_per_minute=1) as client:
        await recognised(client, ANNA)
        monkeypatch.setattr(f"{__name__}.KNOWN", set())
        statuses = [(await client.get("/v1/mine", headers=ANNA)).status_code for _ in range(2)]

    assert statuses == [401, 429]
