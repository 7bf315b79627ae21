"""`test`, `pytest` and `check`: everything that must hold before a change is shared."""

import os
import secrets
import subprocess
from collections.abc import Callable
from typing import TypeAlias

from . import database, environment, ephemeral
from .children import Child
from .database import Database
from .project import Project
from .steps import Steps

Outcome: TypeAlias = Callable[[], subprocess.CompletedProcess[str]]


def check(project: Project, steps: Steps) -> int:
    """Check the sources, without a database."""
    environment.prepare(project, steps)
    with _types(project).beside() as types:
        return _check_sources(project, steps) or _quiet(steps, "mypy", types)


def test(project: Project, steps: Steps) -> int:
    """Check the sources, the migrations, and run every test on all cores.

    pytest's closing line is the last one: what follows it is silent.
    """
    environment.prepare(project, steps)
    # Types take half a minute of one core at first: the other one is not idle.
    with _types(project).beside() as types:
        if code := _check_sources(project, steps):
            return code
        with ephemeral.variables_for_tests(project, steps) as variables:
            if code := _check_migrations(project, steps, variables) or _quiet(steps, "mypy", types):
                return code
            # Each core takes a stretch of the modules, which share what they make, then the rest.
            cores = str(len(os.sched_getaffinity(0)))
            return _pytest(project, variables, ["-n", cores, "--dist", "worksteal"])


def pytest(project: Project, steps: Steps, arguments: list[str]) -> int:
    """Run pytest alone, with the caller's arguments."""
    environment.prepare(project, steps)
    with ephemeral.variables_for_tests(project, steps) as variables:
        return _pytest(project, variables, arguments)


def _types(project: Project) -> Child:
    return _tool(project, "mypy")


def _check_sources(project: Project, steps: Steps) -> int:
    """Check all but the types."""
    commands = {
        "ruff format": ("ruff", "format", "--check"),
        "ruff check": ("ruff", "check"),
        "imports": ("lint-imports", *(() if _may_write(project) else ("--no-cache",))),
    }
    for name, command in commands.items():
        if code := _quiet(steps, name, _tool(project, *command).outcome):
            return code
    return 0


def _tool(project: Project, program: str, *options: str) -> Child:
    command = [project.program(program), *options]
    return Child(command, {**os.environ, **_caches(project)}, project.root)


def _check_migrations(project: Project, steps: Steps, variables: dict[str, str]) -> int:
    """Migrate an empty database, and ask whether the models have what the migrations made."""
    owner = variables["MIGRATIONS_DATABASE_URL"]
    scratch = f"baat_scratch_{secrets.token_hex(4)}"
    database.ask(project, "create", owner, scratch)
    try:
        urls = Database(variables["DATABASE_URL"], owner).renamed(scratch)
        there = {
            "DATABASE_URL": urls.url,
            "MIGRATIONS_DATABASE_URL": urls.migrations_url,
        }
        for name, command in (
            ("migrations", ["upgrade", "head"]),
            ("models", ["check"]),
        ):
            alembic = [project.program("alembic"), *command]
            migrating = Child(alembic, variables | there, project.root)
            if code := _quiet(steps, name, migrating.outcome):
                return code
    finally:
        database.ask(project, "drop", owner, scratch)
    return 0


def _quiet(steps: Steps, name: str, ended: Outcome) -> int:
    """Run a check; it is heard only when it finds something."""
    with steps.step(name) as step:
        outcome = ended()
        if outcome.returncode:
            step.result = "failed"
    if outcome.returncode:
        steps.say(outcome.stdout.rstrip())
    return outcome.returncode


def _pytest(project: Project, variables: dict[str, str], arguments: list[str]) -> int:
    command = [str(project.python), "-m", "pytest", *arguments]
    return Child(command, variables | _caches(project), project.root).follow()


def _may_write(project: Project) -> bool:
    return os.access(project.root, os.W_OK)


def _caches(project: Project) -> dict[str, str]:
    """Send what the tools remember to the virtual environment if the clone is not ours to write."""
    if _may_write(project):
        return {}
    cache = project.venv / "cache"
    return {
        "RUFF_CACHE_DIR": str(cache / "ruff"),
        "MYPY_CACHE_DIR": str(cache / "mypy"),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(cache / "hypothesis"),
        "PYTEST_ADDOPTS": f"{os.environ.get('PYTEST_ADDOPTS', '')} -o cache_dir={cache}/pytest",
    }
