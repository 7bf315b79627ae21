"""The clone, and the places that belong to it."""

import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .failures import LaunchError


@dataclass(frozen=True)
class Project:
    """Where the sources, the virtual environment and the data of one installation are."""

    root: Path
    venv: Path
    home: Path

    @property
    def python(self) -> Path:
        """The interpreter of the virtual environment."""
        return self.venv / "bin" / "python"

    @property
    def site_packages(self) -> Path:
        """Where the virtual environment keeps what was installed."""
        return next(self.venv.glob("lib/python3*/site-packages"), self.venv / "lib")

    def program(self, name: str) -> str:
        """Return the path of a program that the virtual environment installed."""
        return str(self.venv / "bin" / name)


def find(environment: Mapping[str, str] = os.environ) -> Project:
    """Return this clone's project, with the places that the caller's environment chose."""
    root = Path(__file__).resolve().parents[2]
    return Project(
        root=root,
        venv=_place(environment.get("BAAT_VENV"), root / ".venv"),
        home=_place(environment.get("BAAT_HOME"), root / ".baat"),
    )


def _place(chosen: str | None, default: Path) -> Path:
    return Path(chosen).expanduser().absolute() if chosen else default


def require_writable(folder: Path, variable: str, mode: int) -> None:
    """Make a folder if it is not there, and prove that it can be written.

    Raises:
        LaunchError: The folder cannot be made or written; the message names the variable
            with which another one is chosen.
    """
    try:
        folder.mkdir(mode, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise LaunchError(
            f"The folder {folder} cannot be written: {error.strerror}.\n"
            f"Choose one of your own, for example: {variable}=~/baat/{folder.name.lstrip('.')}"
        ) from error


def write_private(path: Path, text: str) -> None:
    """Replace a file at once with one that only its owner may read."""
    # mkstemp makes the file 0600; the rename means that a reader sees the old or the new text.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    Path(name).rename(path)


def secret(home: Path, environment: Mapping[str, str] = os.environ) -> str:
    """Return the installation's secret: the caller's own, or a random one that is kept."""
    if chosen := environment.get("BAAT_SECRET"):
        return chosen
    path = home / "secret"
    if not path.exists():
        write_private(path, secrets.token_hex(32) + "\n")
    return path.read_text().strip()
