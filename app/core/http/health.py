"""Is it alive, is it ready, what does it count? For machines that watch over this one."""

import hmac
from functools import lru_cache
from ipaddress import ip_address

import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory
from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest

from app.core.database import Database
from app.core.installation import ALEMBIC_INI
from app.core.problems import NotAllowed, Problem
from app.core.settings import Settings

router = APIRouter(include_in_schema=False)

CONNECTIONS = Gauge("baat_database_connections_in_use", "Connections lent to requests and jobs.")


class NotReady(Problem):
    """A part that this process needs does not work."""

    status = 503
    title = "Not ready"


@router.get("/health/live")
async def live() -> dict[str, str]:
    """Say that the process runs."""
    return {"status": "alive"}


@router.get("/health/ready")
async def ready(request: Request) -> dict[str, str]:
    """Say that the process can work: the database answers, is up to date, jobs are done."""
    database: Database = request.app.state.database
    faults = await _database_faults(database)
    worker = request.app.state.worker
    if worker is not None and not worker.alive:
        faults.append("worker: does not run")
    if faults:
        message = "Something that this service needs does not work."
        raise NotReady(message, retry_after_seconds=5, failing=faults)
    return {"status": "ready"}


async def _database_faults(database: Database) -> list[str]:
    try:
        async with database.reading() as session:
            present = await session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    except Exception:  # noqa: BLE001  Whatever it is, the answer is the same: not ready.
        return ["database: does not answer"]
    if present != _newest_migration():
        return ["database: migrations are missing, run `baat migrate`"]
    return []


@lru_cache
def _newest_migration() -> str | None:
    return ScriptDirectory.from_config(Config(ALEMBIC_INI)).get_current_head()


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Show the figures to Prometheus, and to nobody else."""
    settings: Settings = request.app.state.settings
    if not _may_read_metrics(request, settings):
        message = "Metrics need the bearer token of BAAT_METRICS_TOKEN (without it: loopback)."
        raise NotAllowed(message)
    database: Database = request.app.state.database
    CONNECTIONS.set(database.in_use())
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _may_read_metrics(request: Request, settings: Settings) -> bool:
    if settings.metrics_token is None:
        return request.client is not None and _is_loopback(request.client.host)
    given = request.headers.get("authorization", "")
    wanted = f"Bearer {settings.metrics_token.get_secret_value()}"
    return hmac.compare_digest(given.encode(), wanted.encode())


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
