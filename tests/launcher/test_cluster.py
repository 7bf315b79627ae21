import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scripts.launcher import binaries, cluster, project
from scripts.launcher.cluster import Cluster
from scripts.launcher.failures import LaunchError
from scripts.launcher.locks import Lock
from tests.launcher.launching import DEV, VENV

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Cluster]:
    """A cluster that has not been started."""
    lock = Lock(tmp_path)
    assert lock.take()
    programs = binaries.find(project.Project(DEV.parents[1], VENV, tmp_path))
    yield Cluster(programs, tmp_path / "postgresql", lock.descriptor, durable=False)
    lock.release()


@contextmanager
def started(ours: Cluster) -> Iterator[int]:
    server = ours.start()
    try:
        yield server.port
    finally:
        Cluster.stop(server)


def test_a_stale_pid_file_is_no_obstacle(ours: Cluster, tmp_path: Path) -> None:
    path = tmp_path / "postgresql/data/postmaster.pid"
    with started(ours):
        written = path.read_text().splitlines()
    assert not path.exists()
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    # A stranger is worse than the dead: PostgreSQL alone would take it for another server.
    for number in (gone.pid, os.getpid()):
        path.write_text("\n".join([str(number), *written[1:]]))
        with started(ours) as port:
            assert ours.is_served_on(port)
            assert not ours.is_served_on(port + 1)


def test_the_log_is_private_and_terse(ours: Cluster, tmp_path: Path) -> None:
    with started(ours):
        log = tmp_path / "postgresql/log"
        assert stat.S_IMODE(log.stat().st_mode) == 0o600
        options = (tmp_path / "postgresql/data/postmaster.opts").read_text()
    assert "--log_error_verbosity=terse" in options


def test_a_server_that_was_started_by_hand_is_respected(ours: Cluster, tmp_path: Path) -> None:
    with started(ours), pytest.raises(LaunchError, match=r"did not start .* uses"):
        ours.start()
    assert (tmp_path / "postgresql/data/PG_VERSION").exists()


def test_data_of_another_version_is_left_alone(ours: Cluster, tmp_path: Path) -> None:
    with started(ours):
        pass
    (tmp_path / "postgresql/data/PG_VERSION").write_text("15\n")
    with pytest.raises(LaunchError, match=r"is of PostgreSQL 15; installed is \d+"):
        ours.start()


def test_lost_passwords_are_told(ours: Cluster, tmp_path: Path) -> None:
    with started(ours):
        pass
    (tmp_path / "postgresql/passwords.json").unlink()
    with pytest.raises(LaunchError, match=r"passwords.json is gone"):
        ours.start()


def test_initdb_says_why_it_fails(
    ours: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "INITDB_OPTIONS", ("--locale=nowhere",))
    with pytest.raises(LaunchError, match=r"(?s)cannot make its data .*nowhere") as refusal:
        ours.start()
    assert "If the disk is full" in str(refusal.value)
    assert not (tmp_path / "postgresql/data").exists()
    assert not (tmp_path / "postgresql/data.new").exists()


def test_a_server_that_cannot_start_shows_its_last_words(ours: Cluster, tmp_path: Path) -> None:
    with started(ours):
        pass
    with (tmp_path / "postgresql/data/postgresql.conf").open("a") as settings:
        settings.write("no_such_setting = 1\n")
    with pytest.raises(LaunchError, match=r"PostgreSQL does not start:\n[^$]*no_such_setting"):
        ours.start()
