"""Races, kills and stops of whole processes lose nothing and double nothing, in small figures.

What the provider's events and its faults do is tested in `tests/payments`; `scripts/chaos.py` does
all of it in full figures.
"""

import os
import sys
from pathlib import Path

import pytest

from scripts.disasters.report import Chapter, told
from scripts.launcher.children import Child
from tests.conftest import PROJECT


@pytest.mark.timeout(300)
def test_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    chaos = [sys.executable, str(PROJECT / "scripts/chaos.py"), "race", "kills", "--tiny"]

    said = Child(chaos, os.environ | {"BAAT_HOME": str(tmp_path)}, PROJECT).require(
        "Something does not hold:"
    )

    for sight in (
        "for 1: 1 orders, 19 clean refusals, 0 other answers",
        "for 5: 5 orders, 15 clean refusals, 0 other answers",
        "interrupted 2 times",
        "interrupted 1 times",
        "acknowledged and not paid for: 0",
        "doubled (payments, receipts or units): 0",
        "differences to the provider: 0",
        "Everything holds.",
    ):
        assert sight in said
    assert "WRONG" not in said
    assert not list(tmp_path.glob("bench-*"))


def test_what_does_not_hold_is_shown() -> None:
    good, bad = Chapter("race", "20 buyers"), Chapter("kills", "12 purchases")
    good.saw_none("gaps in serials", [])
    bad.saw_none("gaps in serials", ["the run of x follows 7"])

    away = Chapter("disk", "a full one", not_run="only root may mount")

    said = told([good, bad, away], seed=7)

    assert (good.holds, bad.holds) == (True, False)
    assert "WRONG gaps in serials: 1 (the run of x follows 7)" in said
    assert "NOT RUN: only root may mount" in said
    assert (away.holds, away.verdict) == (True, "NOT RUN")
    assert "seed 7" in said
    assert said.endswith("WRONG: 1.")
    assert not Chapter("nothing", "was seen").holds
