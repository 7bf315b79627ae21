"""The days on which euros move between banks: those of the Eurosystem's T2 (once TARGET2).

It is closed on Saturdays, Sundays, New Year's Day, Good Friday, Easter Monday, 1 May, Christmas Day
and 26 December, in every country alike, and whatever else is a holiday there.
"""

from datetime import date, timedelta

_SATURDAY = 5
_FIXED = {(1, 1), (5, 1), (12, 25), (12, 26)}


def is_bank_day(day: date) -> bool:
    """Say whether banks settle euros on a day."""
    if day.weekday() >= _SATURDAY or (day.month, day.day) in _FIXED:
        return False
    return day - easter(day.year) not in {timedelta(days=-2), timedelta(days=1)}


def next_bank_day(day: date) -> date:
    """Say the first bank day that is not before a day."""
    while not is_bank_day(day):
        day += timedelta(days=1)
    return day


def easter(year: int) -> date:
    """Compute Easter Sunday (the Gregorian computus of Meeus, Jones and Butcher)."""
    century, of_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * (year % 19) + century - leap_centuries - correction + 15) % 30
    leaps, rest = divmod(of_century, 4)
    weekday = (32 + 2 * century_rest + 2 * leaps - epact - rest) % 7
    shift = (year % 19 + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)
