"""Races, kills and stops of whole processes lose nothing and double nothing, in small figures.

What the provider's events and its faults do is tested in `tests/payments`; `scripts/chaos.py` does
all of it in full figures.
"""

import os
import sys
from pathlib import Path

import pytest

from scripts.disasters.report import Chapter, told
from scripts.disasters.soak import Lap, weighed
from scripts.disasters.weighing import kept_bytes
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


@pytest.mark.parametrize(("leak_bytes", "holds"), [(0, True), (150, True), (350, False)])
def test_a_leak_of_some_hundred_bytes_a_request_is_noticed(leak_bytes: int, *, holds: bool) -> None:
    chapter = Chapter("soak", "for long")
    # What is kept sways, and a cache may be filled up meanwhile.
    laps = [
        Lap(asked, 200_000_000 + leak_bytes * asked + sway_bytes, 0.0, [])
        for asked, sway_bytes in ((2_000, 0), (3_000, 150_000), (4_000, 100_000), (5_000, 120_000))
    ]

    weighed(chapter, laps)

    assert chapter.holds is holds, str(chapter)


def test_what_a_process_keeps_is_weighed_to_the_byte() -> None:
    before = kept_bytes()
    small = [bytes(bytearray(400)) for _ in range(20_000)]
    large = [bytearray(4_000) for _ in range(1_000)]
    grown = kept_bytes() - before

    assert 12_000_000 < grown < 15_000_000
    del small, large
    assert kept_bytes() - before < 1_000_000
