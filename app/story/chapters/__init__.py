"""The chapters, in the order in which they are told; each goes on from what those before it made.

A chapter tells its steps with `story.step`, what must not be possible with `story.refusal`, and
lets time pass with `story.time_comes`. What the clock or a worker does by itself is waited for.
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.story.chapters import closing, market, participants, plans, scheme, valuation
from app.story.tale import Story


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the story."""

    title: str
    tell: Callable[[Story], None]


CHAPTERS = (
    Chapter("A city, a foundation and their scheme", scheme.tell),
    Chapter("An entrepreneur is admitted, experts take their seats", participants.tell),
    Chapter("The round opens, and DAM Nederland submits its plan", plans.tell),
    Chapter("The panel values the plan, under seal", valuation.tell),
    Chapter("The project comes to the market", market.tell),
    # What the books say in the end; further chapters come before it.
    Chapter("The books", closing.tell),
)
