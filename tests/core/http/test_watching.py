import asyncpg
import httpx
import sqlalchemy as sa
from pydantic import SecretStr

from app.core.settings import Settings
from app.main import create_app
from tests.conftest import calling, living


async def _pretend_migrated_to(settings: Settings, revision: str) -> None:
    connection = await asyncpg.connect(settings.owner_url.replace("+asyncpg", ""))
    await connection.execute("UPDATE alembic_version SET version_num = $1", revision)
    await connection.close()


async def test_a_busy_process_stays_ready(settings: Settings) -> None:
    one_connection = settings.model_copy(update={"database_pool_size": 1})
    async with (
        living(create_app(one_connection)) as app,
        calling(app) as client,
        app.state.database.work() as session,
    ):
        await session.execute(sa.text("SELECT 1"))

        answer = await client.get("/health/ready")

    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


async def test_a_process_whose_migrations_are_missing_is_not_ready(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    await _pretend_migrated_to(settings, "0001_foundation")

    answer = await client.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json()["failing"] == ["database: migrations are missing, run `baat migrate`"]


async def test_an_old_process_stays_ready_while_a_newer_version_is_deployed(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    await _pretend_migrated_to(settings, "9999_of_the_next_version")

    assert (await client.get("/health/ready")).status_code == 200


async def test_strangers_at_the_metrics_leave_nothing_in_the_trail(settings: Settings) -> None:
    with_token = settings.model_copy(update={"metrics_token": SecretStr("the operator's token")})
    noted: list[object] = []
    app = create_app(with_token)

    async def note(_request: object, problem: object) -> None:
        noted.append(problem)

    app.state.on_refusal = note
    async with living(app), calling(app) as client:
        refused = await client.get("/metrics", headers={"Authorization": "Bearer a guess"})
        shown = await client.get(
            "/metrics", headers={"Authorization": "Bearer the operator's token"}
        )

    assert refused.status_code == 403
    assert refused.json()["type"] == "/problems/metrics-refused"
    assert noted == []
    assert shown.status_code == 200
    assert "baat_database_connections_in_use" in shown.text
