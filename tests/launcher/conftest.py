"""A launcher with a home of its own, and the same for a user without rights."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.launcher import environment, project
from tests.launcher.launching import DEV, VENV, Launcher, a_launcher

NOBODY = 65534
FINDS_APPLICATION = (
    "import importlib.util as u; assert u.find_spec('app.cli') and u.find_spec('fastapi')"
)


@pytest.fixture
def launcher() -> Iterator[Launcher]:
    """Starts launchers on a fresh home below a private folder."""
    with a_launcher() as launcher:
        yield launcher


@pytest.fixture
def ordinary(launcher: Launcher) -> Iterator[Launcher]:
    """Starts launchers as a user without rights: this one, or nobody if the tests run as root."""
    if os.geteuid() != 0:
        yield launcher
        return
    # Outside tmp_path, which only root may enter.
    folder = Path(tempfile.mkdtemp(prefix="baat-ordinary-"))
    try:
        own = folder / "own"
        own.mkdir()
        os.chown(own, NOBODY, NOBODY)
        folder.chmod(0o755)
        python, venv = _for_everybody(folder)
        variables = {"BAAT_VENV": str(venv), "HOME": str(own)}
        yield Launcher(own / "home", python=python, user=NOBODY, variables=variables)
    finally:
        shutil.rmtree(folder)


def _for_everybody(folder: Path) -> tuple[str, Path]:
    """Return an interpreter and a virtual environment that nobody may use."""
    if _works(sys.executable, str(VENV / "bin/python"), FINDS_APPLICATION):
        return sys.executable, VENV
    # Root's own Python lies in its private home: look at the system's, and lend it our packages.
    system = shutil.which("python3", path="/usr/bin:/usr/local/bin") or ""
    version = f"import sys; assert sys.version_info[:2] == {sys.version_info[:2]}"
    if not system or not _works(system, system, version):
        pytest.skip("an ordinary user can use neither this Python nor the system's")
    venv = folder / "venv"
    subprocess.run([system, "-m", "venv", "--without-pip", str(venv)], check=True)
    lent = project.Project(DEV.parents[1], VENV, folder)
    borrowed = project.Project(DEV.parents[1], venv, folder)
    for package in lent.site_packages.iterdir():
        (borrowed.site_packages / package.name).symlink_to(package)
    script = (VENV / "bin/baat").read_text().replace(str(VENV), str(venv))
    (venv / "bin/baat").write_text(script)
    (venv / "bin/baat").chmod(0o755)
    (venv / "bytecode").mkdir()
    os.chown(venv / "bytecode", NOBODY, NOBODY)
    environment.stamp(borrowed)
    if not _works(system, str(venv / "bin/python"), FINDS_APPLICATION):
        pytest.skip("an ordinary user cannot enter this clone")
    return system, venv


def _works(python: str, venv_python: str, statement: str) -> bool:
    """Tell whether nobody may run both interpreters, and a statement in the second."""
    try:
        for command in ([python, "-c", ""], [venv_python, "-c", statement]):
            subprocess.run(command, user=NOBODY, cwd="/", capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True
