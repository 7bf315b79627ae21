"""What every scene is given: the stage, the people, and where what was made stands."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from app.core import clock
from app.story import deeds
from app.story.acting import Play
from app.story.cast import Person
from app.story.demo.cast import Cast
from app.story.demo.figures import Plan
from app.story.failures import Failure
from app.story.stage import Stage
from app.story.wire import Visitor


@dataclass
class Offer:
    """A project of the demo, and who offers it."""

    plan: Plan
    entrepreneur: Person
    address: str
    orders: dict[str, tuple[Person, str]] = field(default_factory=dict)
    """Who bought of it, and the orders' addresses, by a name for each."""


@dataclass
class Props:
    """Addresses of what was made."""

    scheme: str = field(init=False)
    foundation: str = field(init=False)
    bank_account: str = field(init=False)
    """Its id."""
    authorities: dict[str, str] = field(default_factory=dict)
    """By the names of the cities."""
    homes: dict[Person, str] = field(default_factory=dict)
    """The organisations that people act for."""
    obligations: dict[str, str] = field(default_factory=dict)
    """By the references of the contracts."""
    rounds: list[str] = field(default_factory=list)
    offers: dict[str, Offer] = field(default_factory=dict)
    """By the titles of their plans."""


class Demo(Play):
    """One furnishing of a demo."""

    def __init__(self, stage: Stage, password: str) -> None:
        super().__init__(stage)
        self.cast = Cast(self.wire, password)
        self.props = Props()
        self.begins_on = clock.today()

    def day(self, number: int) -> datetime:
        """Give the morning of a day of the demo; its first one is 0."""
        return deeds.morning(self.begins_on + timedelta(days=number))

    @staticmethod
    def insist(fact: bool, otherwise: str) -> None:  # noqa: FBT001  It is what must be.
        """Go on only if something is as it must be.

        Raises:
            Failure: it is not.
        """
        if not fact:
            raise Failure(otherwise)

    def go_to_day(self, number: int) -> None:
        """Set the clock to the morning of a day."""
        self.go_to(self.day(number))

    def until(self, person: Visitor, path: str, member: str, value: object) -> None:
        """Wait until a member of something is this."""
        self.wait(f"{member} of {path} is {value}", lambda: person.sees(path, member, value))

    def each(self, act: Callable[..., object], *given: tuple[Any, ...]) -> None:
        """Do the same with several things at the same time."""
        self.together(*(partial(act, *each) for each in given))
