"""Identifiers: UUID version 7 (RFC 9562), so that they sort by the time they were made."""

import os
import threading
import time
from uuid import UUID

_RANDOM_BITS = 74
_STEP_BITS = 32
_lock = threading.Lock()
_last = 0


def new_id() -> UUID:
    """Make an id that sorts after every id that this process made before.

    The time in it is the machine's own, never the installation's settable clock: the books are
    partitioned by it. The ids of one millisecond continue at random steps (RFC 9562, method 2).
    """
    global _last  # noqa: PLW0603  The last id is the state that makes ids monotonic.
    with _lock:
        fresh = time.time_ns() // 1_000_000 << _RANDOM_BITS | _random(_RANDOM_BITS)
        _last = fresh if fresh >> _RANDOM_BITS > _last >> _RANDOM_BITS else _last + _step()
        return _as_uuid(_last)


def _random(bits: int) -> int:
    return int.from_bytes(os.urandom((bits + 7) // 8)) >> (-bits % 8)


def _step() -> int:
    return 1 + _random(_STEP_BITS)


def _as_uuid(number: int) -> UUID:
    moment, rest = number >> _RANDOM_BITS, number & ((1 << _RANDOM_BITS) - 1)
    high, low = rest >> 62, rest & ((1 << 62) - 1)
    return UUID(int=moment << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)
