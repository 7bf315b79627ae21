import os
import signal
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from app import __version__
from tests.launcher.launching import (
    Launcher,
    a_launcher,
    descendants,
    end,
    is_alive,
    postgres_id,
    wait_until,
)
from tests.transparency.access_table import WITNESS

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def settled() -> Iterator[Path]:
    """A home in which a supervisor ran once: making one is most of what a first start does."""
    with a_launcher() as launcher:
        with launcher.running() as supervisor:
            assert end(supervisor, signal.SIGTERM) == 0
        yield launcher.home


@contextmanager
def moved_in(settled: Path) -> Iterator[Launcher]:
    with a_launcher() as launcher:
        # With its owners and its rights: PostgreSQL insists on both.
        subprocess.run(["/bin/cp", "--archive", settled, launcher.home], check=True)
        yield launcher


@pytest.fixture
def launcher(settled: Path) -> Iterator[Launcher]:
    """A launcher whose home was in use before."""
    with moved_in(settled) as launcher:
        yield launcher


def test_a_killed_supervisor_leaves_nothing_behind_and_loses_nothing(launcher: Launcher) -> None:
    with launcher.running() as first:
        launcher.sql("CREATE TABLE kept AS SELECT 42 AS answer")
        below = descendants(first.pid)
        end(first, signal.SIGKILL)
        # At once: it must wait for the servers that are still ending.
        with launcher.running() as second:
            assert launcher.sql("SELECT answer FROM kept") == "42"
            assert not any(is_alive(child) for child in below)
            expect_an_orderly_end(launcher, second, signal.SIGINT)


def test_a_start_waits_for_the_web_server_of_a_killed_supervisor(launcher: Launcher) -> None:
    with launcher.running() as first:
        [server] = [child for child in descendants(first.pid) if name_of(child) == "baat"]
        # As slow as can be: it keeps its port.
        os.kill(server, signal.SIGSTOP)
        try:
            end(first, signal.SIGKILL)
            with launcher.started() as second:
                # What the first one told is removed before the wait.
                wait_until(lambda: not (launcher.home / "supervisor.json").exists())
                os.kill(server, signal.SIGCONT)
                wait_until(lambda: second.poll() is not None or says_it_runs(launcher) == 2)
                assert says_it_runs(launcher) == 2, launcher.output
                assert not is_alive(server)
        finally:
            with suppress(ProcessLookupError):
                os.kill(server, signal.SIGKILL)


def name_of(process_id: int) -> str:
    return Path(f"/proc/{process_id}/comm").read_text().strip()


def says_it_runs(launcher: Launcher) -> int:
    return launcher.output.count("Baat runs on")


def test_of_two_starts_at_once_one_runs_and_the_other_is_told(launcher: Launcher) -> None:
    other = Launcher(launcher.home)
    with launcher.started() as first, other.started() as second:
        wait_until(lambda: {first.poll(), second.poll()} == {1, None})
        wait_until(lambda: "Baat runs on" in launcher.output)
        assert "already running" in launcher.output or "is starting here" in launcher.output
        winner = first if first.poll() is None else second
        expect_an_orderly_end(launcher, winner, signal.SIGTERM)


def expect_an_orderly_end(
    launcher: Launcher, supervisor: subprocess.Popen[bytes], number: signal.Signals
) -> None:
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


@pytest.fixture(scope="module")
def neighbour(settled: Path) -> Iterator[Launcher]:
    """A launcher that runs all through these tests."""
    with moved_in(settled) as launcher, launcher.running():
        yield launcher


def test_a_second_start_is_told_of_the_first(neighbour: Launcher) -> None:
    second = neighbour.outcome("run", "--port", str(neighbour.port))
    assert second.returncode == 1
    first = f"http://127.0.0.1:{neighbour.port} (process {neighbour.told()['process_id']})"
    assert f"Baat is already running: {first}" in second.stderr


def test_a_command_joins_a_running_supervisor(neighbour: Launcher) -> None:
    before = postgres_id(neighbour.home)
    command = neighbour.outcome("cli", "settings")
    assert command.returncode == 0, command.stderr
    assert "DATABASE_URL" in command.stdout
    assert "environment" not in command.stdout
    assert "PostgreSQL" not in command.stderr
    # The exit code is the command's own, and so are the files where the caller is.
    missing = neighbour.outcome("cli", "verify", "no-such-file", "--key", str(WITNESS.key))
    assert missing.returncode == 1
    assert " /no-such-file can't be read: No such file or directory." in missing.stderr
    assert postgres_id(neighbour.home) == before


def test_what_is_private_stays_private(neighbour: Launcher) -> None:
    data = neighbour.home / "postgresql/data"
    for folder in (neighbour.home.parent, neighbour.home, data):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in ("secret", "postgresql/passwords.json", "supervisor.json"):
        assert stat.S_IMODE((neighbour.home / name).stat().st_mode) == 0o600
    if os.geteuid() == 0:
        # PostgreSQL runs as nobody, below folders that nobody may enter.
        assert Path(f"/proc/{postgres_id(neighbour.home)}").stat().st_uid == 65534
        assert data.stat().st_uid == 65534


def test_nobody_comes_in_without_a_password(neighbour: Launcher) -> None:
    url = neighbour.told()["url"]
    password = url.partition("@")[0].rpartition(":")[2]
    refused = neighbour.psql(url.replace(f":{password}", ""), "SELECT 1")
    assert refused.returncode
    assert "no password supplied" in refused.stderr


def test_a_command_starts_the_database_for_itself(launcher: Launcher) -> None:
    command = launcher.outcome("cli", "version")
    assert command.returncode == 0, command.stderr
    assert command.stdout == f"{__version__}\n"
    assert "embedded PostgreSQL" in command.stderr
    assert not (launcher.home / "postgresql/data/postmaster.pid").exists()
