import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.launcher import ephemeral
from scripts.launcher.locks import Lock
from tests.launcher.launching import Launcher, descendants, end, is_alive, wait_until

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def left() -> Iterator[Path]:
    """A folder as a test run makes it."""
    prefix = f"baat-test-{os.geteuid()}-"
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    (folder / "data").mkdir()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_the_folder_of_a_dead_run_is_deleted_and_that_of_a_live_one_is_not(left: Path) -> None:
    run = Lock(left)
    assert run.take()
    ephemeral.delete_stale_folders()
    assert left.exists()
    run.release()
    ephemeral.delete_stale_folders()
    assert not left.exists()


def test_a_killed_test_run_leaves_no_process_and_the_next_one_cleans_up(
    launcher: Launcher, tmp_path: Path
) -> None:
    launcher.home.mkdir()
    slow = tmp_path / "test_slow.py"
    slow.write_text(
        "import os, pathlib, threading\n"
        "def test_it():\n"
        "    pathlib.Path(__file__).with_name('where').write_text(os.environ['BAAT_HOME'])\n"
        "    threading.Event().wait(100)\n"
    )
    with launcher.started("pytest", str(slow), "-p", "no:cacheprovider") as run:
        where = tmp_path / "where"
        wait_until(lambda: where.exists() and where.read_text())
        folder = Path(where.read_text()).parent
        below = descendants(run.pid)
        assert len(below) > 2
        assert folder.name.startswith("baat-test-")
        end(run, signal.SIGKILL)
        wait_until(lambda: not any(is_alive(child) for child in below))
    outcome = launcher.outcome("pytest", "--version")
    assert outcome.returncode == 0, outcome.stderr
    assert not folder.exists()


def test_pytest_has_the_last_word(launcher: Launcher, tmp_path: Path) -> None:
    test = tmp_path / "test_quick.py"
    test.write_text("def test_it():\n    assert False\n")
    outcome = launcher.outcome("pytest", str(test), "-p", "no:cacheprovider", "-p", "no:asyncio")
    assert outcome.returncode == 1
    assert "1 failed" in outcome.stdout.splitlines()[-1]
    assert not outcome.stderr
