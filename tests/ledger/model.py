"""The books as a bookkeeper would keep them: a few dictionaries, no SQL.

The model knows what is committed. It decides what a call must answer, and what changes with it
once its transaction commits; whatever the database does otherwise is a fault of one of the two.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from app.core.problems import Problem
from app.ledger import problems
from app.ledger.chart import Account
from app.ledger.drafts import AnyDraft, Draft, Extend, Hold, Line, Reversal, Void
from app.ledger.journal import Outcome


@dataclass
class Held:
    """A hold, as it stands."""

    hold: Hold
    expires_at: datetime
    state: str = "pending"
    taken: int = 0
    entry: UUID | None = None

    def lives(self, now: datetime) -> bool:
        """Tell whether it still claims what it holds."""
        return self.state == "pending" and now < self.expires_at


@dataclass
class Entered:
    """An entry, with the lines that it has in the books."""

    draft: Draft | Reversal
    lines: tuple[Line, ...]
    recorded_at: datetime
    settles: str | None = None


@dataclass(frozen=True)
class Answer:
    """What a call answers for one draft; several limits may be named where several are crossed."""

    id: UUID | None = None
    replayed: bool | None = False
    """None where the books may say either: a void of what expired, swept or not."""
    refusal: type[Problem] | None = None
    limits: frozenset[tuple[str, int]] = frozenset()
    left_out: bool = False
    """Whether it may be left out instead: that void again."""

    def beside(self, left_out: "Answer") -> "Answer":
        """Answer the same in a call that is refused: what would have changed something does not."""
        if self.refusal or self.replayed:
            return self
        return left_out if self.replayed is False else replace(self, left_out=True)

    def allows(self, outcome: Outcome) -> bool:
        """Tell whether the database may answer so."""
        if self.refusal is not None:
            named = getattr(outcome.refusal, "extra", {})
            limit = (named.get("account"), named.get("available"))
            return type(outcome.refusal) is self.refusal and (
                not self.limits or limit in self.limits
            )
        if self.left_out and isinstance(outcome.refusal, problems.LeftOut):
            return True
        same = outcome.refusal is None and outcome.id == self.id
        return same and self.replayed in {None, outcome.replayed}


@dataclass
class Books:
    """All that was entered."""

    posted: dict[Account, int] = field(default_factory=dict)
    """On the normal side, also of accounts without a limit."""
    holds: dict[str, Held] = field(default_factory=dict)
    entries: dict[str, Entered] = field(default_factory=dict)
    reversed: set[UUID] = field(default_factory=set)

    def copy(self) -> "Books":
        """Make books that may change while these stay."""
        holds = {reference: replace(held) for reference, held in self.holds.items()}
        return Books(dict(self.posted), holds, dict(self.entries), set(self.reversed))

    def free(self, account: Account, now: datetime, made: Collection[str] = ()) -> int:
        """Say what can be taken or held; what this call `made` counts, however short it lasts."""
        held = sum(
            held.hold.amount
            for held in self.holds.values()
            if held.hold.account == account
            and (held.lives(now) or (held.hold.reference in made and held.state == "pending"))
        )
        return self.posted.get(account, 0) - held

    def entry(self, entry_id: UUID) -> Entered | None:
        """Find an entry by its id."""
        return next((e for e in self.entries.values() if e.draft.id == entry_id), None)

    def mirrored(self, reversal: Reversal) -> tuple[Line, ...]:
        """Write the lines of a reversal; none if it can't be."""
        entered = self.entry(reversal.reverses_id)
        if entered is None or isinstance(entered.draft, Reversal):
            return ()
        return tuple(
            Line(line.account, line.side.other, line.amount, line.about_id)
            for line in entered.lines
        )


@dataclass
class Call:
    """Several drafts in one call, at one moment, on what the books are when it gets its locks."""

    drafts: Sequence[AnyDraft]
    now: datetime
    together: bool

    def decide(self, before: Books, known: Books | None = None) -> tuple[list[Answer], Books]:
        """Answer each draft in its order, and return the books afterwards.

        `known` is what the books were when the call began: what it names must have been there.
        """
        after = before.copy()
        deciding = _Deciding(after, known or before, self.now)
        answers = [deciding.answer(draft) for draft in self.drafts]
        if self.together and any(answer.refusal for answer in answers):
            left_out = Answer(refusal=problems.LeftOut)
            return [answer.beside(left_out) for answer in answers], before
        return answers, after


