"""The dates of a round: each follows the one before it, and none is set into the past."""

import itertools
from collections.abc import Iterator, Mapping
from datetime import datetime

from app.core import clock
from app.projects.models import Round
from app.projects.problems import DateCannotMove
from app.projects.schemas.rounds import DATES

DateFault = tuple[str, str]
"""The member, as it goes over the wire, and what is wrong with it."""


def of(a_round: Round) -> dict[str, datetime]:
    """Give the dates of a round, by column."""
    return {name: getattr(a_round, name) for name in DATES}


def in_the_past(dates: Mapping[str, datetime]) -> Iterator[DateFault]:
    """Say which dates have passed."""
    for name, moment in dates.items():
        if moment <= clock.now():
            yield wire(name), f"{wire(name)} would lie in the past."


def out_of_order(dates: Mapping[str, datetime]) -> Iterator[DateFault]:
    """Say which dates of a round do not follow the one before, where both are known."""
    for earlier, later in itertools.pairwise(DATES):
        if not {earlier, later} <= dates.keys():
            continue
        together = later == "sale_begins_at" and dates[earlier] == dates[later]
        if dates[earlier] >= dates[later] and not together:
            yield wire(later), f"{wire(later)} must follow {wire(earlier)}."


def insist_on_future(dates: Mapping[str, datetime]) -> None:
    """Insist that dates lie ahead.

    Raises:
        DateCannotMove: one has passed.
    """
    _insist_on_none(in_the_past(dates))


def insist_on_order(dates: Mapping[str, datetime]) -> None:
    """Insist that all dates of a round follow each other.

    Raises:
        DateCannotMove: one does not.
    """
    _insist_on_none(out_of_order(dates))


def _insist_on_none(faults: Iterator[DateFault]) -> None:
    for name, message in faults:
        raise DateCannotMove(message, date=name)


def wire(name: str) -> str:
    """Say how a column is called on the wire."""
    first, *others = name.split("_")
    return first + "".join(other.title() for other in others)
