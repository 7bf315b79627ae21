"""What the documents say is so: what they name is there, and their tables are the code's."""

import re
from itertools import takewhile

import pytest
import typer.main

from app.cli import cli
from app.core import settings
from app.core.settings import Settings
from app.main import create_app
from scripts.launcher import picture
from tests.conftest import PROJECT

DOCUMENTS = ("README.md", "OPERATIONS.md", "SECURITY.md")
READERS = (
    "A city that wants to run it",
    "A developer who wants to change it",
    "An auditor who wants to check it",
    "An integrator",
)
SCREEN = 45
"""Lines."""
FILE = re.compile(r"(?:app|tests|scripts|migrations)/[\w/.-]*\w/?")
OF_ASVS = {
    "V1": [1, 2, 3, 4, 5],
    "V2": [1, 2, 3, 4],
    "V3": [2, 3, 4, 5, 7],
    "V4": [1, 2, 3, 4],
    "V5": [1, 2, 3, 4],
    "V6": [1, 2, 3, 4, 5, 6, 8],
    "V7": [1, 2, 3, 4, 5, 6],
    "V8": [1, 2, 3, 4],
    "V9": [1, 2],
    "V10": [1, 2, 3, 4, 5, 6, 7],
    "V11": [1, 2, 3, 4, 5, 6],
    "V12": [1, 2, 3],
    "V13": [1, 2, 3, 4],
    "V14": [1, 2, 3],
    "V15": [1, 2, 3],
    "V16": [1, 2, 3, 4, 5],
    "V17": [1, 2, 3],
}
"""The sections of ASVS 5.0.0 that have requirements of level 1 or 2."""
ROW = re.compile(r"\| (V\d+)\.(\d+) [^|]+ \| ([^|]+) \| ([^|]+) \| (.*) \|")
LAUNCHERS = {"BAAT_HOME", "BAAT_VENV", "BAAT_EXAMPLES"}


def read(document: str) -> str:
    return (PROJECT / document).read_text()


def lines_of_section(document: str, title: str) -> list[str]:
    _, _, rest = read(document).partition(f"## {title}\n")
    return list(takewhile(lambda line: not line.startswith("## "), rest.splitlines()))


@pytest.mark.parametrize("reader", READERS)
def test_each_reader_has_one_screen_with_ways_into_the_code(reader: str) -> None:
    lines = lines_of_section("README.md", reader)
    linked = re.findall(r"\]\((app/[^)]+)\)", "\n".join(lines))

    assert 20 < len(lines) <= SCREEN
    assert linked


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files_that_are_named_are_there(document: str) -> None:
    text = read(document)
    linked = set(re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text))
    named = {
        name
        for span in re.findall(r"`([^`\n]+)`", text)
        for name in FILE.findall(span)
        if "<" not in span and "…" not in span
    }

    assert linked | named
    assert {name for name in linked | named if not (PROJECT / name).exists()} == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_tests_that_are_named_are_there(document: str) -> None:
    missing = {
        f"{file}::{name}"
        for file, name in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", read(document))
        if not re.search(rf"^(async )?def {name}\(", read(file), re.MULTILINE)
    }

    assert missing == set()


def test_every_section_of_the_asvs_is_judged() -> None:
    judged: dict[str, list[int]] = {}
    for line in read("SECURITY.md").splitlines():
        if not (row := ROW.fullmatch(line)):
            continue
        chapter, section, verdict, where, tests = row.groups()
        judged.setdefault(chapter, []).append(int(section))
        assert verdict in {"met", "partly", "the operator", "not here"}
        if verdict == "met":
            assert tests or where.startswith("Said below"), line
        if verdict == "partly":
            # What is not met is named.
            assert f"{chapter}.{section}." in where or "Left to the operator" in where, line

    assert judged == OF_ASVS


def test_sections_that_are_linked_are_there() -> None:
    for document in DOCUMENTS:
        for file, anchor in re.findall(r"\]\(([\w.]*)#([\w-]+)\)", read(document)):
            titles = re.findall(r"^#+ (.*)$", read(file or document), re.MULTILINE)
            anchors = {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in titles}
            assert anchor in anchors, f"{document}: {file}#{anchor}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_commands_that_are_named_exist(document: str) -> None:
    commands = typer.main.get_command(cli)
    known: set[str] = set(getattr(commands, "commands"))  # noqa: B009  A group, to mypy a command.
    named = set(re.findall(r"(?:[`\n ]|dev\.py )(?:baat|cli) ([a-z][a-z-]+)", read(document)))

    assert named - known - {"baat"} == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_settings_that_are_named_exist(document: str) -> None:
    variables = set(re.findall(r"\| `([A-Z_]+)` \|", settings.as_table()))
    named = set(re.findall(r"\bBAAT_[A-Z_]*[A-Z]\b", read(document)))

    assert len(variables) == len(Settings.model_fields)
    assert named - variables - LAUNCHERS == set()


def test_requests_that_are_named_are_answered() -> None:
    nowhere = {"database_url": "postgresql://nobody@127.0.0.1:1/nowhere", "secret": "x" * 32}
    document = create_app(Settings.model_validate(nowhere)).openapi()
    known = {
        f"{method.upper()} /v1{re.sub(r'{[^}]+}', '{}', path)}"
        for path, operations in document["paths"].items()
        for method in operations
    }
    named = {
        re.sub(r"{[^}]+}", "{}", request)
        for name in DOCUMENTS
        for request in re.findall(
            r"(?:GET|POST|PUT|PATCH|DELETE) /v1/[\w/{}-]+(?![\w/{}…-])", read(name)
        )
    }

    assert len(named) > 10
    assert named - known == set()


def test_operators_read_every_setting_with_its_default() -> None:
    assert settings.as_table() in read("OPERATIONS.md")


def test_the_readme_has_the_picture_of_this_house() -> None:
    assert picture.drawn(PROJECT) in read("README.md")
