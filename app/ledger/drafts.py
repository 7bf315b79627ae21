"""Drafts: what is to be entered in the books, before it is. Pure values, checked when made.

    Draft(
        kind="order.paid",
        reference=f"order/{order.id}/paid",
        narration="3 RIKX of DAM Nederland",
        occurred_at=paid_at,
        lines=(debit(BANK.of(scheme_id), 30_000, order.id), credit(…)),
    )

`str(draft)` is the journal page that a bookkeeper reads.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias
from uuid import UUID

from app.core.ids import new_id
from app.core.money import LARGEST_AMOUNT
from app.ledger.chart import Account, Book, Side

_REFERENCE = re.compile(r"[a-z0-9][a-z0-9._:/-]{0,199}")
_KIND = re.compile(r"[a-z]+(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*")
_EVIDENCE = re.compile(r"[!-~]{1,200}")
_NARRATION = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,300}")
FEWEST_LINES = 2


@dataclass(frozen=True, slots=True)
class Line:
    """An amount on one side of one account."""

    account: Account
    side: Side
    amount: int
    """Whole and not negative: cents, or units. A line of nothing is left out of its draft."""
    about_id: UUID
    """The order, payout, claim or project that it is about."""

    def __post_init__(self) -> None:
        if not 0 <= self.amount <= LARGEST_AMOUNT:
            message = f"{self.amount} is no amount of the books."
            raise ValueError(message)

    @property
    def signed(self) -> int:
        """The amount, debit positive."""
        return self.amount if self.side is Side.DEBIT else -self.amount

    def __str__(self) -> str:
        book = self.account.kind.book
        indent, word = ("  ", "Dr") if self.side is Side.DEBIT else ("      ", "Cr")
        named = f"{indent}{word} {self.account.kind.code}"
        return f"{named:<33}{printed(self.amount, book):>12} {book.unit}"


def debit(account: Account, amount: int, about_id: UUID) -> Line:
    """Enter an amount on the left."""
    return Line(account, Side.DEBIT, amount, about_id)


def credit(account: Account, amount: int, about_id: UUID) -> Line:
    """Enter an amount on the right."""
    return Line(account, Side.CREDIT, amount, about_id)


class Unbalanced(ValueError):  # noqa: N818  The bookkeeper's word.
    """Debits and credits differ within a ledger: a fault of the code that made the draft."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A journal entry to be.

    Raises:
        Unbalanced: debits and credits differ in some ledger.
        ValueError: a name or an amount is none of the books'.
    """

    kind: str
    """`<noun>.<what happened>`, such as `order.paid`."""
    reference: str
    """Names the event, once: posting it again returns the first entry."""
    narration: str
    """One line for people. No personal details: the books never forget."""
    occurred_at: datetime
    """When it happened in the world; when the books learn of it they know themselves."""
    lines: tuple[Line, ...]
    evidence: tuple[str, ...] = ()
    """What proves it: `stripe:pi_…`, `file:<id>`, `camt:<statement>/<entry>`."""
    settles: str | None = None
    """The reference of a hold that this entry posts, whole or in part; the rest is released."""
    id: UUID = field(default_factory=new_id, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", tuple(line for line in self.lines if line.amount))
        _insist_on_names(self)
        if not all(map(_EVIDENCE.fullmatch, self.evidence)):
            message = f"Evidence of {self.reference} must be words without spaces."
            raise ValueError(message)
        self._insist_on_balance()

    def _insist_on_balance(self) -> None:
        sums: defaultdict[UUID, int] = defaultdict(int)
        for line in self.lines:
            sums[line.account.ledger_id] += line.signed
        if len(self.lines) < FEWEST_LINES or any(sums.values()):
            message = f"{self.reference} does not balance:\n{self}"
            raise Unbalanced(message)

    def __str__(self) -> str:
        head = f"{self.occurred_at.astimezone(UTC):%Y-%m-%d}  {self.narration}"
        return "\n".join([head, *map(str, self.lines)])


@dataclass(frozen=True, slots=True)
class Reversal:
    """The mirror of an entry that was a mistake; the door builds its lines.

    Only for mistakes: what happened in the world is undone by an entry of its own kind.
    """

    reverses_id: UUID
    reference: str
    narration: str
    """Why the first entry was wrong."""
    occurred_at: datetime
    kind: str = "entry.reversed"
    evidence: tuple[str, ...] = ()
    id: UUID = field(default_factory=new_id, compare=False)

    def __post_init__(self) -> None:
        _insist_on_names(self)


@dataclass(frozen=True, slots=True)
class Hold:
    """A claim on part of a limited account, until it is posted, voided or expired."""

    account: Account
    amount: int
    reference: str
    about_id: UUID
    expires_at: datetime
    id: UUID = field(default_factory=new_id, compare=False)

    def __post_init__(self) -> None:
        if not (self.account.kind.limited and 0 < self.amount <= LARGEST_AMOUNT):
            message = f"{self.amount} of {self.account.kind.code} can't be held."
            raise ValueError(message)
        _insist_on_reference(self.reference)
        _insist_on_zone(self.expires_at)

    def __str__(self) -> str:
        book = self.account.kind.book
        named = f"  Hold {self.account.kind.code}"
        until = f"until {self.expires_at.astimezone(UTC):%Y-%m-%d %H:%M}"
        return f"{named:<33}{printed(self.amount, book):>12} {book.unit} {until}"


@dataclass(frozen=True, slots=True)
class Void:
    """Give back what a hold held. A hold that expired stays expired."""

    reference: str


@dataclass(frozen=True, slots=True)
class Extend:
    """Let a hold that has not expired hold until another moment."""

    reference: str
    expires_at: datetime

    def __post_init__(self) -> None:
        _insist_on_zone(self.expires_at)


AnyDraft: TypeAlias = Draft | Reversal | Hold | Void | Extend


def printed(amount: int, book: Book) -> str:
    """Write an amount as the journal page does: `1,250.00`, or `108` for units."""
    whole, rest = divmod(abs(amount), 10**book.decimals)
    sign = "-" if amount < 0 else ""
    decimals = f".{rest:0{book.decimals}}" if book.decimals else ""
    return f"{sign}{whole:,}{decimals}"


def _insist_on_names(draft: Draft | Reversal) -> None:
    _insist_on_reference(draft.reference)
    _insist_on_zone(draft.occurred_at)
    if not _KIND.fullmatch(draft.kind):
        message = f"{draft.kind} is no kind of entry: write <noun>.<what-happened>."
        raise ValueError(message)
    if not _NARRATION.fullmatch(draft.narration):
        message = f"The narration of {draft.reference} must be one line of 1 to 300 characters."
        raise ValueError(message)


def _insist_on_reference(reference: str) -> None:
    if not _REFERENCE.fullmatch(reference):
        message = f"{reference!r} is no reference: write words like order/<id>/paid."
        raise ValueError(message)


def _insist_on_zone(moment: datetime) -> None:
    if moment.tzinfo is None:
        message = "A moment of the books knows its zone."
        raise ValueError(message)
