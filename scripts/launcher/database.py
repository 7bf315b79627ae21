"""The database that commands are given: a server of the caller's, or a cluster of our own."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from .children import Child
from .failures import LaunchError, last_lines
from .project import Project

OLDEST_POSTGRESQL = 15
ASK = Path(__file__).with_name("ask_server.py")


@dataclass(frozen=True)
class Database:
    """How the application connects, and how the owner of the tables does."""

    url: str
    migrations_url: str

    def renamed(self, name: str) -> "Database":
        """Return the same two roles on another database of the same server."""
        return Database(_renamed(self.url, name), _renamed(self.migrations_url, name))


def _renamed(url: str, name: str) -> str:
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def external(environment: Mapping[str, str] = os.environ) -> Database | None:
    """Return the server that the caller chose, if any."""
    url = environment.get("DATABASE_URL")
    if not url:
        return None
    return Database(url, environment.get("MIGRATIONS_DATABASE_URL") or url)


def require_server(project: Project, database: Database) -> str:
    """Return the version of a server that answers to both roles and is new enough.

    Raises:
        LaunchError: It does not answer, or is too old.
    """
    version = ask(project, "version", database.url)
    if database.migrations_url != database.url:
        ask(project, "version", database.migrations_url)
    if int(version) < OLDEST_POSTGRESQL:
        raise LaunchError(
            f"The database of DATABASE_URL is PostgreSQL {version}; Baat needs "
            f"{OLDEST_POSTGRESQL} or newer.\nUnset DATABASE_URL to use the embedded one."
        )
    return version


def ask(project: Project, question: str, url: str, *name: str) -> str:
    """Ask the server one thing, in the words of `ask_server.py`."""
    plain_url = url.replace("postgresql+asyncpg://", "postgresql://", 1)
    command = [str(project.python), str(ASK), question, plain_url, *name]
    outcome = Child(command, environment=os.environ, folder=project.root).outcome()
    if outcome.returncode:
        raise LaunchError(
            f"The database cannot be used:\n{last_lines(outcome.stdout)}\n"
            "Check DATABASE_URL (and MIGRATIONS_DATABASE_URL), and that the server runs."
        )
    return outcome.stdout.strip()


def given_to_commands(
    project: Project, home: Path, database: Database, secret: str
) -> dict[str, str]:
    """Return the environment in which the application's commands run."""
    environment = {name: value for name, value in os.environ.items() if not _is_misleading(name)}
    return environment | {
        "DATABASE_URL": database.url,
        "MIGRATIONS_DATABASE_URL": database.migrations_url,
        "BAAT_HOME": str(home),
        "BAAT_SECRET": secret,
        "BAAT_VENV": str(project.venv),
        "VIRTUAL_ENV": str(project.venv),
        "PATH": f"{project.venv / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        # Compiled once, also where the caller forbids it beside the sources: it halves each start.
        "PYTHONPYCACHEPREFIX": str(project.venv / "bytecode"),
    }


def _is_misleading(name: str) -> bool:
    """Tell whether a variable would lead our commands elsewhere than we say."""
    # PG* variables may belong to the server that the caller chose; ours must not see them.
    embedded = external() is None
    return (embedded and name.startswith("PG")) or name in {"PYTHONDONTWRITEBYTECODE", "PYTHONHOME"}
