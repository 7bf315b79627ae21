"""The chapters, in the order in which they are told; each goes on from what those before it made.

A chapter tells its steps with `story.step`, what must not be possible with `story.refusal`, and
lets time pass with `story.time_comes`. What the clock or a worker does by itself is waited for.
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.story.chapters import (
    auditing,
    banking,
    buying,
    closing,
    contracting,
    ending,
    market,
    participants,
    paying_out,
    plans,
    reporting,
    scheme,
    valuation,
)
from app.story.tale import Story


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the story."""

    title: str
    tell: Callable[[Story], None]


CHAPTERS = (
    Chapter("A city, a foundation and their scheme", scheme.tell),
    Chapter("Two cities award contracts, and ask for social return", contracting.tell),
    Chapter("Entrepreneurs are admitted, experts take their seats", participants.tell),
    Chapter("The round opens, and two plans are submitted", plans.tell),
    Chapter("The panel values them, under seal", valuation.tell),
    Chapter("The projects come to the market", market.tell),
    Chapter("Two companies buy", buying.tell),
    Chapter("The bank's statement comes, and the threshold is reached", banking.tell),
    Chapter("The start part is paid", paying_out.tell),
    Chapter("The sale ends, and one project missed", ending.tell),
    Chapter("What was bought counts for both cities", contracting.claimed),
    Chapter("The project reports, and the result part is paid", reporting.tell),
    # What the books say in the end; further chapters of the round come before it.
    Chapter("The books", closing.tell),
    Chapter("A year for the auditors", auditing.tell),
)
