"""Is it alive, is it ready, what does it count? For machines that watch over this one."""

import asyncio
import hmac
from ipaddress import ip_address

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest

from app.core import migrations
from app.core.database import Database
from app.core.problems import Problem
from app.core.settings import Settings

router = APIRouter(include_in_schema=False)

ANSWERS_WITHIN_SECONDS = 2.0
"""Whoever watches waits no longer either."""

CONNECTIONS = Gauge("baat_database_connections_in_use", "Connections lent to requests and jobs.")


class NotReady(Problem):
    """A part that this process needs does not work."""

    status = 503
    title = "Not ready"


class MetricsRefused(Problem):
    """The figures are for the operator's own machines."""

    # Not in the trail, unlike other refusals about rights: nobody here is known, and anybody
    # could fill a table from which nothing is ever removed.
    status = 403
    title = "You may not read the metrics"


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
        # Not the pool of the requests: taking a busy process away makes the others busier.
        async with asyncio.timeout(ANSWERS_WITHIN_SECONDS), database.aside() as session:
            present = await migrations.present(session)
    except Exception:  # noqa: BLE001  Whatever it is, the answer is the same: not ready.
        return ["database: does not answer"]
    if migrations.lacks_some(present):
        return ["database: migrations are missing, run `baat migrate`"]
    return []


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Show the figures to Prometheus, and to nobody else."""
    settings: Settings = request.app.state.settings
    if not _may_read_metrics(request, settings):
        message = "Metrics need the bearer token of BAAT_METRICS_TOKEN (without it: loopback)."
        raise MetricsRefused(message)
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
