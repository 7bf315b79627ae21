"""The benchmark still measures; what it finds is for people to look at."""

import json
import os
import sys
from pathlib import Path

import pytest

from scripts.benchmarks.ratios import Found, Goal, Ratio, Rival, table
from scripts.launcher.children import Child
from tests.conftest import PROJECT

SEEN = {
    "ledger": ("2 lines, hot limited", "post 64, processes: 1", "at 4,000 lines"),
    "market": ("list, 304", "project, whole, one at a time", "its one query"),
    "orders": ("reserve, one project", "event arrives", "floor"),
    "audit": ("posting, sealed beside", "inclusion proof", "page: journal", "hledger"),
}
"""Some of what stands in the one table, by section."""


@pytest.mark.timeout(600)
def test_every_section_is_measured_and_all_stand_in_one_table(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    bench = [sys.executable, str(PROJECT / "scripts/bench.py"), "--tiny", "--output", str(figures)]

    outcome = Child(bench, os.environ | {"BAAT_HOME": str(tmp_path)}, PROJECT).outcome()
    assert outcome.returncode == 0, outcome.stdout

    one_table = outcome.stdout.partition("all sections")[2]
    for section, seen in SEEN.items():
        lines = [line for line in one_table.splitlines() if line.startswith(f"{section} ")]
        for what in seen:
            assert any(what in line for line in lines), (section, what)
    sections = json.loads(figures.read_text())["sections"]
    assert sections.keys() == SEEN.keys()
    for ratios in sections.values():
        assert all(each["measured"] > 0 for each in ratios)
        assert all(each["ratio"] > 0 for each in ratios if each["of"])
        assert any(each["goal"] for each in ratios)
    # It leaves nothing behind.
    assert not list(tmp_path.glob("bench-*"))


def test_a_goal_that_is_missed_and_a_section_that_failed_are_said() -> None:
    floor = Rival("floor", 200.0)
    found: Found = {
        "ledger": [
            Ratio("half", 100.0, "/s", floor, Goal(0.5)),
            Ratio("less", 99.0, "/s", floor, Goal(0.5)),
            Ratio("slow", 6.0, "ms", None, Goal(5, is_most=True, is_of_ratio=False)),
            Ratio("only seen", 7.0, "/s", floor),
        ],
        "market": "Nothing listened\non port 1.",
    }

    lines = table(found, "a machine").splitlines()

    [half, less, slow, seen, failed] = [line for line in lines if line.startswith(tuple(found))]
    assert half.split()[-4:] == ["0.50", "≥", "0.5", "yes"]
    assert less.split()[-1] == "NO"
    assert slow.split()[-4:] == ["≤", "5", "ms", "NO"]
    assert seen.split()[-1] == "0.04"
    assert failed == "market  not measured: Nothing listened on port 1."
    assert lines[-1] == "1 of 3 goals are reached."
