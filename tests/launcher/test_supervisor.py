import os
import signal
import stat
from pathlib import Path

import pytest

from tests.launcher.launching import (
    Launcher,
    descendants,
    end,
    is_alive,
    postgres_id,
    wait_until,
)

pytestmark = pytest.mark.timeout(110)


def test_a_killed_supervisor_leaves_nothing_behind_and_loses_nothing(launcher: Launcher) -> None:
    with launcher.running() as first:
        launcher.sql("CREATE TABLE kept AS SELECT 42 AS answer")
        below = descendants(first.pid)
        end(first, signal.SIGKILL)
        # At once: it must wait for the servers that are still ending.
        with launcher.running():
            assert launcher.sql("SELECT answer FROM kept") == "42"
            assert not any(is_alive(child) for child in below)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_in_order(launcher: Launcher, number: signal.Signals) -> None:
    with launcher.running() as supervisor:
        below = descendants(supervisor.pid)
        assert len(below) > 2
        assert end(supervisor, number) == 0
        assert not any(is_alive(child) for child in below)
        assert not (launcher.home / "postgresql/data/postmaster.pid").exists()
        assert "Traceback" not in launcher.output


def test_a_signal_during_a_step_leaves_nothing_behind(launcher: Launcher) -> None:
    with launcher.started() as supervisor:
        wait_until((launcher.home / "postgresql/data/postmaster.pid").exists)
        assert end(supervisor, signal.SIGTERM) == 0
        assert not (launcher.home / "postgresql/data/postmaster.pid").exists()
        assert "Traceback" not in launcher.output


def test_of_two_starts_at_once_one_runs_and_the_other_is_told(launcher: Launcher) -> None:
    second = Launcher(launcher.home)
    with launcher.started() as one, second.started() as other:
        wait_until(lambda: {one.poll(), other.poll()} == {1, None})
        wait_until(lambda: "Baat runs on" in launcher.output)
        assert "already running" in launcher.output or "is starting here" in launcher.output


def test_a_supervisor_serves_its_neighbours(launcher: Launcher) -> None:
    """A second start is told of the first, and a command borrows its database."""
    with launcher.running() as supervisor:
        second = launcher.outcome("run", "--port", str(launcher.port))
        assert second.returncode == 1
        assert f"http://127.0.0.1:{launcher.port} (process {supervisor.pid})" in second.stderr

        before = postgres_id(launcher.home)
        command = launcher.outcome("cli", "settings")
        assert command.returncode == 0, command.stderr
        assert "database_url" in command.stdout
        assert "environment" not in command.stdout
        assert "PostgreSQL" not in command.stderr
        assert postgres_id(launcher.home) == before
        # The exit code is the command's own.
        assert launcher.outcome("cli", "no-such-command").returncode == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts PostgreSQL as somebody else")
def test_root_keeps_its_folders_private(launcher: Launcher) -> None:
    with launcher.running():
        server = Path(f"/proc/{postgres_id(launcher.home)}")
        assert server.stat().st_uid == 65534
        for folder in (launcher.home.parent, launcher.home, launcher.home / "postgresql/data"):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert (launcher.home / "postgresql/data").stat().st_uid == 65534


def test_what_is_secret_is_private(launcher: Launcher) -> None:
    with launcher.running():
        for name in ("secret", "postgresql/passwords.json", "supervisor.json"):
            assert stat.S_IMODE((launcher.home / name).stat().st_mode) == 0o600
        told = launcher.told()
        password = told["url"].partition("@")[0].rpartition(":")[2]
        without = told["url"].replace(f":{password}", "")
        assert password
        refused = launcher.psql(without, "SELECT 1")
        assert refused.returncode
        assert "no password supplied" in refused.stderr


def test_a_command_starts_the_database_for_itself(launcher: Launcher) -> None:
    command = launcher.outcome("cli", "version")
    assert command.returncode == 0, command.stderr
    assert command.stdout == "0.1.0\n"
    assert "embedded PostgreSQL" in command.stderr
    assert not (launcher.home / "postgresql/data/postmaster.pid").exists()