@dataclass
class _Deciding:
    books: Books
    known: Books
    now: datetime
    refused: set[str] = field(default_factory=set)
    made: set[str] = field(default_factory=set)

    def answer(self, draft: AnyDraft) -> Answer:
        if isinstance(draft, Void | Extend):
            return self._on_hold(draft)
        if draft.reference in self.books.entries or draft.reference in self.books.holds:
            return self._again(draft)
        if draft.reference in self.refused:
            return Answer(refusal=problems.LeftOut)
        answer = self._hold(draft) if isinstance(draft, Hold) else self._entry(draft)
        if answer.refusal:
            self.refused.add(draft.reference)
        return answer

    def _on_hold(self, draft: Void | Extend) -> Answer:
        held = self.books.holds.get(draft.reference)
        if held is None or draft.reference not in self.known.holds:
            return Answer(refusal=problems.NoSuchHold)
        if held.state == "posted":
            return Answer(refusal=problems.HoldPosted)
        if isinstance(draft, Extend):
            if not held.lives(self.now):
                return Answer(refusal=problems.HoldEnded)
            held.expires_at = draft.expires_at
            return Answer()
        if held.state != "pending":
            return Answer(replayed=True)
        lived = held.lives(self.now)
        held.state = "voided" if lived else "expired"
        return Answer(replayed=False if lived else None)

    def _again(self, draft: Draft | Reversal | Hold) -> Answer:
        held = self.books.holds.get(draft.reference)
        entered = self.books.entries.get(draft.reference)
        if held is not None:
            same = isinstance(draft, Hold) and _content(draft) == _content(held.hold)
            first = held.hold.id
        elif entered is not None:
            same = not isinstance(draft, Hold) and self._same(draft, entered)
            first = entered.draft.id
        if same:
            return Answer(first, replayed=True)
        return Answer(refusal=problems.ReferenceReused)

    def _same(self, draft: Draft | Reversal, entered: Entered) -> bool:
        if _content(draft) != _content(entered.draft):
            return False
        # Who leaves out the hold that the first one settled says the same, only less.
        return not isinstance(draft, Draft) or draft.settles in {None, entered.settles}

    def _hold(self, hold: Hold) -> Answer:
        free = self.books.free(hold.account, self.now, self.made)
        if free < hold.amount:
            return _limit({(hold.account.kind.code, free)})
        self.books.holds[hold.reference] = Held(hold, hold.expires_at)
        self.made.add(hold.reference)
        return Answer(hold.id)

    def _entry(self, draft: Draft | Reversal) -> Answer:
        lines: tuple[Line, ...] = ()
        settled: Held | None = None
        if isinstance(draft, Reversal):
            lines = self.known.mirrored(draft)
            if refusal := self._irreversible(draft):
                return Answer(refusal=refusal)
        else:
            lines = draft.lines
            if draft.settles and (refusal := self._does_not_settle(draft)):
                return Answer(refusal=refusal)
            settled = self.books.holds.get(draft.settles or "")
        changes = _changes(lines)
        if crossed := self._crossed(changes, settled):
            return _limit(crossed)
        for account, change in changes.items():
            self.books.posted[account] = self.books.posted.get(account, 0) + change
        if settled:
            settled.state, settled.entry = "posted", draft.id
            settled.taken = -changes[settled.hold.account]
        if isinstance(draft, Reversal):
            self.books.reversed.add(draft.reverses_id)
        settles = draft.settles if isinstance(draft, Draft) else None
        self.books.entries[draft.reference] = Entered(draft, lines, self.now, settles)
        return Answer(draft.id)

    def _irreversible(self, draft: Reversal) -> type[Problem] | None:
        entered = self.known.entry(draft.reverses_id)
        if entered is None:
            return problems.NoSuchEntry
        if isinstance(entered.draft, Reversal):
            return problems.ReversalStays
        return problems.ReversedBefore if draft.reverses_id in self.books.reversed else None

    def _does_not_settle(self, draft: Draft) -> type[Problem] | None:
        held = self.books.holds.get(draft.settles or "")
        if held is None or draft.settles not in self.known.holds:
            return problems.NoSuchHold
        if held.state == "posted":
            return problems.HoldPosted
        if not held.lives(self.now):
            return problems.HoldEnded
        taken = -_changes(draft.lines).get(held.hold.account, 0)
        return None if 0 < taken <= held.hold.amount else problems.HoldDoesNotFit

    def _crossed(self, changes: dict[Account, int], settled: Held | None) -> set[tuple[str, int]]:
        crossed = set()
        for account, change in changes.items():
            released = settled.hold.amount if settled and settled.hold.account == account else 0
            free = self.books.free(account, self.now, self.made)
            if account.kind.limited and free + released + change < 0:
                crossed.add((account.kind.code, free))
        return crossed


def _limit(crossed: set[tuple[str, int]]) -> Answer:
    return Answer(refusal=problems.LimitReached, limits=frozenset(crossed))


def _changes(lines: Iterable[Line]) -> dict[Account, int]:
    changes: dict[Account, int] = {}
    for line in lines:
        sign = 1 if line.side is line.account.kind.side else -1
        changes[line.account] = changes.get(line.account, 0) + sign * line.amount
    return changes


def _content(draft: Draft | Reversal | Hold) -> tuple[object, ...]:
    """Say what makes two drafts of one reference the same."""
    if isinstance(draft, Hold):
        return draft.account, draft.amount, draft.about_id
    common = (draft.kind, draft.narration, draft.occurred_at, draft.evidence)
    rest = draft.reverses_id if isinstance(draft, Reversal) else draft.lines
    return *common, type(draft), rest
