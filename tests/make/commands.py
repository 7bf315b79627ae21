"""Running `baat` as an operator does: in a process of its own."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process

from app.core.settings import Settings
from tests import forking
from tests.forking import PROJECT

BAAT = ("-c", "from app.cli import cli; cli(prog_name='baat')")


def environment(settings: Settings) -> dict[str, str]:
    """Write settings down as a process reads them."""
    assert settings.migrations_database_url
    chosen = {
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "MIGRATIONS_DATABASE_URL": settings.migrations_database_url.get_secret_value(),
        "BAAT_SECRET": settings.secret.get_secret_value(),
        "BAAT_SMTP_URL": settings.smtp_url.get_secret_value() if settings.smtp_url else "",
        "BAAT_HOME": str(settings.home),
        "BAAT_DEMO": str(settings.demo),
        "BAAT_JOB_LEASE_SECONDS": str(settings.job_lease_seconds),
        "BAAT_JOB_POLL_SECONDS": str(settings.job_poll_seconds),
        "NO_COLOR": "1",
    }
    return {**os.environ, **chosen}


async def python(settings: Settings, *arguments: str) -> Process:
    """Start a Python program on an installation."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, *arguments),
        cwd=PROJECT,
        env=environment(settings),
        stdout=PIPE,
        stderr=PIPE,
    )


async def baat(settings: Settings, *arguments: str, **changes: str) -> tuple[int, str]:
    """Run a command to its end; give its exit code and what it said."""
    variables = environment(settings) | changes
    done = await asyncio.to_thread(forking.baat, variables, *arguments)
    return done.returncode, done.stdout + done.stderr
