"""The demo of a fresh home: where it is made, and what becomes of one that was interrupted."""

import asyncio
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from app.core import installation
from app.core.database import open_database
from app.core.events import Actor
from scripts.launcher import database, demo, project
from tests import make
from tests.conftest import Cluster
from tests.launcher.launching import DEV, VENV, Launcher, end, wait_until

pytestmark = pytest.mark.timeout(240)

BEHIND = timedelta(days=300)


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({}, True),
        ({"BAAT_MODE": "test", "BAAT_DEMO": "true"}, True),
        ({"BAAT_MODE": "live"}, False),
        ({"BAAT_DEMO": "false"}, False),
    ],
)
def test_a_demo_is_made_where_the_settings_leave_room(
    variables: dict[str, str], *, wanted: bool
) -> None:
    assert demo.is_wanted(variables) is wanted


def test_only_a_demo_sends_webhooks_to_this_machine_unless_it_is_told() -> None:
    assert demo.variables("demo")["BAAT_WEBHOOKS_TO_LOOPBACK"] == "true"
    assert demo.variables("test") == {}


def test_the_welcome_names_the_address_of_this_start(tmp_path: Path) -> None:
    assert demo.welcome(tmp_path, "http://127.0.0.1:9") == ""
    (tmp_path / "demo.txt").write_text("Look at {url}/docs")
    assert demo.welcome(tmp_path, "http://127.0.0.1:9") == "Look at http://127.0.0.1:9/docs"


async def test_a_database_says_whether_a_demo_in_it_is_whole(
    cluster: Cluster, tmp_path: Path
) -> None:
    here = project.Project(DEV.parents[1], VENV, tmp_path)
    async with cluster.clone() as name:
        url = make_url(cluster.owner_url).set(database=name).render_as_string(hide_password=False)

        async def holds() -> str:
            return await asyncio.to_thread(database.ask, here, "installation", url)

        settings = cluster.settings(name).model_copy(update={"demo": True})
        async with open_database(settings) as opened:
            assert await holds() == "unused"
            async with opened.work() as session:
                await make.a_user(session)
            assert await holds() == "test"
            await forgotten(url)
            assert await holds() == "nothing"
            async with opened.work() as session:
                await installation.begin_demo(session, settings, BEHIND)
            assert await holds() == "unfinished"
            async with opened.reading() as session:
                with pytest.raises(installation.WrongInstallation, match="not whole"):
                    await installation.insist_on_whole(session)
            async with opened.work() as session:
                await installation.set_clock(session, datetime.now(UTC), Actor.system("operator"))
            assert await holds() == "demo"


async def forgotten(url: str) -> None:
    """Remove an installation's row, which nobody may but who owns the table."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "ALTER TABLE installations DISABLE TRIGGER USER; DELETE FROM installations;"
            " ALTER TABLE installations ENABLE TRIGGER USER"
        )
    finally:
        await connection.close()


def test_a_demo_that_is_interrupted_is_not_taken_for_whole(launcher: Launcher) -> None:
    with launcher.started("run", "--port", str(launcher.port)) as supervisor:
        wait_until(lambda: supervisor.poll() is not None or "People get their" in launcher.output)
        assert end(supervisor, signal.SIGINT) == 0, launcher.output
    assert "the next start sets it up anew" in launcher.output
    assert "Baat runs on" not in launcher.output
    assert "Traceback" not in launcher.output
    command = launcher.outcome("cli", "jobs", "list")
    assert command.returncode == 1
    assert "The demo that is here is not whole" in command.stderr
    # Whoever wants it empty has it so, and nothing of the half is left.
    with launcher.running():
        assert "It is removed." in launcher.output
        assert launcher.sql("SELECT demo, (SELECT count(*) FROM users) FROM installations") == "f|0"
        assert not (launcher.home / "mail").exists()
