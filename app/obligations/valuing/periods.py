"""Months between days, exactly."""

import calendar
from datetime import date, timedelta
from fractions import Fraction

from app.obligations.rules import BrokenMonths


def months_between(first: date, last: date, broken: BrokenMonths) -> Fraction:
    """Count the months from the first day to the last, both included.

    A month runs to the day before the same day of the next one (or that month's last day). What
    remains counts by its share of the days of the month that it lies in, not at all, or as a whole.

    Raises:
        ValueError: the last day lies before the first.
    """
    if last < first:
        message = "the last day lies before the first"
        raise ValueError(message)
    end = last + timedelta(days=1)
    whole = (end.year - first.year) * 12 + end.month - first.month
    if later(first, whole) > end:
        whole -= 1
    begun = later(first, whole)
    if begun == end or broken is BrokenMonths.NOT_AT_ALL:
        return Fraction(whole)
    if broken is BrokenMonths.AS_WHOLE:
        return Fraction(whole + 1)
    of_days = (later(first, whole + 1) - begun).days
    return whole + Fraction((end - begun).days, of_days)


def later(day: date, months: int) -> date:
    """Say which day it is some months later: the same one, or the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
