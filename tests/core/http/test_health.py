"""What machines ask that watch over this one."""

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from pydantic import SecretStr

from app.core import jobs
from app.core.database import Database, open_database
from app.core.settings import Settings
from app.main import create_app
from tests.conftest import calling, living
from tests.core.http.answers import dressed, refused

TOKEN = "a token of the watchers"
NOWHERE = SecretStr("postgresql+asyncpg://x@127.0.0.1:1/x")


def from_host(app: FastAPI, host: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(host, 5))
    return httpx.AsyncClient(transport=transport, base_url="http://baat.test")


async def migrated_to(settings: Settings, version: str) -> None:
    url = settings.model_copy(update={"database_url": SecretStr(settings.owner_url)})
    async with open_database(url) as owner, owner.work() as session:
        await session.execute(
            sa.text("UPDATE alembic_version SET version_num = :v"), {"v": version}
        )


async def test_a_running_service_is_alive_and_ready(client: httpx.AsyncClient) -> None:
    for path, status in (("/health/live", "alive"), ("/health/ready", "ready")):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": status})
        assert answer.headers["cache-control"] == "no-store"
        dressed(answer)


async def test_without_a_database_it_is_alive_but_not_ready(app: FastAPI) -> None:
    settings: Settings = app.state.settings
    working: Database = app.state.database
    async with (
        open_database(settings.model_copy(update={"database_url": NOWHERE})) as gone,
        calling(app) as client,
    ):
        app.state.database = gone
        answer = await client.get("/health/ready")
        assert (await client.get("/health/live")).status_code == 200
        app.state.database = working

        members = refused(answer, 503, "not-ready")
        assert members["failing"] == ["database: does not answer"]
        assert answer.headers["retry-after"] == "5"
        assert "127.0.0.1" not in answer.text
        assert (await client.get("/health/ready")).status_code == 200


async def test_a_database_of_another_version_is_not_ready(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    await migrated_to(settings, "0001_foundation")

    members = refused(await client.get("/health/ready"), 503, "not-ready")

    assert members["failing"] == ["database: migrations are missing, run `baat migrate`"]


async def test_a_worker_that_ended_is_not_ready(settings: Settings) -> None:
    with_worker = settings.model_copy(update={"worker": True})
    async with living(create_app(with_worker)) as app, calling(app) as client:
        assert (await client.get("/health/ready")).status_code == 200
        worker: jobs.Worker = app.state.worker
        await worker.__aexit__(None, None, None)

        members = refused(await client.get("/health/ready"), 503, "not-ready")
        assert members["failing"] == ["worker: does not run"]


async def test_figures_count_requests_by_route_and_not_by_path(client: httpx.AsyncClient) -> None:
    await client.get("/health/live")
    await client.get("/v1/nobody-asked-for-this")
    await client.request("BREW", "/health/live")

    figures = (await client.get("/metrics")).text

    assert 'baat_requests_total{method="GET",route="/health/live",status="200"}' in figures
    assert 'baat_requests_total{method="(other)",route="/health/live",status="405"}' in figures
    assert 'route="(none)",status="404"' in figures
    assert "baat_database_connections_in_use" in figures
    assert "nobody-asked" not in figures


@pytest.mark.parametrize("host", ["203.0.113.9", "10.0.0.1", "2001:db8::1", "testclient", ""])
async def test_without_a_token_figures_are_for_this_machine_only(app: FastAPI, host: str) -> None:
    async with from_host(app, host) as stranger:
        refused(await stranger.get("/metrics"), 403, "metrics-refused")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1"])
async def test_this_machine_reads_them(app: FastAPI, host: str) -> None:
    async with from_host(app, host) as neighbour:
        assert (await neighbour.get("/metrics")).status_code == 200


async def test_with_a_token_figures_are_for_who_has_it(settings: Settings) -> None:
    guarded = settings.model_copy(update={"metrics_token": SecretStr(TOKEN)})
    async with living(create_app(guarded)) as app, from_host(app, "203.0.113.9") as watcher:
        for given in ["", "Bearer wrong", TOKEN, f"bearer {TOKEN} ", "Bearer caf\xe9"]:
            answer = await watcher.get("/metrics", headers=[(b"Authorization", given.encode())])
            refused(answer, 403, "metrics-refused")
        answer = await watcher.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain")
    async with from_host(app, "127.0.0.1") as neighbour:
        refused(await neighbour.get("/metrics"), 403, "metrics-refused")
