import os
import secrets
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.launcher import database, project
from scripts.launcher.database import Database
from tests.launcher.launching import DEV, VENV, Launcher, descendants, end, is_alive

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def foreign(tmp_path: Path) -> Iterator[Database]:
    """A database on a server that the launcher did not start."""
    ours = project.Project(DEV.parents[1], VENV, tmp_path)
    given = Database(os.environ["DATABASE_URL"], os.environ["MIGRATIONS_DATABASE_URL"])
    name = f"baat_foreign_{secrets.token_hex(4)}"
    database.ask(ours, "create", given.migrations_url, name)
    yield given.renamed(name)
    database.ask(ours, "drop", given.migrations_url, name)


def test_with_a_database_of_ones_own_nothing_embedded_starts(
    launcher: Launcher, foreign: Database
) -> None:
    launcher.variables = {
        "DATABASE_URL": foreign.url,
        "MIGRATIONS_DATABASE_URL": foreign.migrations_url,
    }
    with launcher.running() as supervisor:
        assert "of DATABASE_URL" in launcher.output
        assert not (launcher.home / "postgresql").exists()
        programs = {
            Path(f"/proc/{child}/comm").read_text().strip() for child in descendants(supervisor.pid)
        }
        assert "postgres" not in programs
        assert "baat" in programs
        assert launcher.psql(foreign.migrations_url, "SELECT count(*) > 0 FROM alembic_version")


def test_an_ordinary_user_starts_and_ends_it(ordinary: Launcher) -> None:
    with ordinary.running() as supervisor:
        assert "embedded PostgreSQL" in ordinary.output
        assert ordinary.sql("SELECT session_user") == "baat_owner"
        assert (ordinary.home / "postgresql/data").stat().st_uid != 0
        below = descendants(supervisor.pid)
        assert end(supervisor, signal.SIGTERM) == 0
        assert not any(is_alive(child) for child in below)
