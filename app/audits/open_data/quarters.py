"""Which quarters are closed: over, and long enough that nothing of them is on its way."""

from datetime import date, datetime, timedelta

from app.audits.periods import Period, PeriodKind, named
from app.core import clock

AFTERWARDS = timedelta(days=1)
"""By then everything that was entered in a quarter has its position."""

MONTHS_OF_QUARTER = 3


def is_closed(period: Period, now: datetime) -> bool:
    """Tell whether a quarter can be published."""
    return period.kind is PeriodKind.QUARTER and period.ends_at + AFTERWARDS <= now


def closed_quarters(first: datetime, now: datetime) -> list[str]:
    """Name the closed quarters from the one of a moment on, the newest first."""
    found = []
    quarter = _quarter_of(clock.day_of(first))
    while is_closed(named(quarter), now):
        found.append(quarter)
        quarter = _quarter_of(named(quarter).ends_before)
    return found[::-1]


def _quarter_of(day: date) -> str:
    return f"{day.year}-Q{(day.month - 1) // MONTHS_OF_QUARTER + 1}"
