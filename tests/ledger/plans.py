"""Plans of a history: what somebody means to do, whatever the books are by then.

A plan names holds, entries and accounts by numbers, taken round: so any list of plans is a history,
and a shorter list is one too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from hypothesis import strategies as st

from app.core.ids import new_id
from app.core.money import LARGEST_AMOUNT
from app.ledger import chart
from app.ledger.chart import Account
from app.ledger.drafts import AnyDraft, Draft, Extend, Hold, Line, Reversal, Void
from tests.ledger.model import Books
from tests.make.books import MAY

PERIOD = timedelta(minutes=10)
"""The clock goes by these, and holds expire in the middle of one: no moment is ever close."""


@dataclass(frozen=True)
class Movement:
    """An amount from one account to one or two others of the same book."""

    book: int
    source: int
    target: int
    amount: int
    second: int


@dataclass(frozen=True)
class Entry:
    """An entry of up to eight lines; `settles` names a hold, and takes from its account."""

    movements: tuple[Movement, ...]
    settles: int | None


@dataclass(frozen=True)
class Claim:
    """A hold."""

    account: int
    amount: int
    periods: int


@dataclass(frozen=True)
class Change:
    """Void or extend a hold, or reverse an entry: the newest is number 0."""

    what: str
    number: int


@dataclass(frozen=True)
class Again:
    """Send an earlier draft again: as it was, with a new id, or with another content."""

    number: int
    how: str


Plan: TypeAlias = Entry | Claim | Change | Again

_amounts = st.integers(1, 60) | st.sampled_from([1, 100, LARGEST_AMOUNT])
_movements = st.builds(
    Movement,
    book=st.integers(0, 2),
    source=st.integers(0, 5),
    target=st.integers(0, 5),
    amount=_amounts,
    second=st.integers(0, 9),
)
_numbers = st.integers(0, 9)
_entries = st.builds(
    Entry,
    movements=st.lists(_movements, min_size=1, max_size=3).map(tuple),
    settles=st.none() | st.none() | _numbers,
)
_claims = st.builds(
    Claim, account=st.integers(0, 9), amount=st.integers(1, 60), periods=st.integers(0, 4)
)
_changes = st.builds(
    Change, what=st.sampled_from(["void", "extend", "reverse", "reverse"]), number=_numbers
)
_again = st.builds(
    Again, number=_numbers, how=st.sampled_from(["as it was", "new id", "other content"])
)
plans = st.lists(_entries | _entries | _claims | _changes | _again, min_size=1, max_size=3)


@dataclass
class World:
    """A scheme and an authority with a few accounts in each book."""

    scheme: UUID = field(default_factory=new_id)
    authority: UUID = field(default_factory=new_id)
    name: str = field(default_factory=lambda: str(new_id()))
    sent: list[Draft | Reversal | Hold] = field(default_factory=list)
    count: int = 0

    def __post_init__(self) -> None:
        s, order, project, other = self.scheme, new_id(), new_id(), new_id()
        obligation = new_id()
        self.accounts: tuple[tuple[Account, ...], ...] = (
            (
                chart.BANK.of(s),
                chart.DEPOSIT.of(s, project),
                chart.DEPOSIT.of(s, other),
                chart.UNALLOCATED.of(s, order),
                chart.PAYABLE.of(s, order),
                chart.RECEIVABLE.of(s, order),
            ),
            (
                chart.ISSUED.of(s, project),
                chart.FOR_SALE.of(s, project),
                chart.OWNED.of(s, order),
                chart.ANNULLED.of(s, project),
            ),
            tuple(
                kind.of(self.authority, obligation)
                for kind in (chart.IMPOSED, chart.OWED, chart.FULFILLED, chart.WAIVED)
            ),
        )

    @property
    def everything(self) -> list[Account]:
        """All accounts."""
        return [account for book in self.accounts for account in book]

    def opening(self) -> list[Draft]:
        """Give every account something, in pairs of those that grow together."""
        pairs = [(book[0], account) for book in self.accounts[:2] for account in book[1:]] + [
            (self.accounts[2][0], account) for account in self.accounts[2][1:]
        ]
        return [self._draft(_moved(source, target, 100)) for source, target in pairs]

    def draft(self, plan: Plan, books: Books, now: datetime) -> AnyDraft | None:
        """Write what a plan says, on the books as they are; nothing if there is nothing to do."""
        if isinstance(plan, Entry):
            return self._entry(plan, books)
        if isinstance(plan, Claim):
            limited = [account for account in self.everything if account.kind.limited]
            account = limited[plan.account % len(limited)]
            expires_at = now + PERIOD * plan.periods + PERIOD / 2
            return Hold(account, plan.amount, self._reference(), account.owner_id, expires_at)
        if isinstance(plan, Again):
            return self._again(plan)
        return self._change(plan, books, now)

    def remember(self, drafts: Sequence[AnyDraft]) -> None:
        """Keep what was sent, to send it again."""
        self.sent += [draft for draft in drafts if isinstance(draft, Draft | Reversal | Hold)]

    def _entry(self, plan: Entry, books: Books) -> Draft:
        lines: list[Line] = []
        for movement in plan.movements:
            book = self.accounts[movement.book]
            source, target = (book[n % len(book)] for n in (movement.source, movement.target))
            lines += _moved(source, target, movement.amount)
            if movement.second < len(book):
                lines += _moved(source, book[movement.second], 1)
        settles = None
        if plan.settles is not None and books.holds:
            held = list(books.holds.values())[-1 - plan.settles % len(books.holds)]
            settles = held.hold.reference
            lines += self._taken(held.hold.account, min(plan.movements[0].amount, 70))
        return self._draft(lines[-8:], settles)

    def _taken(self, account: Account, amount: int) -> list[Line]:
        other = next(book for book in self.accounts if account in book)[0]
        side, about = account.kind.side, account.owner_id
        return [Line(account, side.other, amount, about), Line(other, side, amount, about)]

    def _draft(self, lines: Sequence[Line], settles: str | None = None) -> Draft:
        return Draft(
            kind="test.moved",
            reference=self._reference(),
            narration=f'"Entry" {self.count} \\ é',
            occurred_at=MAY + timedelta(microseconds=self.count),
            lines=tuple(lines),
            evidence=("file:1", f"file:{self.count}") if self.count % 2 else (),
            settles=settles,
        )

    def _change(self, plan: Change, books: Books, now: datetime) -> AnyDraft | None:
        if plan.what == "reverse":
            if not books.entries:
                return None
            entered = list(books.entries.values())[-1 - plan.number % len(books.entries)]
            return Reversal(entered.draft.id, self._reference(), "A mistake", MAY)
        if not books.holds:
            return None
        reference = list(books.holds)[-1 - plan.number % len(books.holds)]
        if plan.what == "void":
            return Void(reference)
        return Extend(reference, now + PERIOD * plan.number + PERIOD / 2)

    def _again(self, plan: Again) -> AnyDraft | None:
        if not self.sent:
            return None
        draft = self.sent[-1 - plan.number % len(self.sent)]
        if plan.how == "as it was":
            return draft
        if plan.how == "new id":
            return replace(draft, id=new_id())
        if isinstance(draft, Hold):
            return replace(draft, id=new_id(), amount=draft.amount + 1)
        return replace(draft, id=new_id(), occurred_at=MAY - timedelta(days=1))

    def _reference(self) -> str:
        self.count += 1
        return f"test/{self.name}/{self.count}"


def _moved(source: Account, target: Account, amount: int) -> list[Line]:
    """Take from one account's normal side if both have the same, else let both grow."""
    about = target.owner_id
    side = target.kind.side
    return [Line(source, side.other, amount, about), Line(target, side, amount, about)]
