"""Living a history: several connections, transactions that stay open, and a look at the rows.

One call at a time may wait for the locks of open transactions. What it must answer is decided when
the last of those has ended.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.database import Database
from app.ledger import journal
from app.ledger.chart import Book
from app.ledger.drafts import AnyDraft, Draft, Extend, Hold, Reversal, Void
from app.ledger.journal import Outcome
from tests.ledger.model import Books, Call
from tests.ledger.plain import Plain
from tests.ledger.plans import World

MOST_OPEN = 3


@dataclass
class Open:
    """A transaction that called the door and has not ended."""

    call: Call
    known: Books
    surely: set[object]
    """What it has locked; more perhaps, for a replay may need no account."""
    perhaps: set[object]
    session: AsyncSession
    backend: int


@dataclass
class Waiting:
    """A call that waits for the locks of others."""

    call: Call
    known: Books
    locks: set[object]
    task: asyncio.Task[list[Outcome]]


@dataclass
class History:
    """One history, on a database that others had before."""

    database: Database
    look: Plain
    world: World = field(default_factory=World)
    books: Books = field(default_factory=Books)
    open: list[Open] = field(default_factory=list)
    waiting: Waiting | None = None

    async def begin(self) -> None:
        """Open the ledgers, and put something on every account."""
        clock.shift(timedelta(0))
        async with self.database.work() as session:
            for keeper, kept in (
                (self.world.scheme, (Book.MONEY, Book.IMPACT)),
                (self.world.authority, (Book.SOCIAL_RETURN,)),
            ):
                for book in kept:
                    await journal.open_ledger(session, keeper, book)
        await self.call(self.world.opening(), together=True, stays=False)

    async def call(self, drafts: Sequence[AnyDraft], *, together: bool, stays: bool) -> None:
        """Call the door: alone, in a transaction that stays open, or behind one that does."""
        call = Call(drafts, clock.now(), together)
        surely, perhaps = self._locks(call)
        near = [other for other in self.open if perhaps & other.perhaps]
        if near and self.waiting is None and all(surely & other.surely for other in near):
            await self._wait(call, perhaps)
        elif not near and not (self.waiting and perhaps & self.waiting.locks):
            if stays and len(self.open) < MOST_OPEN:
                await self._open(call, surely, perhaps)
            else:
                async with self.database.sessions() as session:
                    self._compare(call, await _called(session, call), self.books)
                    await session.commit()
        else:
            return
        self.world.remember(drafts)

    async def end(self, number: int, how: str) -> None:
        """Commit, roll back or kill an open transaction."""
        if not self.open:
            return
        ended = self.open.pop(number % len(self.open))
        if how == "commit":
            await ended.session.commit()
            _, self.books = ended.call.decide(self.books, ended.known)
        elif how == "kill":
            await self.look.execute("SELECT pg_terminate_backend($1, 5000)", ended.backend)
            await ended.session.invalidate()
        await ended.session.close()
        if self.waiting and not any(other.perhaps & self.waiting.locks for other in self.open):
            await self._waited()

    async def finish(self) -> None:
        """End what is open."""
        while self.open:
            await self.end(0, "commit")

    async def give_up(self) -> None:
        """Leave no connection behind, whatever went wrong."""
        for other in self.open:
            await other.session.close()
        if self.waiting:
            self.waiting.task.cancel()
            await asyncio.wait([self.waiting.task])

    async def _open(self, call: Call, surely: set[object], perhaps: set[object]) -> None:
        session = self.database.sessions()
        outcomes = await _called(session, call)
        backend = await session.scalar(sa.select(sa.func.pg_backend_pid()))
        known = self.books
        self._compare(call, outcomes, known)
        if any(outcome.refusal for outcome in outcomes) and (call.together or len(outcomes) == 1):
            surely = set()  # It took all back, its locks too.
        self.books = known
        self.open.append(Open(call, known, surely, perhaps, session, int(backend or 0)))

    async def _wait(self, call: Call, locks: set[object]) -> None:
        session = self.database.sessions()
        # Connected before, so that the call reads the clock now and not when others have moved it.
        await session.connection()
        task = asyncio.create_task(_called_alone(session, call))
        self.waiting = Waiting(call, self.books, locks, task)
        # Long enough to reach the lock; if it is not, the answer is the same.
        await asyncio.wait([task], timeout=0.01)
        assert not task.done(), f"it did not wait: {task}"

    async def _waited(self) -> None:
        assert self.waiting
        waited, self.waiting = self.waiting, None
        outcomes = await asyncio.wait_for(waited.task, 30)
        self._compare(waited.call, outcomes, waited.known)

    def _compare(self, call: Call, outcomes: Sequence[Outcome], known: Books) -> None:
        answers, self.books = call.decide(self.books, known)
        assert len(answers) == len(outcomes)
        for draft, answer, outcome in zip(call.drafts, answers, outcomes, strict=True):
            assert answer.allows(outcome), f"{draft}: {outcome}, and not {answer}"

    def _locks(self, call: Call) -> tuple[set[object], set[object]]:
        """Say what a call surely locks, and what perhaps: a replay may need no account."""
        surely, perhaps = set[object](), set[object]()
        for draft in call.drafts:
            locks = self._locks_of(draft)
            perhaps |= locks
            named = not isinstance(draft, Void | Extend)
            known = {*self.books.entries, *self.books.holds}
            if not (named and draft.reference in known):
                surely |= locks
        return surely, perhaps

    def _locks_of(self, draft: AnyDraft) -> set[object]:
        if isinstance(draft, Void | Extend):
            held = self.books.holds.get(draft.reference)
            return {held.hold.account} if held else set()
        locks: set[object] = {draft.reference}
        if isinstance(draft, Hold):
            return locks | {draft.account}
        lines = draft.lines if isinstance(draft, Draft) else self.books.mirrored(draft)
        locks |= {line.account for line in lines if line.account.kind.limited}
        if isinstance(draft, Reversal):
            return locks | {draft.reverses_id}
        held = self.books.holds.get(draft.settles or "")
        return locks | ({held.hold.account} if held else set())


async def _called_alone(session: AsyncSession, call: Call) -> list[Outcome]:
    async with session:
        outcomes = await _called(session, call)
        await session.commit()
        return outcomes


async def _called(session: AsyncSession, call: Call) -> list[Outcome]:
    """Call the door as the code does; what `post` raises becomes an outcome again."""
    posting = await journal._call(session, call.drafts, together=call.together)
    return list(posting.outcomes)


def later(periods: timedelta) -> None:
    """Let the clock go on."""
    clock.shift(clock._offset + periods)
