"""The operator's commands, as processes of their own."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from app import __version__
from app.cli.running import explained
from app.core.settings import Settings, as_table
from tests import forking
from tests.conftest import SECRET, Cluster
from tests.forking import Done
from tests.make import commands

SETTINGS = {
    "DATABASE_URL": "postgresql://baat_app:geheim@127.0.0.1:1/baat",
    "BAAT_SECRET": SECRET,
    "BAAT_SMTP_URL": "smtp://mailer:sterk-geheim@mail.example:587",
}


def baat(*arguments: str, **settings: str) -> Done:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BAAT_")}
    del kept["DATABASE_URL"], kept["MIGRATIONS_DATABASE_URL"]
    return forking.baat({**kept, **settings}, *arguments)


def test_settings_are_printed_without_secrets() -> None:
    done = baat("settings", **SETTINGS)
    assert done.returncode == 0
    assert "BAAT_DATABASE_POOL_SIZE = 10" in done.stdout
    assert "DATABASE_URL = (secret)" in done.stdout
    assert "geheim" not in done.stdout
    assert SECRET not in done.stdout


def test_every_setting_is_explained_under_the_name_of_its_variable() -> None:
    done = baat("settings", "--explain")
    explained = dict(line.split(": ", 1) for line in done.stdout.splitlines())
    assert len(explained) == len(Settings.model_fields)
    assert all(f"| `{variable}` |" in as_table() for variable in explained)
    assert {"DATABASE_URL", "BAAT_HOME", "BAAT_STRIPE_KEY"} < set(explained)
    assert all(len(sentence) > 15 for sentence in explained.values())


def test_a_missing_setting_is_named() -> None:
    done = baat("serve")
    assert done.returncode == 2
    assert "DATABASE_URL: Field required" in done.stderr
    assert "BAAT_SECRET: Field required" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("url", ["http://baat.example", "https://baat.example/path", "baat"])
def test_a_live_installation_needs_a_plain_https_address(url: str) -> None:
    done = baat("settings", **SETTINGS, BAAT_MODE="live", BAAT_PUBLIC_URL=url)
    assert done.returncode == 2
    assert "https" in done.stderr


def test_a_database_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    done = baat("jobs", "list", **SETTINGS, BAAT_HOME=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.strip() == "The database does not answer."


def test_the_installed_command_prints_the_version() -> None:
    installed = Path(sys.executable).with_name("baat")
    said = subprocess.run([installed, "version"], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == __version__


@pytest.mark.parametrize("command", [["migrate"], ["serve"], ["work"], ["clock", "show"]])
async def test_no_command_shows_a_traceback_of_the_database(
    settings: Settings, command: list[str]
) -> None:
    for url, sentence in _wrong_addresses(settings):
        environment = {"DATABASE_URL": url, "BAAT_SECRET": SECRET}
        done = await asyncio.to_thread(baat, *command, **environment)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
        assert sentence in done.stderr


def _wrong_addresses(settings: Settings) -> list[tuple[str, str]]:
    right = make_url(settings.database_url.get_secret_value())
    assert right.database
    wrong = [
        (right.set(port=1), "does not answer"),
        (right.set(database="baat_nowhere"), "no database of that name"),
    ]
    return [(url.render_as_string(hide_password=False), said) for url, said in wrong]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (asyncpg.InvalidPasswordError("no"), "refuses the user or the password"),
        (asyncpg.UndefinedTableError("no"), "run `baat migrate` first"),
        (asyncpg.UndefinedColumnError("no"), "run `baat migrate` first"),
        (asyncpg.DivisionByZeroError("no"), ""),
    ],
)
def test_the_database_is_explained(state: asyncpg.PostgresError, said: str) -> None:
    sentence = explained(state)
    assert said in sentence
    assert bool(sentence) == bool(said)


async def test_two_migrations_at_once_take_turns(cluster: Cluster) -> None:
    async with cluster.clone() as name:
        await cluster.execute(f'DROP DATABASE "{name}"')
        await cluster.execute(f'CREATE DATABASE "{name}"')
        chosen = cluster.settings(name)
        done = await asyncio.gather(*(commands.baat(chosen, "migrate") for _ in range(3)))
    assert [code for code, _ in done] == [0, 0, 0], done
