"""The installation's clock: the machine's time, unless a test or a demo set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

TIME_ZONE = "Europe/Amsterdam"
"""Where people read their clocks, and where a day begins."""

_offset = timedelta(0)


def now() -> datetime:
    """Say what time it is in this installation (aware, UTC).

    Everything that people see or that a rule depends on uses this clock. Timeouts, leases and
    the time inside ids use the machine's own.
    """
    return datetime.now(UTC) + _offset


def seconds() -> int:
    """Say what time it is in this installation, in whole seconds since 1970."""
    return int(now().timestamp())


def today() -> date:
    """Say which day it is in this installation, where people read their clocks."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """Say which day a moment is on, where people read their clocks."""
    return moment.astimezone(ZoneInfo(TIME_ZONE)).date()


def midnight(day: date) -> datetime:
    """Say when a day begins, where people read their clocks (aware, UTC)."""
    return datetime.combine(day, time.min, ZoneInfo(TIME_ZONE)).astimezone(UTC)


def shift(offset: timedelta) -> None:
    """Run ahead of the machine's clock (or behind it) from now on, in this process."""
    global _offset  # noqa: PLW0603  A process has one clock.
    _offset = offset


@contextmanager
def travelled(to: datetime) -> Iterator[None]:
    """Be at another moment for a while; time goes on from there."""
    before = _offset
    shift(to - datetime.now(UTC))
    try:
        yield
    finally:
        shift(before)
