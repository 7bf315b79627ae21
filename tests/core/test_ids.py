"""Ids sort by the time they were made."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from uuid import UUID

import pytest

from app.core import ids
from app.core.ids import go_on_from, new_id


def test_an_id_is_a_uuid_of_version_7() -> None:
    made = [new_id() for _ in range(1_000)]

    assert {one.version for one in made} == {7}
    assert {one.variant for one in made} == {"specified in RFC 4122"}


def test_ids_sort_in_the_order_in_which_they_were_made() -> None:
    made = [new_id() for _ in range(20_000)]

    assert made == sorted(made)
    assert [str(one) for one in made] == sorted(str(one) for one in made)
    assert len(set(made)) == len(made)


def test_an_id_tells_its_millisecond() -> None:
    before = time.time_ns() // 1_000_000
    made = new_id()
    after = time.time_ns() // 1_000_000

    # A burst may run some milliseconds ahead; never behind.
    assert before <= made.int >> 80 <= after + 5


def test_threads_never_make_the_same_id() -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: [new_id() for _ in range(2_000)], range(8)))

    assert len({one for some in made for one in some}) == 16_000
    assert all(some == sorted(some) for some in made)


def test_when_the_clock_goes_back_ids_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    before, goes_on = new_id(), time.monotonic_ns
    monkeypatch.setattr(ids, "_last", ids._last)  # Those of other tests don't go on from these.
    monkeypatch.setattr(time, "time_ns", lambda: 1_000_000_000)
    monkeypatch.setattr(time, "monotonic_ns", lambda: goes_on() + 1_000_000_000)

    after = [new_id() for _ in range(100)]

    assert [before, *after] == sorted([before, *after])
    # They go on with time, as those of every other process do.
    assert after[0].int >> 80 >= (before.int >> 80) + 1_000


def test_a_process_that_starts_goes_on_from_what_others_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made, now = new_id(), time.time_ns
    far = UUID(int=made.int + (2 * 86_400_000 << 80))
    monkeypatch.setattr(ids, "_last", 0)
    monkeypatch.setattr(ids, "_lead_ns", 0)
    monkeypatch.setattr(time, "time_ns", lambda: now() - 3_600 * 10**9)

    assert new_id() < made
    go_on_from(made)
    assert made < new_id() < far
    go_on_from(far)
    assert made < new_id() < far


def test_when_the_random_bits_run_out_the_next_millisecond_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moment = time.time_ns() // 1_000_000 + 10
    monkeypatch.setattr(ids, "_last", (moment + 1 << 74) - 1)

    made = new_id()

    assert made.int >> 80 == moment + 1
    assert (made.version, made.variant) == (7, "specified in RFC 4122")


def test_every_random_bit_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids, "_last", 0)
    monkeypatch.setattr(os, "urandom", lambda size: b"\xff" * size)

    assert new_id().int & ((1 << 80) - 1) == 0x7FFF_BFFF_FFFF_FFFF_FFFF


def test_ids_can_not_be_guessed_from_each_other() -> None:
    steps = [new_id().int & ((1 << 62) - 1) for _ in range(100)]

    assert len({later - earlier for earlier, later in pairwise(steps)}) == 99
