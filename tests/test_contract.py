"""The OpenAPI document is a promise: a fuzzer reads it and tries to catch the service lying.

It speaks real HTTP to a real server and sends, for each operation, what the document allows and
what it forbids. An answer that the document does not know, or a 500, fails the test.
"""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from app.core.database import open_database
from app.core.settings import Settings
from app.main import create_app
from scripts.fuzzing import links
from scripts.fuzzing.running import WITHOUT_LINKS, fuzz, only
from tests import make
from tests.conftest import Cluster, served

LONG = "BAAT_CONTRACT_EXAMPLES" in os.environ
EXAMPLES = os.environ.get("BAAT_CONTRACT_EXAMPLES", "6")
"""Per operation and phase; the long form sets more, and lets everybody try every operation."""

SHORT_FORM = 20
"""So many operations are tried by staff in a short run: others in each, by the run's own seed."""

NO_LIMIT = 1_000_000


@pytest.fixture
async def generous(cluster: Cluster, tmp_path: Path) -> AsyncIterator[Settings]:
    """An installation that lets one caller ask a great deal."""
    async with cluster.clone() as name:
        yield cluster.settings(name, tmp_path).model_copy(
            update={
                "reads_per_minute": NO_LIMIT,
                "writes_per_minute": NO_LIMIT,
                "failures_per_minute": NO_LIMIT,
                "sign_in_attempts": NO_LIMIT,
                "sign_in_attempts_per_network": NO_LIMIT,
            }
        )


async def fuzzed(address: str, *arguments: str) -> str:
    """Run the fuzzer to its end; give its report if it found anything."""
    report = await asyncio.to_thread(fuzz, address, "--max-examples", EXAMPLES, *arguments)
    return "" if report.is_clean else report.text


def _explained(settings: Settings) -> FastAPI:
    """Make the application, and its document now: a fuzzer waits for it for ten seconds only."""
    app = create_app(settings)
    app.openapi()
    return app


@pytest.mark.timeout(600)
async def test_staff_gets_only_documented_answers(generous: Settings) -> None:
    async with open_database(generous) as database, database.work() as session:
        user = await make.a_user(session, staff=True)
        await make.a_membership(session, await make.an_organisation(session), user)
        headers = await make.signed_in(session, user)
    app = _explained(generous)
    # Ending the run's own session would leave the rest of it outside.
    tried = sorted(_operations(app).keys() - {"signOut", "revokeSession"})
    phases: tuple[str, ...] = ()
    if not LONG:
        tried, phases = random.sample(tried, SHORT_FORM), WITHOUT_LINKS
    async with served(app) as address:
        report = await fuzzed(
            *(address, "--header", f"Authorization: {headers['Authorization']}"),
            *(*phases, *only(tried)),
        )
    assert not report, report


@pytest.mark.timeout(600)
async def test_a_stranger_gets_only_documented_answers(generous: Settings) -> None:
    app = _explained(generous)
    tried = [
        name
        for name, operation in _operations(app).items()
        # What asks who calls says 401 to a stranger whatever is sent: the access matrix asks each.
        if LONG or not operation.get("security")
    ]
    async with served(app) as address:
        report = await fuzzed(address, *only(tried))
    assert not report, report


def _operations(app: FastAPI) -> dict[str, dict[str, Any]]:
    return {each.name: each.description for each in links.operations(app.openapi())}
