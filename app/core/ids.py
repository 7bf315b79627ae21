"""Identifiers: UUID version 7 (RFC 9562), so that they sort by the time they were made."""

import os
import threading
import time
from uuid import UUID

_RANDOM_BITS = 74
_STEP_BITS = 32
_A_DAY_NS = 86_400 * 10**9
_lock = threading.Lock()
_last = 0
_lead_ns = 0
"""How far the machine's clock was ahead of the time that only goes on, at the most."""


def new_id() -> UUID:
    """Make an id that sorts after every id that this process made before.

    The time in it is the machine's own, never the installation's settable clock: the books are
    partitioned by it. Who sets that of the machine back sets no ids back: in every process they go
    on as if it had not been done, so that those of two processes stay in their order, too. The ids
    of one millisecond continue at random steps (RFC 9562, method 2).
    """
    global _last, _lead_ns  # noqa: PLW0603  The last id is the state that makes ids monotonic.
    with _lock:
        # The clock is read first: if it takes long until the rest is, the lead is no larger.
        _lead_ns = max(_lead_ns, time.time_ns() - time.monotonic_ns())
        moment = (time.monotonic_ns() + _lead_ns) // 1_000_000
        fresh = moment << _RANDOM_BITS | _random(_RANDOM_BITS)
        _last = fresh if fresh >> _RANDOM_BITS > _last >> _RANDOM_BITS else _last + _step()
        return _as_uuid(_last)


def go_on_from(last: UUID) -> None:
    """Let the ids of a process that starts sort after one that was made before, by another.

    It may have been made before the machine's clock was set back. What is more than a day ahead
    was made by a clock that was wrong, which nobody goes on from.
    """
    global _lead_ns  # noqa: PLW0603  As above.
    moment_ns = ((last.int >> 80) + 1) * 1_000_000
    if time.time_ns() < moment_ns and last < farthest():
        with _lock:
            _lead_ns = max(_lead_ns, moment_ns - time.monotonic_ns())


def farthest() -> UUID:
    """Say where the ids begin that only a clock makes that is wrong."""
    return UUID(int=(time.time_ns() + _A_DAY_NS) // 1_000_000 << 80)


def _random(bits: int) -> int:
    return int.from_bytes(os.urandom((bits + 7) // 8)) >> (-bits % 8)


def _step() -> int:
    return 1 + _random(_STEP_BITS)


def _as_uuid(number: int) -> UUID:
    moment, rest = number >> _RANDOM_BITS, number & ((1 << _RANDOM_BITS) - 1)
    high, low = rest >> 62, rest & ((1 << 62) - 1)
    return UUID(int=moment << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)
