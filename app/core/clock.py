"""The installation's clock: the machine's time, unless a test or a demo set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

TIME_ZONE = "Europe/Amsterdam"
"""Where people read their clocks, and where a day begins."""

_offset = timedelta(0)


@dataclass(slots=True)
class _Going:
    """A clock that goes on from a moment, whatever is done to that of the machine."""

    began_at: datetime
    began: float = field(default_factory=monotonic)
    is_over: bool = False
    """What somebody began meanwhile, and goes on after it, has the machine's clock again."""

    def now(self) -> datetime:
        return self.began_at + timedelta(seconds=monotonic() - self.began)


_going: ContextVar[_Going | None] = ContextVar("_going", default=None)


def now() -> datetime:
    """Say what time it is in this installation (aware, UTC).

    Everything that people see or that a rule depends on uses this clock. Timeouts, leases and
    the time inside ids use the machine's own.
    """
    going = _going.get()
    if going is not None and not going.is_over:
        return going.now()
    return datetime.now(UTC) + _offset


@contextmanager
def steady() -> Iterator[None]:
    """Let no jump of a clock show in what is done meanwhile.

    A machine's clock may be set, and that of a demo too: what is written in one transaction has
    moments that agree all the same, in their order. The next one begins by the new time.
    """
    outer = _going.get()
    if outer is not None and not outer.is_over:
        yield
        return
    going = _Going(now())
    _going.set(going)
    try:
        yield
    finally:
        going.is_over = True


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
    """Run ahead of the machine's clock (or behind it) from now on, in this process.

    Whoever sets it sees it jump at once, and what others do at the moment ends by the old time.
    """
    global _offset  # noqa: PLW0603  A process has one clock.
    _offset = offset
    _going.set(None)


@contextmanager
def travelled(to: datetime) -> Iterator[None]:
    """Be at another moment for a while; time goes on from there."""
    before = _offset
    shift(to - datetime.now(UTC))
    try:
        yield
    finally:
        shift(before)
