"""Beside which database a story is played, and its telling in a process of its own."""

import asyncio
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from tests.conftest import PROJECT, Cluster
from tests.make.commands import BAAT, environment

Start: TypeAlias = Callable[..., Awaitable[Process]]


@pytest.fixture
def start(cluster: Cluster, tmp_path: Path) -> Start:
    """Start a telling; what it makes of folders is made in `tmp_path`."""
    beside = cluster.settings(make_url(cluster.application_url).database or "")
    env = {**environment(beside), "TMPDIR": str(tmp_path), "COLUMNS": "200"}

    async def telling(*program: str, **changes: str) -> Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, *(program or (*BAAT, "story"))),
            cwd=PROJECT,
            env={**env, **changes},
            stdout=PIPE,
            stderr=STDOUT,
        )

    return telling


async def databases(cluster: Cluster) -> set[str]:
    """Name every database of this run."""
    connection = await asyncpg.connect(cluster.owner_url)
    try:
        return {row[0] for row in await connection.fetch("SELECT datname FROM pg_database")}
    finally:
        await connection.close()
