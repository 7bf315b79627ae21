"""Serials: one integer, and as people write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.orders.serials import LARGEST_PROJECT, Serial

PROJECTS, COUNTS = st.integers(1, LARGEST_PROJECT), st.integers(1, 2**32 - 1)


@given(PROJECTS, COUNTS)
def test_a_serial_reads_as_it_is_written(project: int, count: int) -> None:
    serial = Serial(project, count)

    assert Serial.read(str(serial)) == serial
    assert Serial.of(serial.number) == serial
    assert 0 < serial.number < 2**63


@given(PROJECTS, COUNTS, PROJECTS, COUNTS)
def test_serials_of_a_project_follow_each_other(a: int, m: int, b: int, n: int) -> None:
    assert (Serial(a, m).number < Serial(b, n).number) == ((a, m) < (b, n))


@pytest.mark.parametrize(
    "written", ["", "1", "1-", "-1", "0-1", "1-0", "1-01", "1-1 ", "2147483648-1", "1-4294967296"]
)
def test_what_is_no_serial_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="serial"):
        Serial.read(written)
