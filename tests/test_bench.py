"""The benchmark still measures; what it finds is for people to look at."""

import json
import os
import sys
from pathlib import Path

import pytest

from scripts.launcher.children import Child
from tests.conftest import PROJECT


@pytest.mark.timeout(300)
def test_the_books_can_be_measured(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    bench = [sys.executable, str(PROJECT / "scripts/bench.py"), "ledger", "--tiny"]

    table = Child(
        [*bench, "--output", str(figures)], os.environ | {"BAAT_HOME": str(tmp_path)}, PROJECT
    ).require("The benchmark failed:")

    assert "2 lines, hot limited" in table
    found = json.loads(figures.read_text())
    assert found["machine"]["cores"] >= 1
    assert {row["contender"] for row in found["rows"]} >= {"floor", "door", "post 64, processes: 1"}
    assert all(row["entriesPerSecond"] > 0 for row in found["rows"])
    assert [cost["lines"] for cost in found["growth"]] == [2_000, 4_000]
    # It leaves nothing behind.
    assert not list(tmp_path.glob("bench-*"))


def test_the_market_can_be_measured(tmp_path: Path) -> None:
    bench = [sys.executable, str(PROJECT / "scripts/bench.py"), "market", "--tiny"]

    table = Child(bench, os.environ | {"BAAT_HOME": str(tmp_path)}, PROJECT).require(
        "The benchmark failed:"
    )

    for what in ("list, 304", "list, whole", "project, 304", "project, whole", "its one query"):
        assert what in table
    assert not list(tmp_path.glob("bench-*"))


def test_demand_can_be_measured(tmp_path: Path) -> None:
    bench = [sys.executable, str(PROJECT / "scripts/bench.py"), "orders", "--tiny"]

    table = Child(bench, os.environ | {"BAAT_HOME": str(tmp_path)}, PROJECT).require(
        "The benchmark failed:"
    )

    for what in ("reserve, one project", "reserve, spread", "event arrives", "of floor"):
        assert what in table
    assert not list(tmp_path.glob("bench-*"))
