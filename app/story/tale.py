"""What every chapter is given: the stage, the people, the books, and a way to tell steps."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from app.core import languages
from app.core.languages import Language
from app.story.acting import Play
from app.story.books import Books
from app.story.cast import Cast, Person
from app.story.failures import NotRefused, Refused
from app.story.stage import Stage
from app.story.telling import Teller


@dataclass
class Props:
    """Addresses of what was made, each by the chapter that makes it."""

    city: str = field(init=False)
    """The organisation that is the city of Rotterdam."""
    foundation: str = field(init=False)
    """The organisation that operates the scheme."""
    authority: str = field(init=False)
    """The id of the city as an authority."""
    cities: dict[str, str] = field(default_factory=dict)
    """The ids of the authorities, by their names."""
    obligations: dict[str, str] = field(default_factory=dict)
    """What the company owes to each of them, by its name."""
    scheme: str = field(init=False)
    dam: str = field(init=False)
    """The organisation that offers the project."""
    workplace: str = field(init=False)
    """The organisation that offers the other one."""
    round: str = field(init=False)
    dates: dict[str, datetime] = field(init=False)
    """Of the round, by their names on the wire."""
    project: str = field(init=False)
    other_project: str = field(init=False)
    """That which finds too few buyers."""
    companies: dict[Person, str] = field(default_factory=dict)
    """The organisations that buy, by who buys for them."""
    orders: dict[str, str] = field(default_factory=dict)
    """What was ordered, by a name for it."""
    bank_account: str = field(init=False)
    keepers: dict[str, str] = field(default_factory=dict)
    """What the keepers of books are called, by id."""


class Story(Play):
    """One telling of the story."""

    def __init__(self, stage: Stage, teller: Teller) -> None:
        super().__init__(stage)
        self.teller = teller
        self.cast = Cast.on(self.wire)
        self.books = Books()
        self.props = Props()

    @contextmanager
    def step(self, sentence: str) -> Iterator[None]:
        """Tell what is done inside: the sentence, its requests, the pages that it wrote."""
        self.teller.sentence(sentence)
        try:
            yield
        finally:
            self.teller.calls(self.wire.told())
        for page in self.books.news():
            self.teller.page(*page)

    @contextmanager
    def refusal(self, sentence: str, kind: str) -> Iterator[None]:
        """Tell of something that must be refused, and for which reason.

        Raises:
            NotRefused: it is done.
            Refused: it is refused for another reason.
        """
        with self.step(sentence):
            try:
                yield
            except Refused as refusal:
                if refusal.kind != kind:
                    raise
                told = f"refused ({refusal.status} {kind}): {refusal.detail}"
            else:
                message = f"It was done, and must be refused ({kind})."
                raise NotRefused(message)
        self.teller.remark(told)

    def time_comes(self, moment: datetime, why: str) -> None:
        """Set the clock ahead."""
        self.go_to(moment)
        told = languages.moment(moment, Language.ENGLISH)
        self.teller.time(f"{why} The clock is set to {told} (baat clock set).")
