"""Periods by their names: `2026`, `2026-Q2`, `2026-05`."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.core import clock

PATTERN = r"^20[0-9]{2}(-Q[1-4]|-(0[1-9]|1[0-2]))?$"
_NAME = re.compile(r"(?P<year>[0-9]{4})(-Q(?P<quarter>[1-4])|-(?P<month>[0-9]{2}))?")

MONTHS_OF_QUARTER = 3
MONTHS_OF_YEAR = 12


class PeriodKind(StrEnum):
    """How long a period is."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """From a day up to, and without, another one."""

    name: str
    kind: PeriodKind
    begins_on: date
    ends_before: date

    @property
    def last_day(self) -> date:
        """Its last day, included."""
        return self.ends_before - timedelta(days=1)

    @property
    def begins_at(self) -> datetime:
        """Midnight before its first day."""
        return clock.midnight(self.begins_on)

    @property
    def ends_at(self) -> datetime:
        """Midnight after its last day."""
        return clock.midnight(self.ends_before)


def named(name: str) -> Period:
    """Find the period of a name.

    Raises:
        ValueError: it is none.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        message = "Write a period as 2026, 2026-Q2 or 2026-05."
        raise ValueError(message)
    year = int(found["year"])
    if found["quarter"]:
        first = MONTHS_OF_QUARTER * (int(found["quarter"]) - 1)
        return _period(name, PeriodKind.QUARTER, year, first, MONTHS_OF_QUARTER)
    if found["month"]:
        return _period(name, PeriodKind.MONTH, year, int(found["month"]) - 1, 1)
    return _period(name, PeriodKind.YEAR, year, 0, MONTHS_OF_YEAR)


def _period(name: str, kind: PeriodKind, year: int, first: int, months: int) -> Period:
    begins_on, ends_before = _month(year, first), _month(year, first + months)
    return Period(name, kind, begins_on, ends_before)


def _month(year: int, number: int) -> date:
    return date(year + number // MONTHS_OF_YEAR, number % MONTHS_OF_YEAR + 1, 1)
